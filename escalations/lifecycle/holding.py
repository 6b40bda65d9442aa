"""The lease: claimed, kept by a heartbeat, given back or lost."""

from datetime import datetime, timedelta

from django.db import transaction

from escalations import approvals, guards, moves
from escalations.access import Viewer
from escalations.models import Escalation, State

LEASE = timedelta(seconds=60)
IDLE_LIMIT = timedelta(minutes=10)


@transaction.atomic
def claim(escalation: Escalation, *, by: Viewer, now: datetime) -> Escalation:
    """Give one reviewer the lease.

    Raises Conflict if somebody else was faster, NotAllowed if this person may not decide it.
    """
    escalation = moves.locked(escalation)
    if escalation.state == State.HELD and escalation.held_by_id == by.user_id:
        return escalation
    guards.require_free(escalation)
    approvals.require_eligible(escalation, by)
    before = escalation.state
    escalation.state, escalation.fence = State.HELD, escalation.fence + 1
    escalation.held_by_id, escalation.held_at = by.user_id, now
    escalation.lease_until, escalation.active_at = now + LEASE, now
    escalation.accepted_at = escalation.accepted_at or now
    return moves.move(
        escalation, "claimed", before=before, by=by, now=now, facts={"fence": escalation.fence}
    )


@transaction.atomic
def release(escalation: Escalation, *, by: Viewer, version: int, now: datetime) -> Escalation:
    """Give the case back; it keeps its age. Raises Conflict if it is no longer theirs."""
    escalation = moves.locked(escalation)
    guards.require_holder(escalation, by.user_id, now=now)
    guards.require_version(escalation, version)
    let_go(escalation)
    return moves.move(escalation, "released", before=State.HELD, by=by, now=now)


@transaction.atomic
def beat(escalation: Escalation, *, by: Viewer, active: bool, now: datetime) -> Escalation:
    """The holder is still there: the lease runs on, from now. No new version, no line.

    Raises Conflict if the lease is already somebody else's or over.
    """
    escalation = moves.locked(escalation)
    guards.require_holder(escalation, by.user_id, now=now)
    escalation.lease_until = now + LEASE
    if active:
        escalation.active_at = now
    escalation.save(update_fields=["lease_until", "active_at"])
    return escalation


@transaction.atomic
def lose_lease(escalation: Escalation, *, now: datetime) -> bool:
    """End a lease whose heartbeat stopped; False if it was renewed or ended meanwhile."""
    escalation = moves.locked(escalation)
    holder, idle_since = escalation.held_by, now - IDLE_LIMIT
    if holder is None or escalation.lease_until is None or escalation.active_at is None:
        return False
    idle = escalation.active_at < idle_since
    if escalation.lease_until >= now and not idle:
        return False
    facts = {"holder": holder.username, "idle": idle}
    let_go(escalation)
    moves.move(escalation, "lease_ended", before=State.HELD, by=None, now=now, facts=facts)
    return True


def let_go(escalation: Escalation) -> None:
    """Nobody holds it any more; it waits, or waits for the second person."""
    second = approvals.pending(escalation)
    escalation.state = State.SECOND if second else State.WAITING
    escalation.held_by = escalation.held_at = escalation.lease_until = escalation.active_at = None
