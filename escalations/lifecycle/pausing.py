"""Snoozed: put off to a minute, the clock stands still, and the case comes back by itself."""

from datetime import datetime, timedelta

from django.db import transaction

from escalations.access import Viewer
from escalations.lifecycle import approvals, guards, holding, moves
from escalations.lifecycle.moves import Change
from escalations.models import Escalation, Remark, State
from escalations.policy.ladder import ALERT_LEVEL
from escalations.record import lines, vouching
from escalations.refusals import Invalid, NotAllowed

SNOOZE_LIMIT = timedelta(days=30)


@transaction.atomic
def snooze(
    escalation: Escalation,
    *,
    by: Viewer,
    version: int,
    until: datetime,
    text: str = "",
    comes_back: bool = True,
    now: datetime,
) -> Escalation:
    """Put a case off until then; its clock stands still and its units are free. With `comes_back`
    it is offered to this person first when it wakes; without it no more so than to others, even if
    it had asked for them by name.

    Raises Conflict for a stale version, if somebody else holds it or people have its conversation,
    NotAllowed for whom the case excludes and at level 4, Invalid for a time that cannot be.
    """
    escalation = moves.locked(escalation, now=now)
    before = escalation.state
    if before in guards.FREE or guards.is_offered_to(escalation, by):
        approvals.require_may_hold(escalation, by)
    else:
        guards.require_holder(escalation, by.user_id, now=now)
    guards.require_version(escalation, version)
    require_can_wait(escalation, until, now)
    # First, because it also clears a snooze.
    holding.let_go(escalation)
    escalation.state = State.SNOOZED
    escalation.snoozed_at, escalation.snoozed_until = now, until
    if comes_back:
        escalation.assignee = by.username
    # Otherwise the case would wake for the very person who did not want it back.
    elif escalation.assignee == by.username:
        escalation.assignee = ""
    said = Remark(person_id=by.user_id, kind=Remark.Kind.SNOOZED, text=text, at=now)
    facts = {"until": lines.timestamp(until), **vouching.words(escalation, said)}
    # Left out where it stays what the agent asked for, which may be more than the name of somebody.
    if escalation.assignee in {"", by.username}:
        facts["assignee"] = escalation.assignee
    return moves.move(
        escalation,
        "snoozed",
        before=before,
        by=by,
        now=now,
        facts=facts,
        rows=[said],
        columns=(*moves.COLUMNS, "assignee"),
    )


@transaction.atomic
def wake(escalation: Escalation, *, now: datetime) -> bool:
    """Bring a snoozed case back at its minute, with its age; False if it is not due."""
    change = woken(moves.locked(escalation, now=now), now=now)
    if change is not None:
        moves.carry_out(change, now=now)
    return change is not None


def woken(escalation: Escalation, *, now: datetime) -> Change | None:
    """The same under the lock; None if it is not due."""
    until = escalation.snoozed_until
    if escalation.state != State.SNOOZED or until is None or until > now:
        return None
    # Before `let_go`, which forgets since when the clock stands.
    facts = holding.resume(escalation, now=now)
    holding.let_go(escalation)
    columns = (*moves.COLUMNS, *holding.CLOCK)
    return moves.planned(
        escalation, "woke", before=State.SNOOZED, now=now, facts=facts, columns=columns
    )


def require_can_wait(escalation: Escalation, until: datetime, now: datetime) -> None:
    """Nobody waits for it meanwhile, and that time can be. Raises Conflict, NotAllowed, Invalid."""
    _require_nobody_waits(escalation)
    _require_possible(escalation, until, now)


def _require_nobody_waits(escalation: Escalation) -> None:
    """Neither those who are alerted nor a customer who speaks with people."""
    guards.require_nobody_speaks(escalation)
    if escalation.level == ALERT_LEVEL:
        text = "People are alerted to this case until it is answered; it cannot be snoozed."
        raise NotAllowed("alert", text)


def _require_possible(escalation: Escalation, until: datetime, now: datetime) -> None:
    ends = escalation.expires_at
    if until <= now:
        detail = "That time is past; choose one in the future."
    elif until - now > SNOOZE_LIMIT:
        detail = "That is too far off; choose a time within 30 days."
    elif ends is not None and until >= ends:
        last = f"{ends.astimezone(until.tzinfo):%H:%M on %d %b %Y}"
        detail = f"This case ends at {last}; choose a time before."
    else:
        return
    raise Invalid.of("/until", detail)
