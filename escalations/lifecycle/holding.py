"""The lease: claimed, kept by a heartbeat, given back or lost."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from escalations.access import Viewer
from escalations.lifecycle import approvals, guards, moves
from escalations.lifecycle.conversing import speaking
from escalations.lifecycle.moves import Change
from escalations.models import Escalation, State
from escalations.policy import hours, ladder, versions
from escalations.policy.hours import Hours
from escalations.record import lines

LEASE = timedelta(seconds=60)
IDLE_LIMIT = timedelta(minutes=10)
CLOCK = ("respond_by", "rank", "alert_at")


@transaction.atomic
def claim(escalation: Escalation, *, by: Viewer, now: datetime) -> Escalation:
    """Give one reviewer the lease. Who has an offer of it accepts; whoever leads may take a case
    that is offered to another; what is snoozed wakes.

    Raises Conflict if somebody else was faster, NotAllowed if this person may not decide it.
    """
    escalation = moves.locked(escalation, now=now)
    before = escalation.state
    # A repeated claim of one's own (a second tab, a frame sent again) is no move: it must neither
    # raise the version, which would refuse an Approve under way, nor the fence.
    if before in State.held() and escalation.held_by_id == by.user_id:
        return escalation
    mine = guards.is_offered_to(escalation, by)
    if not mine and not (before == State.OFFERED and by.leads) and before != State.SNOOZED:
        guards.require_free(escalation)
    return take_up(escalation, "accepted" if mine else "claimed", by=by, now=now)


def take_up(
    escalation: Escalation,
    kind: str,
    *,
    by: Viewer,
    facts: Mapping[str, Any] | None = None,
    columns: tuple[str, ...] = (),
    left: Mapping[str, int] | None = None,
    now: datetime,
) -> Escalation:
    """It is theirs, by a line of this kind. Raises NotAllowed if they may not decide it."""
    approvals.require_may_hold(escalation, by)
    before, resumed = escalation.state, resume(escalation, now=now)
    give(escalation, by, now=now)
    said, rows = speaking.introduced(escalation, by, now=now)
    facts = {"fence": escalation.fence, **resumed, **said, **(facts or {})}
    return moves.move(
        escalation, kind, before=before, by=by, now=now, facts=facts, rows=rows,
        columns=(*moves.COLUMNS, *CLOCK, *columns), left=left,
    )  # fmt: skip


@transaction.atomic
def release(escalation: Escalation, *, by: Viewer, version: int, now: datetime) -> Escalation:
    """Give the case back; it keeps its age. Raises Conflict if it is no longer theirs, and while
    they have its conversation."""
    escalation = moves.locked(escalation, now=now)
    guards.require_holder(escalation, by.user_id, now=now)
    guards.require_nobody_speaks(escalation)
    guards.require_version(escalation, version)
    let_go(escalation)
    return moves.move(escalation, "released", before=State.HELD, by=by, now=now)


@transaction.atomic
def beat(escalation: Escalation, *, by: Viewer, active: bool, now: datetime) -> Escalation:
    """The holder is still there: the lease runs on, from now. No new version, no line.

    So does one that is over and that no sweep has ended, as after a jump of the clock. Raises
    Conflict if it is theirs no longer.
    """
    escalation = moves.locked(escalation, now=now)
    guards.require_held_by(escalation, by.user_id)
    # Only the case that is open beats for itself: `keep` speaks for whoever holds it.
    escalation.lease_until, escalation.opened_at = now + LEASE, now
    if active:
        escalation.active_at = now
    escalation.save(update_fields=["lease_until", "active_at", "opened_at"])
    return escalation


@transaction.atomic
def keep(numbers: Collection[int], *, now: datetime) -> None:
    """Whoever holds these cases is there: their leases run on, from now, all in one statement. No
    new version, no line. That somebody works on one of their cases says nothing of the others: only
    the page of a case tells of activity in it.

    So do those that are over and that no sweep has ended, as after a jump of the clock; a case that
    moves in this moment is left to the next beat.
    """
    kept = Escalation.objects.filter(pk__in=numbers, state__in=State.held())
    # Rows that somebody is just changing are skipped, not waited for: the beats of a whole process
    # are one statement, and one slow decision must not make everybody else's lease run out.
    free = kept.select_for_update(skip_locked=True).values("pk")
    Escalation.objects.filter(pk__in=free).update(lease_until=now + LEASE)


@transaction.atomic
def lose_lease(escalation: Escalation, *, now: datetime) -> bool:
    """End a lease whose heartbeat stopped; False if it was renewed or ended meanwhile."""
    change = lost(moves.locked(escalation, now=now), now=now)
    if change is not None:
        moves.carry_out(change, now=now)
    return change is not None


def lost(escalation: Escalation, *, now: datetime) -> Change | None:
    """The same under the lock; None if it is not due."""
    holder, idle_since = escalation.held_by, now - IDLE_LIMIT
    if holder is None or escalation.lease_until is None or escalation.active_at is None:
        return None
    idle = escalation.active_at < idle_since
    # Asked again under the lock: the sweep chose this row before a beat that came meanwhile.
    if escalation.lease_until >= now and not idle:
        return None
    facts, before = {"holder": holder.username, "idle": idle}, escalation.state
    let_go(escalation)
    return moves.planned(escalation, "lease_ended", before=before, now=now, facts=facts)


@transaction.atomic
def end_hold(escalation: Escalation, *, whose: int, reason: str, now: datetime) -> bool:
    """Take a case back from a person who may not decide it any more; it keeps its age. False if it
    is not theirs."""
    escalation = moves.locked(escalation, now=now)
    holder, before = escalation.held_by, escalation.state
    if before not in State.held() or holder is None or holder.pk != whose:
        return False
    let_go(escalation)
    facts = {"holder": holder.username, "reason": reason}
    moves.move(escalation, "lease_ended", before=before, by=None, now=now, facts=facts)
    return True


def give(escalation: Escalation, to: Viewer, *, now: datetime) -> None:
    """This person holds it, under a new fence, while their heartbeat lasts; a conversation that
    people have goes on with them."""
    escalation.state = State.LIVE if escalation.taken_over_at else State.HELD
    # The fence rises with every holder, so that what an earlier one sent late is refused.
    escalation.fence += 1
    escalation.held_by_id, escalation.held_at = to.user_id, now
    escalation.lease_until = now + LEASE
    escalation.active_at = escalation.opened_at = now
    # The first time counts: a case that comes back is not accepted anew.
    escalation.accepted_at = escalation.accepted_at or now
    escalation.taken_up_at = now
    escalation.offered_to = escalation.offer_until = None


def resume(escalation: Escalation, *, now: datetime) -> dict[str, str]:
    """The clock runs on where it stood: as much time is left as when it was put off, in opening
    hours where the case keeps some. What the line says of it; nothing where it was not put off."""
    since = escalation.snoozed_at
    escalation.snoozed_at = escalation.snoozed_until = None
    if since is None:
        return {}
    steps = ladder.of(versions.current().document, escalation.task_type, escalation.level)
    kept = steps.hours if steps else None
    due = _later(escalation.respond_by, since, now, kept)
    # Rank is made of the answer-by time: moved by the same span, it keeps the head start by
    # priority.
    escalation.rank += (due - escalation.respond_by) // timedelta(microseconds=1)
    escalation.respond_by = due
    if escalation.alert_at is not None:
        escalation.alert_at = _later(escalation.alert_at, since, now, kept)
    return {"respond_by": lines.timestamp(due)}


def let_go(escalation: Escalation) -> None:
    """Nobody holds it any more; it waits, or waits for the second person."""
    second = approvals.pending(escalation)
    escalation.state = State.SECOND if second else State.WAITING
    escalation.held_by = escalation.held_at = escalation.lease_until = None
    escalation.active_at = escalation.opened_at = None
    escalation.offered_to = escalation.offer_until = None
    escalation.snoozed_at = escalation.snoozed_until = None


def _later(at: datetime, since: datetime, now: datetime, kept: Hours | None) -> datetime:
    """So far from `now` as it was from `since`; what was past then, or lies outside of opening
    hours, by the clock."""
    open_s = hours.open_between(since, at, kept) if kept else 0
    if kept and open_s:
        return hours.add(max(now, since), open_s, kept)
    else:
        return at + max(now - since, timedelta(0))
