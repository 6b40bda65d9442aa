"""The conversation of a case as turns to read: who, when, how they felt, and what looks odd.

Long conversations are folded: what is cited and what came last is on the page, the rest a click
away, the far rest on pages of its own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations.text import moments, untrusted

TURN_TEXT_MAX = 2_500
PAGE = 100
_OPEN_MAX = 10
_FOLDED_MAX = 40
_CITED_MAX = 20
_PAGE_TEXT_MAX = 60_000

_SIGNS = {"customer": "cust", "agent": "agent", "operator": "", "system": "agent", "tool": "agent"}
_TRENDS = {"rising": "up", "falling": "down", "steady": "flat"}


@dataclass(frozen=True, slots=True)
class Mood:
    """How somebody felt in a turn: a word and a direction."""

    label: str
    way: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation; `number` counts from 1."""

    number: int
    role: str
    sign: str
    author: str
    at: datetime | None
    shown: untrusted.Shown
    mood: Mood | None
    instructs: bool
    added: bool
    attachments: tuple[str, ...]
    call: Mapping[str, Any] | None

    @property
    def element_id(self) -> str:
        return f"turn-{self.number}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring turns that are open, folded, or elsewhere (then without the turns)."""

    kind: str
    first: int
    last: int
    turns: tuple[Turn, ...] = ()

    @property
    def rest(self) -> "Stretch | None":
        """What is wanted beyond the turns that are here."""
        here = self.turns[-1].number if self.turns else self.last
        return Stretch("elsewhere", here + 1, self.last) if here < self.last else None

    @property
    def label(self) -> str:
        if self.first == self.last:
            return f"turn {self.first}"
        joint = "and" if self.last == self.first + 1 else "to"
        return f"turns {self.first} {joint} {self.last}"


@dataclass(frozen=True, slots=True)
class Conversation:
    """All of it, as far as the page holds it."""

    stretches: tuple[Stretch, ...]
    length: int
    minutes: int | None
    channel: str
    language: str
    trend: Mood | None
    truncated: bool


def read(
    package: Mapping[str, Any],
    *,
    agent: str,
    cited: Mapping[int, Sequence[str]],
    added: int = 0,
) -> Conversation:
    """The conversation for the page; `cited` maps turn numbers to the passages that are quoted."""
    told = _told(package)
    messages = told.get("messages") or []
    trend = told.get("sentiment_trend")
    return Conversation(
        stretches=tuple(_stretches(package, messages, agent=agent, cited=cited, added=added)),
        length=len(messages),
        minutes=_minutes(messages),
        channel=told.get("channel") or "",
        language=told.get("language") or "",
        trend=Mood(trend, _TRENDS[trend]) if trend in _TRENDS else None,
        truncated=bool(told.get("truncated")),
    )


def turns(
    package: Mapping[str, Any], *, agent: str, first: int, last: int, added: int = 0
) -> tuple[Turn, ...]:
    """The turns from `first` to `last`, for a page of their own."""
    messages = _told(package).get("messages") or []
    first = max(1, first)
    last = min(last, len(messages), first + PAGE - 1)
    whole = first == last
    new_from = len(messages) - added
    return tuple(
        _turn(package, n, messages[n - 1], agent=agent, quotes=(), whole=whole, added=n > new_from)
        for n in range(first, last + 1)
    )


def _told(package: Mapping[str, Any]) -> Mapping[str, Any]:
    return (package.get("context") or {}).get("conversation") or {}


def _stretches(
    package: Mapping[str, Any],
    messages: Sequence[Mapping[str, Any]],
    *,
    agent: str,
    cited: Mapping[int, Sequence[str]],
    added: int,
) -> Iterator[Stretch]:
    kinds = _kinds(messages, list(cited)[:_CITED_MAX])
    first = 1
    for number in range(1, len(messages) + 1):
        if number < len(messages) and kinds[number + 1] == kinds[number]:
            continue
        read_here = () if kinds[number] == "elsewhere" else range(first, number + 1)
        yield Stretch(
            kinds[number],
            first,
            number,
            tuple(
                _turn(
                    package,
                    n,
                    messages[n - 1],
                    agent=agent,
                    quotes=cited.get(n, ()),
                    added=n > len(messages) - added,
                )
                for n in read_here
            ),
        )
        first = number + 1


def _kinds(messages: Sequence[Mapping[str, Any]], cited: Collection[int]) -> dict[int, str]:
    """For each turn whether it is open, folded or elsewhere, within what a page can carry."""
    length = len(messages)
    kinds = dict.fromkeys(range(1, length + 1), "elsewhere")
    left = _PAGE_TEXT_MAX
    recent = [n for n in range(length, 0, -1) if n not in cited]
    for place, number in enumerate([*cited, *recent[: _OPEN_MAX + _FOLDED_MAX]]):
        if number not in kinds:
            continue
        left -= min(len(messages[number - 1]["text"]), TURN_TEXT_MAX)
        # The first is shown however long it is.
        if left < 0 and place:
            break
        kinds[number] = "open" if number in cited or length - number < _OPEN_MAX else "folded"
    if length and kinds[length] == "elsewhere":
        kinds[length] = "open"
    return kinds


def _turn(
    package: Mapping[str, Any],
    number: int,
    message: Mapping[str, Any],
    *,
    agent: str,
    quotes: Sequence[str],
    added: bool,
    whole: bool = False,
) -> Turn:
    role = message["role"]
    text = message["text"]
    limit = None if whole else TURN_TEXT_MAX
    return Turn(
        number=number,
        role=role,
        sign=_SIGNS[role],
        author=_author(package, message, agent),
        at=moments.found(message.get("at")),
        shown=untrusted.show(text.strip(), limit=limit, quotes=quotes),
        mood=_mood(message.get("sentiment")),
        instructs=untrusted.instructs(text, outside=role in {"customer", "tool"}),
        added=added,
        attachments=tuple(untrusted.line(name, 120) for name in message.get("attachments") or ()),
        call=message.get("tool_call") or None,
    )


def _author(package: Mapping[str, Any], message: Mapping[str, Any], agent: str) -> str:
    customer = (package.get("context") or {}).get("customer") or {}
    role = message["role"]
    known = {
        "customer": customer.get("name") or "Customer",
        "agent": agent,
        "operator": "A colleague",
        "system": "System",
        "tool": "Tool",
    }
    return untrusted.line(message.get("author") or known[role], 80)


def _mood(sentiment: Mapping[str, Any] | None) -> Mood | None:
    if not sentiment or not (sentiment.get("label") or "score" in sentiment):
        return None
    score = sentiment.get("score")
    way = "flat" if score is None or abs(score) < 0.2 else "down" if score < 0 else "up"
    label = sentiment.get("label") or {"down": "upset", "flat": "steady", "up": "content"}[way]
    return Mood(untrusted.line(label, 40), way)


def _minutes(messages: Sequence[Mapping[str, Any]]) -> int | None:
    times = [at for message in messages if (at := moments.found(message.get("at"))) is not None]
    return round((max(times) - min(times)).total_seconds() / 60) if len(times) > 1 else None
