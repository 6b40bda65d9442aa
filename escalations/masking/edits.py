"""What somebody to whom a value is masked may send: never the mask, and never another value.

Pure, over the package and what of it they see. What they leave alone leaves as it is stored.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from escalations.proposal.edit_values import same
from escalations.refusals import Fault, Invalid
from escalations.text import mask, pointers

JSON = Mapping[str, Any]
_MISSING: Any = object()
REVEAL_FIRST = "This is masked: reveal it before you change it."
NO_VALUE = "The mask is no value: reveal what it stands for, or write something else."


def is_masked(shown: JSON, form: str, name: str) -> bool:
    """Whether this field of a form stands for something masked in the package as it is `shown`."""
    if name == "reply":
        draft = shown.get("draft_response") or {}
        return form == "edit" and mask.stands_in(draft.get("text"))
    head, _, rest = name.partition(":")
    for action in shown.get("proposed_actions") or () if head in {"edit", "drop"} else ():
        if rest.startswith(f"{action['id']}:"):
            return _is_hidden(action.get("args") or {}, rest.removeprefix(f"{action['id']}:"))
    return False


def unmasked(
    package: JSON, shown: JSON, actions: Sequence[Mapping[str, Any]] | None
) -> list[Mapping[str, Any]] | None:
    """The answers to the actions, with the stored value wherever the mask stands for it.

    Raises Invalid for any other value in its place, and for the mask anywhere else.
    """
    if actions is None:
        return None
    proposed = {
        one["id"]: (one.get("args") or {}, seen.get("args") or {})
        for one, seen in zip(
            package.get("proposed_actions") or (), shown.get("proposed_actions") or (), strict=True
        )
    }
    faults: list[Fault] = []
    kept = [_kept(one, proposed, faults) for one in actions]
    if faults:
        raise Invalid(faults[0].detail, errors=faults)
    return kept


def masked(args: JSON, seen: JSON) -> JSON:
    """These arguments of a form with the mask where the form showed it, as whoever was shown it
    sends them."""
    places = [one for one in _places(seen) if pointers.get(args, one, _MISSING) is not _MISSING]
    if not places:
        return args
    hidden = copy.deepcopy(dict(args))
    for pointer in places:
        pointers.put(hidden, pointer, pointers.get(seen, pointer))
    return hidden


def require_no_mask(text: str | None, draft: str, at: str = "/response/text") -> None:
    """Raises Invalid for a reply to the customer, or words to the agent, with the mask in it."""
    if mask.stands_in(text) and not mask.stands_in(draft):
        raise Invalid.of(at, NO_VALUE)


def _kept(
    item: Mapping[str, Any], proposed: Mapping[str, tuple[JSON, JSON]], faults: list[Fault]
) -> Mapping[str, Any]:
    edited = item.get("edited")
    if not edited or item.get("action_id") not in proposed:
        return item
    clear, seen = proposed[item["action_id"]]
    args = copy.deepcopy(edited.get("args") or {})
    for pointer in _places(seen):
        was = pointers.get(clear, pointer, _MISSING)
        now = pointers.get(args, pointer, _MISSING)
        if same(now, pointers.get(seen, pointer)):
            pointers.put(args, pointer, copy.deepcopy(was))
        else:
            # Also for the stored value itself: a guess that is let through is a guess confirmed.
            faults.append(Fault(f"{item['action_id']}:{pointer}", REVEAL_FIRST))
    if mask.stands_in(args) and not mask.stands_in(clear):
        faults.append(Fault(f"{item['action_id']}:", NO_VALUE))
    return {**item, "edited": {**edited, "args": args}}


def _places(seen: Any, at: str = "") -> Iterator[str]:
    """Where the mask stands in these arguments."""
    if isinstance(seen, str):
        yield from [at] if mask.stands_in(seen) else []
    elif isinstance(seen, dict):
        for key, below in seen.items():
            yield from _places(below, f"{at}/{pointers.escaped(key)}")
    elif isinstance(seen, list):
        for index, below in enumerate(seen):
            yield from _places(below, f"{at}/{index}")


def _is_hidden(args: JSON, pointer: str) -> bool:
    """Whether the mask stands there, around it or inside it."""
    return any(
        f"{pointer}/".startswith(f"{place}/") or f"{place}/".startswith(f"{pointer}/")
        for place in _places(args)
    )
