"""The calls of a case, as its page shows them and as the agent is told of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations.access import Viewer
from escalations.calls import customer_time
from escalations.calls.customer_time import CustomerTime
from escalations.masking import seen
from escalations.models import Call, Escalation
from escalations.record import lines
from escalations.text import untrusted

SHOWN_MAX = 20
TOLD_MAX = 50
CALLED = frozenset({"warm", "callback"})


@dataclass(frozen=True, slots=True)
class MadeCall:
    """One call: by whom, when, how it ended, and what was said and promised, to this reader."""

    author: str
    at: datetime
    words: str
    next_at: datetime | None
    notes: untrusted.Shown
    promises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calls:
    """The oldest first; `promises` are all of them, one a line."""

    made: tuple[MadeCall, ...]
    there: CustomerTime

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """How one can end: the value and its words."""
        return [(one.value, str(one.label)) for one in Call.Outcome]

    @property
    def promises(self) -> str:
        return "\n".join(one for call in self.made for one in call.promises)


def is_called(escalation: Escalation) -> bool:
    """Whether somebody is to speak with the customer."""
    by_plan = escalation.method in CALLED or escalation.callback_at is not None
    return by_plan or escalation.taken_over_at is not None


def context(
    viewer: Viewer, escalation: Escalation, package: dict[str, Any], *, now: datetime
) -> dict[str, Any]:
    """What the page of a case shows of calls; nothing of one where nobody is to be called."""
    if not is_called(escalation):
        return {"calls": None}
    rows = escalation.calls.select_related("person").order_by("-pk")[:SHOWN_MAX]
    found = list(reversed(rows))
    cover = seen.cover(viewer, escalation, now=now) if found else str
    made = tuple(
        MadeCall(
            author="You" if one.person_id == viewer.user_id else _name(one),
            at=one.at,
            words=str(Call.Outcome(one.outcome).label),
            next_at=one.next_at,
            notes=untrusted.show(cover(one.notes)),
            promises=tuple(untrusted.line(cover(text), 2_000) for text in one.promises),
        )
        for one in found
    )
    return {"calls": Calls(made, customer_time.of(package, now=now))}


def told(escalation: Escalation) -> dict[str, Any]:
    """What a document for the agent says of the calls that people made; nothing where none was."""
    if not is_called(escalation):
        return {}
    rows = escalation.calls.select_related("person").order_by("-pk")[:TOLD_MAX]
    documents = [
        {
            "outcome": one.outcome,
            "at": lines.timestamp(one.at),
            "by": one.person.username,
            "notes": one.notes,
            "promises": one.promises,
            "next_at": lines.timestamp(one.next_at) if one.next_at else None,
        }
        for one in reversed(rows)
    ]
    return {"calls": documents} if documents else {}


def _name(call: Call) -> str:
    return call.person.get_full_name() or call.person.username
