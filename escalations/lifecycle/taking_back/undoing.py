"""A decision is free to be taken back inside its undo window, by whoever made it; so is giving a
case up, for a few seconds, unless somebody else has it by then."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from console import clock
from escalations.access import Viewer
from escalations.lifecycle import approvals, guards, holding, leaving, moves
from escalations.lifecycle.taking_back import directing_back
from escalations.models import Escalation, Event, State, WorkingDraft, requirements
from escalations.record import kinds
from escalations.refusals import Conflict, NotAllowed

# How long what somebody gave up is theirs to take up again.
TAKEN_UP_WITHIN = timedelta(seconds=6)
# A case of this level is given back for no other.
LEVEL_KEPT = 4


@transaction.atomic
def undo(
    escalation: Escalation, *, by: Viewer, version: int, now: datetime | None = None
) -> Escalation:
    """Take a decision back inside its undo window; the case is the decider's again if they can
    hold one more, or once the case that they opened since is given back for it; otherwise it waits
    with its age. While others must still agree, it takes back this person's part alone. What they
    gave up just now, and nobody has since, they hold again.

    `now` is for telling of the past: left out, the database's clock counts, once the case is
    locked. Raises Conflict once the window is over or the answer on its way, or if it was decided
    by somebody else.
    """
    escalation = moves.locked_as_it_is(escalation)
    # Not the time at which the command came: while it waited for the lock the agent may have been
    # handed the answer.
    now = now or clock.exact()
    guards.require_version(escalation, version)
    if approvals.has_part(escalation, by.user_id):
        return approvals.withdraw(escalation, by=by, now=now)
    if given_up := _just_given_up(escalation, by, now):
        return _taken_up_again(escalation, given_up, by=by, now=now)
    require_free(escalation, by=by, now=now)
    decided_at = escalation.decided_at or now
    leaving.drop(escalation, now=now)
    approvals.take_back(escalation, by=by, now=now)
    # Each inside a savepoint: where the decider's units are taken `moved` refuses, and in the end
    # the case goes back to the list instead of the undo being lost.
    try:
        with transaction.atomic():
            return held_again(escalation, by, now)
    except NotAllowed:
        pass
    try:
        with transaction.atomic():
            _give_the_next_back(decided_at, by, now)
            return held_again(_taken_back(escalation, now), by, now)
    except NotAllowed:
        escalation = _taken_back(escalation, now)
        holding.let_go(escalation)
        return moves.move(escalation, "undone", before=State.DECIDED, by=by, now=now)


def require_free(escalation: Escalation, *, by: Viewer, now: datetime) -> None:
    """It was decided by this person, and the window is not over. Raises Conflict."""
    if escalation.state != State.DECIDED or escalation.decided_by_id != by.user_id:
        raise Conflict(
            "not_yours",
            "There is nothing of yours to undo any more.",
            by=guards.person_of(escalation),
        )
    # The same boundary as where the answer is handed out (lifecycle/effect.py).
    if escalation.effective_at is None or escalation.effective_at <= now:
        raise leaving.too_late(escalation.effective_at)


def held_again(escalation: Escalation, by: Viewer, now: datetime) -> Escalation:
    """Theirs once more, as taken back just now. Raises NotAllowed where they cannot hold it."""
    escalation.state, escalation.fence = State.HELD, escalation.fence + 1
    escalation.held_by_id, escalation.held_at = by.user_id, now
    escalation.lease_until = now + holding.LEASE
    escalation.active_at = escalation.opened_at = now
    return moves.move(escalation, "undone", before=State.DECIDED, by=by, now=now)


def _taken_back(escalation: Escalation, now: datetime) -> Escalation:
    """Read anew, as a savepoint rolls rows back, but not the object."""
    escalation = moves.locked_as_it_is(escalation)
    leaving.drop(escalation, now=now)
    return escalation


def _give_the_next_back(since: datetime, by: Viewer, now: datetime) -> None:
    """The case that stepped into the place of the decided one: opened last since then, and nothing
    typed into it. Who undoes wants the hand where it was, not there. What presses most stays."""
    opened = Escalation.objects.filter(held_by=by.user_id, state=State.HELD, held_at__gte=since)
    drafts = WorkingDraft.objects.filter(escalation=OuterRef("pk"), person=by.user_id)
    untouched = opened.filter(~Exists(drafts.exclude(fields={})), level__lt=LEVEL_KEPT)
    # Skipped, not waited for: whoever has its row may be waiting for this case.
    found = untouched.select_for_update(skip_locked=True, of=("self",)).order_by("-held_at").first()
    if found is not None:
        holding.release(found, by=by, version=found.version, now=now)


def _just_given_up(escalation: Escalation, by: Viewer, now: datetime) -> Event | None:
    if escalation.state not in {*guards.FREE, State.SNOOZED}:
        return None
    last = guards.last_move(escalation)
    if last is None or not kinds.of(last.kind).gives_up or now - last.at > TAKEN_UP_WITHIN:
        return None
    mover = guards.mover_of(escalation)
    return last if mover is not None and mover.id == by.username else None


def _taken_up_again(
    escalation: Escalation, given_up: Event, *, by: Viewer, now: datetime
) -> Escalation:
    """Held as before, and asking for whom and for which skills it asked before."""
    guards.require_in_time(escalation, now=now)
    had = escalation.requirement_id
    directing_back.direct_back(escalation, given_up)
    return holding.take_up(
        escalation,
        "claimed",
        by=by,
        now=now,
        facts={directing_back.TAKES_UP: given_up.position},
        columns=("assignee", "wanted_by", "requirement"),
        left=requirements.skills_of(had) if had != escalation.requirement_id else None,
    )
