"""Whoever holds a case gets more time for it, once, in the last fifth of what it had.

Everything that counts from the answer-by time moves with it: the place in the queue, the next alert
and the figures. The end of the case does not.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from escalations.access import Viewer
from escalations.lifecycle import arriving, guards, holding, moves, outgoing
from escalations.models import Escalation, Remark, State
from escalations.policy import hours, ladder, versions
from escalations.policy.hours import Hours
from escalations.policy.ladder import ALERT_LEVEL
from escalations.record import lines, vouching
from escalations.refusals import Conflict, NotAllowed

JSON = dict[str, Any]
LAST = 5  # The last part of so many.


@transaction.atomic
def extend(escalation: Escalation, *, by: Viewer, version: int, now: datetime) -> Escalation:
    """Put the answer-by time off by what the policy gives, never past the end of the case.

    Raises Conflict for a stale version, if it is not theirs, too early or too late, or once they
    did so before; NotAllowed where nobody may.
    """
    escalation = moves.locked(escalation, now=now)
    guards.require_holder(escalation, by.user_id, now=now)
    guards.require_nobody_speaks(escalation)
    guards.require_version(escalation, version)
    _require_possible(escalation, by, now=now)
    was, due = escalation.respond_by, longer(escalation)
    # Rank is made of the answer-by time: moved by the same span, it keeps the head start.
    escalation.rank += (due - was) // timedelta(microseconds=1)
    escalation.respond_by = due
    escalation.alert_at = arriving.next_alert(escalation, now=now)
    escalation.active_at = now
    said = Remark(person_id=by.user_id, kind=Remark.Kind.EXTENDED, at=now)
    package = moves.read(escalation).package
    to = outgoing.addresses(escalation, outgoing.EXTENDED, package=package)
    times = {"respond_by": lines.timestamp(due), "was": lines.timestamp(was)}
    told = {
        "escalation_id": escalation.id,
        "version": version + 1,
        **times,
        "by": {"id": by.username, "name": by.name},
    }
    facts = {**times, **vouching.words(escalation, said), **outgoing.named(to)}
    return moves.move(
        escalation, "extended", before=State.HELD, by=by, now=now, facts=facts,
        rows=[said, *outgoing.notices(escalation, outgoing.EXTENDED, told, to=to, at=now)],
        columns=(*moves.COLUMNS, *holding.CLOCK),
    )  # fmt: skip


def may(viewer: Viewer, escalation: Escalation, *, now: datetime) -> bool:
    """Whether this person, who holds it, may have more time now."""
    opens = opens_at(escalation)
    return (
        opens is not None
        and opens <= now < escalation.respond_by
        and not _has_extended(escalation, viewer)
    )


def turns_at(viewer: Viewer, escalation: Escalation, *, now: datetime) -> datetime | None:
    """When that changes next by time alone; None where it does not, for this person."""
    opens = opens_at(escalation) if escalation.held_by_id == viewer.user_id else None
    if opens is None or escalation.respond_by <= now or _has_extended(escalation, viewer):
        return None
    return opens if now < opens else escalation.respond_by


def opens_at(escalation: Escalation) -> datetime | None:
    """When the last fifth begins of the time that it had, in opening hours where it keeps some;
    None where nobody may extend it."""
    due = escalation.respond_by
    if not _is_extendable(escalation):
        return None
    kept = _hours(escalation)
    # What was put off is due later than the policy says; its last fifth is not longer for that.
    given_s = _allowed_s(escalation)
    open_s = hours.open_between(escalation.arrived_at, due, kept) if kept else 0
    if kept and open_s:
        return hours.add(escalation.arrived_at, open_s - min(open_s, given_s) / LAST, kept)
    return due - min(due - escalation.arrived_at, timedelta(seconds=given_s)) / LAST


def longer(escalation: Escalation) -> datetime:
    """The answer-by time that it would have."""
    kept, more_s = _hours(escalation), _more_s(escalation)
    due, ends = escalation.respond_by, escalation.expires_at
    later = hours.add(due, more_s, kept) if kept else due + timedelta(seconds=more_s)
    return later if ends is None or escalation.on_timeout == "keep_waiting" else min(later, ends)


def _require_possible(escalation: Escalation, by: Viewer, *, now: datetime) -> None:
    opens = opens_at(escalation)
    if opens is None:
        text = "The deadline of this case cannot be extended."
        raise NotAllowed("not_extendable", text)
    elif now < opens:
        text = "There is time: a deadline can be extended in its last fifth."
        raise Conflict("too_early", text, at=opens)
    elif escalation.respond_by <= now:
        text = "The deadline is over; it cannot be extended any more."
        raise Conflict("too_late", text, at=escalation.respond_by)
    elif _has_extended(escalation, by):
        text = "You have extended this case before; nobody does so twice."
        raise Conflict("extended", text, by=guards.person_of(escalation))


def _is_extendable(escalation: Escalation) -> bool:
    """At level 4 people are alerted until it is answered, whatever anybody does."""
    open_to_it = escalation.state == State.HELD and escalation.level != ALERT_LEVEL
    return open_to_it and longer(escalation) > escalation.respond_by


def _has_extended(escalation: Escalation, by: Viewer) -> bool:
    theirs = escalation.remarks.filter(kind=Remark.Kind.EXTENDED, person=by.user_id)
    return theirs.exists()


def _hours(escalation: Escalation) -> Hours | None:
    steps = ladder.of(versions.current().document, escalation.task_type, escalation.level)
    return steps.hours if steps else None


def _allowed_s(escalation: Escalation) -> int:
    terms = versions.current().document.for_task_type(escalation.task_type)
    return terms.respond_within(escalation.level)


def _more_s(escalation: Escalation) -> int:
    """As the policy says; where it says nothing, half of the time that such a case has."""
    own = versions.current().document.for_task_type(escalation.task_type).extend_s
    return _allowed_s(escalation) // 2 if own is None else own
