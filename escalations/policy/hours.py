"""Business hours: how much open time passes between two moments, and when so much has passed.

A moment is open when the clock on the wall there says so. Hence an hour that the clocks skip in
spring is not open, and one that they repeat in autumn is open twice.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

NAMES = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
WEEKDAYS = tuple(NAMES)
DAY = timedelta(days=1)
DAY_MIN = 24 * 60
SECOND = timedelta(seconds=1)
EVER = datetime.max.replace(tzinfo=UTC)

Span = tuple[int, int]
Moments = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """When a place is open: spans in minutes of each weekday, Monday first, and days off."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date]
    name: str = ""
    time_zone: str = ""

    @property
    def week_s(self) -> int:
        """Seconds that are open in a week without holidays."""
        return sum(60 * (end - start) for spans in self.week for start, end in spans)


@cache
def zones() -> frozenset[str]:
    """Every name of a time zone that can be used."""
    return frozenset(available_timezones())


def of(
    name: str, time_zone: str, week: Mapping[Any, Iterable[str]], holidays: Iterable[str]
) -> Hours:
    """The hours that these words mean, as they stand in a policy that was checked."""
    return Hours(
        zone=ZoneInfo(time_zone),
        week=tuple(tuple(spans) for spans in spans_of(week)),
        holidays=frozenset(date.fromisoformat(day) for day in holidays),
        name=name,
        time_zone=time_zone,
    )


def spans_of(week: Mapping[Any, Iterable[str]]) -> list[list[Span]]:
    """The spans of each weekday in order. What crosses midnight goes on the next day."""
    found: list[list[Span]] = [[] for _ in WEEKDAYS]
    for number, day in enumerate(WEEKDAYS):
        for text in week.get(day, ()):
            start, end = (_minutes(part) for part in text.split("-"))
            if start < end:
                found[number].append((start, end))
            else:
                found[number].append((start, DAY_MIN))
                found[(number + 1) % 7] += [(0, end)] if end else []
    return [sorted(spans) for spans in found]


def overlap(week: Mapping[Any, Iterable[str]]) -> str | None:
    """The first weekday on which two spans have a minute in common."""
    for day, spans in zip(WEEKDAYS, spans_of(week), strict=True):
        if any(after[0] < before[1] for before, after in pairwise(spans)):
            return day
    return None


def is_open(at: datetime, hours: Hours) -> bool:
    """Whether this moment is open; the moment of closing no longer is."""
    wall = at.astimezone(hours.zone)
    minute = wall.hour * 60 + wall.minute
    spans = _spans(wall.date(), hours)
    return any(start <= minute < end for start, end in spans)


def add(start: datetime, seconds: float, hours: Hours) -> datetime:
    """The moment when so much open time has passed: open itself, or the moment of closing.

    No time at all from a closed moment leads to the next opening. Raises ValueError for hours
    that are never open, which no policy has.
    """
    if not hours.week_s:
        raise ValueError("These hours are never open.")
    left = timedelta(seconds=seconds)
    for opens, closes in _open_from(start.astimezone(UTC), hours):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise ValueError("These hours do not open again.")


def open_between(start: datetime, end: datetime, hours: Hours) -> float:
    """Seconds that are open from one moment to a later one; none if it is not later."""
    total, until = timedelta(), end.astimezone(UTC)
    for opens, closes in _open_from(start.astimezone(UTC), hours, until):
        total += max(min(closes, until) - opens, timedelta())
    return total.total_seconds()


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _open_from(start: datetime, hours: Hours, until: datetime = EVER) -> Iterator[Moments]:
    """The open spans from this moment on, in order; one may be cut in two."""
    while start < until:
        # A day at a time, because `_pieces` knows one change of the clocks in a stretch.
        following = start + DAY
        for piece in _pieces(start, following, hours.zone):
            yield from _open_in(*piece, hours)
        start = following


def _pieces(start: datetime, end: datetime, zone: ZoneInfo) -> list[Moments]:
    """This stretch, cut where the clocks of the zone change."""
    before = start.astimezone(zone).utcoffset()
    if before == end.astimezone(zone).utcoffset():
        return [(start, end)]
    same, changed = start, end
    while changed - same > SECOND:
        middle = same + (changed - same) / 2
        if middle.astimezone(zone).utcoffset() == before:
            same = middle
        else:
            changed = middle
    # Clocks change at a full second.
    at = changed.replace(microsecond=0)
    return [(start, at), (at, end)] if start < at < end else [(start, end)]


def _open_in(start: datetime, end: datetime, hours: Hours) -> Iterator[Moments]:
    """The open spans of a stretch in which the clocks do not change."""
    offset = start.astimezone(hours.zone).utcoffset() or timedelta()
    wall, wall_end = (at.replace(tzinfo=None) + offset for at in (start, end))
    day = wall.date()
    while day <= wall_end.date():
        midnight = datetime.combine(day, time())
        for first, last in _spans(day, hours):
            opens = max(midnight + timedelta(minutes=first), wall)
            closes = min(midnight + timedelta(minutes=last), wall_end)
            if opens < closes:
                yield (
                    (opens - offset).replace(tzinfo=UTC),
                    (closes - offset).replace(tzinfo=UTC),
                )
        day += DAY


def _spans(day: date, hours: Hours) -> tuple[Span, ...]:
    return () if day in hours.holidays else hours.week[day.weekday()]
