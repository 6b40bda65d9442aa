"""What of a case is masked, named for its reader: what it is, and who may see it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from escalations.masking import pointed
from escalations.masking.seen import SeenPackage
from escalations.proposal import call_parts
from escalations.text import formatting, pointers, untrusted

_CONFIDENCE = "/context/reasoning/confidence"
_NAMED_MAX = 6
_AROUND = frozenset({"context", "args", "proposed_actions", "conversation", "environment"})
_ONE = {"proposed_actions": "action", "messages": "turn"}


@dataclass(frozen=True, slots=True)
class MaskedValues:
    """`what` names the places, of which `count` are masked; `revealed` where they see them.

    `confidence`: how sure the agent is was left out, as no text can stand for it.
    """

    count: int
    what: str
    revealed: bool
    may_reveal: bool
    who_may: str
    confidence: bool


def read(seen: SeenPackage) -> MaskedValues | None:
    """What is masked to its reader or was revealed to them; None where nothing is masked."""
    places = seen.hides or seen.shows
    if not places:
        return None
    return MaskedValues(
        count=len(places),
        what=named(places),
        revealed=not seen.hides,
        may_reveal=seen.may_reveal,
        who_may=seen.who_may,
        confidence=any(pointed.within(_CONFIDENCE, place) for place in seen.hides),
    )


def named(places: Iterable[str]) -> str:
    """What stands in these places, in words."""
    return _listed(list(dict.fromkeys(map(_name, places))))


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED_MAX
    return formatting.listed([*names[:_NAMED_MAX], *([f"{more} more"] if more > 0 else [])])


def _name(place: str) -> str:
    """`action 1 › amount`, `customer › attributes › diagnosis`."""
    return untrusted.line(" › ".join(_words(pointers.steps(place))) or "the whole package", 80)


def _words(keys: Iterable[str]) -> Iterator[str]:
    before = ""
    for key in keys:
        if key.isdecimal():
            yield f"{_ONE.get(before, before.replace('_', ' '))} {int(key) + 1}"
        elif key not in _AROUND and key not in _ONE:
            yield call_parts.label(key)
        before = key
