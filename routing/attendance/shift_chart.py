"""The chart of one day's shifts: a lane for each person, on the clock of whoever looks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.models import User
from routing.attendance import calendar
from routing.attendance.calendar import Moments, Week

DAYS_SHOWN = 7
STEP_H = 3
USUAL_H = (6, 21)
APART = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class LaneStretch:
    """A stretch of a lane, in per cent of its width."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One person's day; `zone` is named where their clock is not the reader's."""

    person: User
    bars: list[LaneStretch]
    hours: str
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    day: date
    is_shown: bool


@dataclass(frozen=True, slots=True)
class ShiftChart:
    """Everything the template draws; `now` is a place in per cent, or None on another day."""

    day: date
    is_today: bool
    zone: str
    tabs: list[Tab]
    ticks: list[Tick] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    now: float | None = None


@dataclass(frozen=True, slots=True)
class _Frame:
    start: datetime
    end: datetime
    zone: ZoneInfo

    def place(self, at: datetime) -> float:
        return round((at - self.start) / (self.end - self.start) * 100, 2)

    def bar(self, span: Moments, kind: str) -> LaneStretch:
        first, last = (self.place(min(max(at, self.start), self.end)) for at in span)
        return LaneStretch(first, round(last - first, 2), kind)


def chart(wanted: str, zone: ZoneInfo, now: datetime, people: Collection[User]) -> ShiftChart:
    """The day `wanted` of these people, as 2026-11-19; anything else, or a day too far away, is
    today."""
    today = now.astimezone(zone).date()
    days = [today + number * timedelta(days=1) for number in range(DAYS_SHOWN)]
    day = next((one for one in days if one.isoformat() == wanted), today)
    start, end = (calendar.moment(one, time(), zone) for one in (day, day + timedelta(days=1)))
    weeks = calendar.weeks_of([person.pk for person in people], start)
    work = {
        pk: calendar.working(week, start, end) if week.rows else [] for pk, week in weeks.items()
    }
    frame = _frame(day, [span for spans in work.values() for span in spans], zone)
    return ShiftChart(
        day,
        day == today,
        zone.key,
        [Tab(one, one == day) for one in days],
        _ticks(day, frame),
        [_lane(one, weeks[one.pk], work[one.pk], (start, end), frame) for one in people],
        frame.place(now) if frame.start <= now < frame.end else None,
    )


def hours_words(spans: Iterable[Moments], start: datetime, zone: ZoneInfo) -> str:
    """From first to last in few letters: 07–15, 08–16:30; 00–05, 21–24 where it is no break that
    lies between."""
    told: list[list[datetime]] = []
    for begins, ends in spans:
        if told and begins - told[-1][1] < APART:
            told[-1][1] = ends
        else:
            told.append([begins, ends])
    return ", ".join(f"{_hour(a, start, zone)}–{_hour(b, start, zone)}" for a, b in told)


def _hour(at: datetime, start: datetime, zone: ZoneInfo) -> str:
    shown = at.astimezone(zone)
    if at > start and shown.time() == time():
        return "24"
    return f"{shown:%H:%M}" if shown.minute else f"{shown:%H}"


def _frame(day: date, work: list[Moments], zone: ZoneInfo) -> _Frame:
    """Whole steps around everything worked, and never less than a usual day."""
    start = calendar.moment(day, time(), zone)
    first, last = USUAL_H
    for begins, ends in work:
        first = min(first, int((begins - start) / timedelta(hours=1)) // STEP_H * STEP_H)
        # Rounded up to a whole step, as the negative of a floor.
        last = max(last, -int((start - ends) / timedelta(hours=STEP_H) // 1) * STEP_H)
    last = min(24, last)
    end_day, end_hour = (day + timedelta(days=1), 0) if last == 24 else (day, last)
    ends_at = calendar.moment(end_day, time(end_hour), zone)
    return _Frame(calendar.moment(day, time(max(0, first)), zone), ends_at, zone)


def _ticks(day: date, frame: _Frame) -> list[Tick]:
    found = []
    for hour in range(0, 24, STEP_H):
        at = calendar.moment(day, time(hour), frame.zone)
        if frame.start <= at < frame.end:
            found.append(
                Tick(frame.place(at), f"{hour:02}", "start" if at == frame.start else "middle")
            )
    last = frame.end.astimezone(frame.zone).hour or 24
    return [*found, Tick(100, f"{last:02}", "end")]


def _lane(person: User, week: Week, work: list[Moments], day: Moments, frame: _Frame) -> Lane:
    off = [span for span in week.off if span[0] < day[1] and span[1] > day[0]]
    bars = [*(frame.bar(span, "off") for span in off), *(frame.bar(span, "work") for span in work)]
    bars = [bar for bar in bars if bar.width > 0]
    if not week.rows and not off:
        bars, hours = [LaneStretch(0.0, 100.0, "work")], "any time"
    elif not week.rows:
        hours = "off"
    else:
        hours = hours_words(work, day[0], frame.zone) or ("off" if off else "free")
    return Lane(person, bars, hours, "" if week.zone.key == frame.zone.key else week.zone.key)
