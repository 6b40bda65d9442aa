"""Who works when: shifts of weekdays in each person's own time zone, breaks and time off taken out.

A time on the wall becomes a moment by one rule, in order: one that the clocks skip in spring is the
moment of the change, one that they repeat in autumn is its first. So spans that touch on the wall
touch in time, and never overlap.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from routing.models import Duty, Shift, TimeOff

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# Without an end, weeks that are never worked would be searched for ever; whose next work lies
# further ahead is told no time.
WEEKS_AHEAD = 60
SECOND = timedelta(seconds=1)
UTC_ZONE = ZoneInfo("UTC")

Moments = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class WeekdaySpan:
    """One span of a weekday on the wall; `ends` at or before `starts` is on the day after."""

    weekday: int
    starts: time
    ends: time
    is_break: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """When one person works: the rows of their week, and their times off. No row: always."""

    zone: ZoneInfo = UTC_ZONE
    rows: tuple[WeekdaySpan, ...] = ()
    off: tuple[Moments, ...] = ()


@dataclass(frozen=True, slots=True)
class OnShift:
    """Whether somebody works at a moment, and when that changes.

    `until` is when their work is interrupted or ends; None where no end is in sight. `on_break`
    only inside a shift. `back_at` is when they work again; None while they do, or if never.
    """

    on: bool
    until: datetime | None = None
    on_break: bool = False
    back_at: datetime | None = None


def on_duty(user_ids: Collection[int], now: datetime) -> dict[int, OnShift]:
    """For each of these people whether they work now. Three statements for any number of them;
    who has no shift works always, but for their times off."""
    return {person: at(week, now) for person, week in weeks_of(user_ids, now).items()}


def weeks_of(user_ids: Collection[int], now: datetime) -> dict[int, Week]:
    """The weeks of these people, with those times off that are not over yet."""
    rows: dict[int, list[WeekdaySpan]] = defaultdict(list)
    # In one order, because the rows are a key of what `_of_days` remembers.
    for shift in Shift.objects.filter(person__among=user_ids).order_by("weekday", "starts", "kind"):
        row = WeekdaySpan(shift.weekday, shift.starts, shift.ends, shift.kind == Shift.Kind.BREAK)
        rows[shift.person_id].append(row)
    off: dict[int, list[Moments]] = defaultdict(list)
    times_off = TimeOff.objects.filter(person__among=user_ids, ends_at__gt=now).order_by(
        "starts_at"
    )
    for person, starts_at, ends_at in times_off.values_list("person", "starts_at", "ends_at"):
        off[person].append((starts_at, ends_at))
    zones = dict(Duty.objects.filter(person__among=user_ids).values_list("person", "time_zone"))
    return {
        one: Week(ZoneInfo(zones.get(one, "UTC")), tuple(rows[one]), tuple(off[one]))
        for one in user_ids
    }


def at(week: Week, now: datetime) -> OnShift:
    """Whether this week is being worked at this moment."""
    current = next(_working_from(week, now), None)
    if current is None:
        return OnShift(on=False)
    starts_at, ends_at = current
    if starts_at <= now:
        # An end at the horizon is where the look ended, not the work.
        return OnShift(on=True, until=ends_at if ends_at < _horizon(now) else None)
    inside = _contains(_without(_spans(week, now - DAY, now + DAY), week.off), now)
    return OnShift(on=False, on_break=inside, back_at=starts_at)


def working(week: Week, start: datetime, end: datetime) -> list[Moments]:
    """What is worked between two moments: shifts without breaks and times off, joined, in order."""
    worked = (
        _of_days(week.rows, week.zone, *_days(start, end)).worked if week.rows else [(start, end)]
    )
    return _between(worked, week, start, end)


def on_shift(week: Week, start: datetime, end: datetime) -> list[Moments]:
    """As `working`, with the breaks: somebody at lunch has not gone home."""
    return _between(_spans(week, start, end), week, start, end)


def has_ended(week: Week, start: datetime, end: datetime) -> bool:
    """Whether a shift ended between two moments, or none was on; a break ends none."""
    on = _without(_spans(week, start, end), week.off)
    return not any(first <= start and end <= last for first, last in on)


def moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which the clocks of this zone show that time of that day.

    Never earlier for a later time: see the head of this module.
    """
    shown = datetime.combine(day, wall, zone)
    # A time that the clocks skip comes back as another one. Read by the offset after the change
    # (fold=1) it lies before it, read by the one before (fold=0) behind it.
    found = shown.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return found
    return _change_between(shown.replace(fold=1).astimezone(UTC), found, zone)


def _change_between(same: datetime, changed: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks change, a full second."""
    before = same.astimezone(zone).utcoffset()
    while changed - same > SECOND:
        middle = same + (changed - same) / 2
        if middle.astimezone(zone).utcoffset() == before:
            same = middle
        else:
            changed = middle
    # The clocks change on a full second, and this is less than one behind it.
    return changed.replace(microsecond=0)


def _horizon(now: datetime) -> datetime:
    return now + WEEK


def _working_from(week: Week, now: datetime) -> Iterator[Moments]:
    """What is worked from now on; the first span is told up to the horizon, if it lasts so long."""
    for number in range(WEEKS_AHEAD):
        yield from working(week, now + number * WEEK, _horizon(now) + number * WEEK)


def _spans(week: Week, start: datetime, end: datetime) -> list[Moments]:
    """The shifts, breaks included, that touch this stretch; all of it for who has none."""
    if not week.rows:
        return [(start, end)]
    return _of_days(week.rows, week.zone, *_days(start, end)).shifts


def _between(spans: Sequence[Moments], week: Week, start: datetime, end: datetime) -> list[Moments]:
    free = _without([span for span in spans if span[1] > start], week.off)
    clipped = ((max(first, start), min(last, end)) for first, last in free)
    return [span for span in clipped if span[0] < span[1]]


def _days(start: datetime, end: datetime) -> tuple[date, date]:
    """Every day of whatever calendar on which a span may begin that touches this stretch."""
    # A night begins the day before it ends, and a zone's date may be one off that of UTC.
    return start.astimezone(UTC).date() - 2 * DAY, end.astimezone(UTC).date() + DAY


class _Days(NamedTuple):
    """What begins on some days, each joined and in order; `worked` is shifts without breaks."""

    shifts: list[Moments]
    worked: list[Moments]


@lru_cache(maxsize=4096)
def _of_days(rows: tuple[WeekdaySpan, ...], zone: ZoneInfo, first: date, last: date) -> _Days:
    """The shifts and the breaks that begin on these days. Remembered: dispatch asks each second."""
    shifts: list[Moments] = []
    breaks: list[Moments] = []
    for number in range((last - first).days + 1):
        day = first + number * DAY
        for row in rows:
            if row.weekday == day.weekday():
                (breaks if row.is_break else shifts).append(_span(row, day, zone))
    joined = _union(shifts)
    return _Days(joined, _without(joined, _union(breaks)))


def _span(row: WeekdaySpan, day: date, zone: ZoneInfo) -> Moments:
    last_day = day if row.starts < row.ends else day + DAY
    return moment(day, row.starts, zone), moment(last_day, row.ends, zone)


def _union(spans: Iterable[Moments]) -> list[Moments]:
    """The same time as spans that neither overlap nor touch, in order."""
    joined: list[Moments] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        # A span within the hour that the clocks skip lasts no time.
        elif first < last:
            joined.append((first, last))
    return joined


def _without(spans: Sequence[Moments], cuts: Iterable[Moments]) -> list[Moments]:
    """These spans where none of the others is."""
    left: list[Moments] = list(spans)
    for cut_from, cut_to in cuts:
        left = [
            part
            for first, last in left
            for part in ((first, min(last, cut_from)), (max(first, cut_to), last))
            if part[0] < part[1]
        ]
    return left


def _contains(spans: Iterable[Moments], now: datetime) -> bool:
    return any(first <= now < last for first, last in spans)
