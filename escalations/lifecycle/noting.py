"""Lines of the record beside a change of state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from escalations import moves, record, writes
from escalations.models import Escalation, State
from escalations.record import Actor


@transaction.atomic
def raise_overdue(escalation: Escalation, *, now: datetime) -> bool:
    """Note once that the answer-by time passed; False if that is noted or it was answered."""
    escalation = moves.locked(escalation)
    late = escalation.respond_by <= now and escalation.overdue_at is None
    if escalation.state not in State.open() or not late:
        return False
    escalation.overdue_at = now
    facts = {"respond_by": record.timestamp(escalation.respond_by)}
    moves.move(escalation, "overdue", before=escalation.state, by=None, now=now, facts=facts)
    return True


@transaction.atomic
def note(
    escalation: Escalation, kind: str, *, actor: Actor, facts: Mapping[str, Any], now: datetime
) -> Escalation:
    """Write a line that changes no state: a read, what the agent did, what the customer said."""
    escalation = moves.locked(escalation)
    event = record.line(escalation, kind, actor=actor, at=now, facts=facts)
    version, line = escalation.version, event.position - 1
    if not writes.update(escalation, [event], columns=moves.LINE, version=version, line=line):
        raise moves.busy()
    return escalation
