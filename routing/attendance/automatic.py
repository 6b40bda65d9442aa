"""What Baton itself makes of somebody's presence: beats, shifts, breaks and work that is finished.

All of it only calculates; `routing/attendance/presence.py` asks, and writes what it is told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from escalations.models import WhyDeclined
from routing.attendance import calendar
from routing.attendance.calendar import OnShift, Week
from routing.models import Presence

State, SetBy = Presence.State, Presence.SetBy

# Screens beat every 15 s, so that one or two lost beats make nobody offline.
BEAT_LIMIT = timedelta(seconds=60)
# The longest that an open screen is silent: it beats every 15 s, and beats are written together.
SILENT = timedelta(seconds=25)
# Whoever ended their day themselves and comes back after so long has come to work again.
AGAIN = timedelta(minutes=15)

FINISHED = "Finished"
SHIFT_OVER = "Shift over"
NOT_ON_SHIFT = "Not on shift"
ON_BREAK = "Break"
MISSED = "Missed an offer"
TOO_MUCH = "Too much at once"
LOST = "Connection lost"


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """How somebody is from now on."""

    state: str
    set_by: str
    reason: str = ""
    back_at: datetime | None = None
    draining: bool = False
    was: str = ""
    was_set_by: str = ""


def is_seen(row: Presence, now: datetime) -> bool:
    """Whether a screen of theirs was heard within the last minute."""
    return row.seen_at is not None and row.seen_at >= now - BEAT_LIMIT


def is_silent(row: Presence, now: datetime) -> bool:
    """Whether no screen of theirs was heard for longer than one that is open keeps still."""
    return row.seen_at is None or row.seen_at < now - SILENT


def after_miss(row: Presence, now: datetime) -> PresenceChange | None:
    """What a hand that moves makes of somebody: away only since an offer was missed a moment ago,
    they were at work all the time, and their screen had not said so yet."""
    if row.state != State.AWAY or row.set_by != SetBy.MISSED or row.since < now - SILENT:
        return None
    return PresenceChange(State.PRESENT, SetBy.SHIFT)


def declining(row: Presence, reason: str) -> PresenceChange | None:
    """What declining an offer for this reason makes of somebody who is available: with too much at
    once, or on a break, nothing is offered to them until they say so."""
    if row.state != State.PRESENT:
        return None
    elif reason == WhyDeclined.BUSY:
        return PresenceChange(State.BUSY, SetBy.PAUSED, TOO_MUCH)
    elif reason == WhyDeclined.BREAK:
        return PresenceChange(State.AWAY, SetBy.PAUSED, ON_BREAK)
    return None


def due(row: Presence, *, taken: int, week: Week, now: datetime) -> PresenceChange | None:
    """What changes by itself now for somebody who is not offline and uses so many units."""
    if not is_seen(row, now):
        return lost(row)
    duty = calendar.at(week, now)
    ended = row.draining or row.set_by == SetBy.DRAINED
    # Before asking whether they are done: a new shift ends the finishing of the one before,
    # whatever they still hold.
    if duty.on and ended and _is_over(row, row.since, week, now):
        return PresenceChange(State.PRESENT, SetBy.SHIFT)
    if row.draining and not taken:
        by_shift = row.set_by == SetBy.SHIFT
        set_by = SetBy.SHIFT if by_shift else SetBy.DRAINED
        return PresenceChange(State.AWAY, set_by, row.reason or FINISHED)
    # Only what the shift has set: a break of their own ends when they say so.
    if row.state == State.AWAY and row.set_by == SetBy.SHIFT and duty.on:
        return PresenceChange(State.PRESENT, SetBy.SHIFT)
    if row.state == State.PRESENT and not duty.on and _worked(row, week, now):
        return _off_duty(duty, taken)
    return None


def arriving(row: Presence, *, week: Week, now: datetime) -> PresenceChange | None:
    """What the first beat of somebody makes of them who is offline."""
    duty = calendar.at(week, now)
    is_back_soon = row.seen_at is not None and now - row.seen_at < AGAIN
    # Before the shift is asked: whoever just ended their day has only left a tab open.
    if row.set_by in {SetBy.SELF, SetBy.LEAD} and is_back_soon:
        return None
    if row.set_by == SetBy.LOST and _goes_on(row, week, now, soon=is_back_soon):
        return PresenceChange(row.was, row.was_set_by, row.reason, row.back_at, row.draining)
    if duty.on:
        return PresenceChange(State.PRESENT, SetBy.SHIFT)
    if duty.on_break:
        return PresenceChange(State.AWAY, SetBy.SHIFT, ON_BREAK, duty.back_at)
    if row.reason == NOT_ON_SHIFT:
        return None
    return PresenceChange(State.OFFLINE, SetBy.SHIFT, NOT_ON_SHIFT)


def _goes_on(row: Presence, week: Week, now: datetime, *, soon: bool) -> bool:
    """Whether whoever was lost is again what they were."""
    if not (row.draining or row.was_set_by == SetBy.DRAINED):
        return soon or row.was != State.PRESENT
    elif calendar.at(week, now).on and _is_over(row, row.seen_at or row.since, week, now):
        return False
    else:
        return soon or row.reason != SHIFT_OVER


def _is_over(row: Presence, since: datetime, week: Week, now: datetime) -> bool:
    """Whether the shift in which they began to finish has ended; who was told so by Baton has
    nothing to wait for."""
    return row.set_by == SetBy.SHIFT or calendar.has_ended(week, _lately(since, now), now)


def _worked(row: Presence, week: Week, now: datetime) -> bool:
    """Whether there was working time since they became what they are: who says "available" after
    their shift stays so."""
    return bool(calendar.working(week, _lately(row.since, now), now))


def _lately(since: datetime, now: datetime) -> datetime:
    # A week shows any shift; further back the calendar would be worked out day by day for nothing.
    return max(since, now - calendar.WEEK)


def lost(row: Presence) -> PresenceChange:
    """Offline, with all that they were before, so that they are it again when they are heard."""
    # Away by an offer that ended after the last sign of them: the connection missed it, not they.
    if row.set_by == SetBy.MISSED and row.seen_at is not None and row.seen_at < row.since:
        return PresenceChange(State.OFFLINE, SetBy.LOST, was=State.PRESENT, was_set_by=SetBy.SHIFT)
    return PresenceChange(
        State.OFFLINE,
        SetBy.LOST,
        row.reason,
        row.back_at,
        row.draining,
        was=row.state,
        was_set_by=row.set_by,
    )


def _off_duty(duty: OnShift, taken: int) -> PresenceChange:
    if duty.on_break:
        return PresenceChange(State.AWAY, SetBy.SHIFT, ON_BREAK, duty.back_at)
    elif taken:
        return PresenceChange(State.BUSY, SetBy.SHIFT, SHIFT_OVER, draining=True)
    else:
        return PresenceChange(State.AWAY, SetBy.SHIFT, SHIFT_OVER)
