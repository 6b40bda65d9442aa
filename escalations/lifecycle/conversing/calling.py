"""A person called the customer, or tried to: how it ended, what was said, when it is tried again.

Until the next try the case is put off like a snoozed one, and comes back to whoever called first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from escalations.access import Viewer
from escalations.calls import made
from escalations.lifecycle import guards, holding, moves, pausing
from escalations.lifecycle.conversing import sayable
from escalations.models import Call, Escalation, State
from escalations.record import lines, vouching
from escalations.refusals import Conflict, Invalid

REACHED = Call.Outcome.REACHED


@dataclass(frozen=True, slots=True)
class SaidOnPhone:
    """What whoever called writes down."""

    outcome: str
    notes: str = ""
    promises: Sequence[str] = field(default_factory=tuple)
    next_at: datetime | None = None


@transaction.atomic
def call(
    escalation: Escalation, said: SaidOnPhone, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    """Keep a call with its outcome; with a next try the case waits for it and comes back to this
    person first.

    Raises Conflict for who does not hold it, a stale version, a case in which nobody is called, a
    next try while they have the conversation, and promises or notes that one person may not give
    the agent; Invalid for promises to somebody who was not reached and a time that cannot be.
    """
    escalation = moves.locked(escalation, now=now)
    before = escalation.state
    guards.require_holder(escalation, by.user_id, now=now)
    guards.require_version(escalation, version)
    if not made.is_called(escalation):
        raise Conflict("nobody_to_call", "This case asks nobody to call or to talk.")
    if said.promises and said.outcome != REACHED:
        detail = "Nothing can be promised to a customer who was not reached."
        raise Invalid.of("/promises", detail)
    # The agent gets them with whatever ends the case, which nobody could take back by then.
    if said.promises or said.notes:
        package, promised = moves.read(escalation).package, "\n".join(said.promises)
        sayable.require(escalation, package.document, promised, told=said.notes, now=now)
    row = Call(
        escalation=escalation, person_id=by.user_id, outcome=said.outcome, notes=said.notes,
        promises=list(said.promises), at=now, next_at=said.next_at,
    )  # fmt: skip
    facts = {
        "call": said.outcome,
        "promised": len(said.promises),
        "words_of_call": vouching.called(row, vouching.salt_of(escalation)),
    }
    if said.next_at is not None:
        pausing.require_can_wait(escalation, said.next_at, now)
        holding.let_go(escalation)
        escalation.state = State.SNOOZED
        escalation.snoozed_at, escalation.snoozed_until = now, said.next_at
        escalation.assignee = by.username
        facts |= {"until": lines.timestamp(said.next_at), "assignee": by.username}
    return moves.move(
        escalation, "called", before=before, by=by, now=now, facts=facts, rows=[row],
        columns=(*moves.COLUMNS, "assignee"),
    )  # fmt: skip
