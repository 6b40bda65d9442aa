"""What somebody's week looks like: as it is typed, whether it can be worked, and how it is kept.

A day is typed as spans such as `09:00-12:30, 13:30-17:00`; one that ends at or before it begins
ends on the day after. A break stands on the day on which it falls, inside a shift.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db import transaction

from console.models import User
from escalations.record.lines import Actor, timestamp
from escalations.refusals import Fault, Invalid
from routing.attendance import calendar
from routing.attendance.calendar import WeekdaySpan
from routing.models import Duty, Shift, TimeOff
from routing.people import announcing

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY_MIN, WEEK_MIN = 1_440, 7 * 1_440
SPANS_MAX = 12
SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")
OFF_FORMAT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Day:
    """One weekday as it is typed."""

    number: int
    work: str = ""
    breaks: str = ""

    @property
    def name(self) -> str:
        return DAYS[self.number]


@dataclass(slots=True)
class ReadWeek:
    """What was understood of a week, and the faults: place (`work:0`) and sentence."""

    rows: list[WeekdaySpan] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


def read(days: Iterable[Day]) -> ReadWeek:
    """Understand a whole week. Nothing is raised: every fault is named at its place."""
    found = ReadWeek()
    for day in days:
        for place, text, is_break in (("work", day.work, False), ("breaks", day.breaks, True)):
            rows, faults = _spans(day.number, text, is_break=is_break)
            found.rows += rows
            found.faults += [(f"{place}:{day.number}", fault) for fault in faults]
    if not found.faults:
        found.faults = [*_overlaps(found.rows), *_outside(found.rows)]
    return found


def written(rows: Sequence[WeekdaySpan]) -> list[Day]:
    """The seven days as somebody would type them; `read` understands it as the same rows."""
    return [
        Day(n, _words(rows, n, is_break=False), _words(rows, n, is_break=True)) for n in range(7)
    ]


def rows_of(user_ids: Iterable[int]) -> dict[int, list[WeekdaySpan]]:
    """The rows of these people's weeks, in order."""
    found: dict[int, list[WeekdaySpan]] = {one: [] for one in user_ids}
    for shift in Shift.objects.filter(person__in=found).order_by("weekday", "starts", "kind"):
        is_break = shift.kind == Shift.Kind.BREAK
        found[shift.person_id].append(
            WeekdaySpan(shift.weekday, shift.starts, shift.ends, is_break)
        )
    return found


@transaction.atomic
def replace(person: User, days: Iterable[Day], *, by: Actor, now: datetime) -> bool:
    """Make this their week; whether that changed anything. Raises Invalid with every fault at the
    place where it was typed, and then nothing is changed."""
    return replace_all([(person, days)], by=by, now=now) > 0


@transaction.atomic
def replace_all(wanted: Sequence[tuple[User, Iterable[Day]]], *, by: Actor, now: datetime) -> int:
    """The same of many people, by as many statements; counts those whose week changed."""
    read_of = [(person, read(days)) for person, days in wanted]
    faults = [fault for _, found in read_of for fault in found.faults]
    if faults:
        told = [Fault(f"/{place}", text) for place, text in faults]
        raise Invalid(told[0].detail, errors=told)
    # The people stand for the rows of their weeks, of which there may be none to lock. `no_key`, so
    # that an offer to them, which refers to their row, need not wait.
    numbers = [person.pk for person, _ in wanted]
    list(User.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk"))
    before = rows_of(numbers)
    changed = [
        (one, found.rows) for one, found in read_of if set(found.rows) != set(before[one.pk])
    ]
    Shift.objects.filter(person__in=[person.pk for person, _ in changed]).delete()
    Shift.objects.bulk_create(_shift(person, row) for person, rows in changed for row in rows)
    told_of = [(person, {"week": _told_week(rows)}) for person, rows in changed]
    announcing.about_all("shifts_set", told_of, by=by, now=now)
    return len(changed)


def _shift(person: User, row: WeekdaySpan) -> Shift:
    kind = Shift.Kind.BREAK if row.is_break else Shift.Kind.WORK
    return Shift(person=person, weekday=row.weekday, starts=row.starts, ends=row.ends, kind=kind)


def _told_week(rows: Sequence[WeekdaySpan]) -> dict[str, str]:
    return {
        DAYS[day.number]: f"{day.work}; {day.breaks}" if day.breaks else day.work
        for day in written(rows)
        if day.work
    }


@transaction.atomic
def add_time_off(
    person: User, *, starts: datetime, ends: datetime, reason: str, by: Actor, now: datetime
) -> TimeOff:
    """Off between two times on the person's own clock. Raises Invalid naming the field at fault.

    The line of the record does not tell the reason: it may be about their health.
    """
    for pointer, day in (("/starts", starts), ("/ends", ends)):
        # Near the ends of what a date can be, turning it to UTC fails.
        if not 2000 <= day.year < 2100:
            raise Invalid.of(pointer, "Choose a day between 2000 and 2099.")
    zone = zone_of(person.pk)
    starts_at, ends_at = (calendar.moment(one.date(), one.time(), zone) for one in (starts, ends))
    if ends_at <= starts_at:
        raise Invalid.of("/ends", "This is not after the beginning.")
    # No constraint that both databases know forbids two spans that overlap, so that two who add one
    # at once take turns.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    others = TimeOff.objects.filter(person=person, starts_at__lt=ends_at, ends_at__gt=starts_at)
    other = others.order_by("starts_at").first()
    if other is not None:
        first, last = _told(other.starts_at, zone), _told(other.ends_at, zone)
        text = f"They are off already from {first} to {last}."
        raise Invalid.of("/starts", text)
    made = TimeOff.objects.create(
        person=person, starts_at=starts_at, ends_at=ends_at, reason=reason
    )
    facts = {"from": timestamp(starts_at), "to": timestamp(ends_at)}
    announcing.about(person, "time_off_added", facts, by=by, now=now)
    return made


@transaction.atomic
def remove_time_off(person: User, number: int, *, by: Actor, now: datetime) -> None:
    """They work then after all. Once more changes nothing."""
    found = TimeOff.objects.filter(person=person, pk=number).first()
    if found is not None:
        found.delete()
        facts = {"from": timestamp(found.starts_at), "to": timestamp(found.ends_at)}
        announcing.about(person, "time_off_removed", facts, by=by, now=now)


def zone_of(user_id: int) -> ZoneInfo:
    """The time zone that this person's week is written in."""
    named = Duty.objects.filter(person=user_id).values_list("time_zone", flat=True).first()
    return ZoneInfo(named or "UTC")


def hours_by_day(days: Mapping[str, str]) -> list[Day]:
    """The days as a form sends them: `work:0` to `breaks:6`."""
    return [
        Day(number, days.get(f"work:{number}", ""), days.get(f"breaks:{number}", ""))
        for number in range(7)
    ]


def _spans(weekday: int, text: str, *, is_break: bool) -> tuple[list[WeekdaySpan], list[str]]:
    rows: list[WeekdaySpan] = []
    pieces = [piece.strip() for piece in re.split(r"[,;]|\s(?=\d{1,2}:\d{2}\s*[-–])", text)]
    for piece in filter(None, pieces):
        typed = SPAN.fullmatch(piece)
        times = [_time(one) for one in typed.groups()] if typed else []
        if not times or None in times:
            return [], [f"“{piece}” is not a span of time; write it as 09:00-17:00."]
        starts, ends = (one or time() for one in times)
        rows.append(WeekdaySpan(weekday, starts, ends, is_break))
    if len(rows) > SPANS_MAX:
        return [], [f"These are more than {SPANS_MAX} spans for one day."]
    return rows, []


def _time(text: str) -> time | None:
    hours, minutes = map(int, text.split(":"))
    # So people write the end of a day.
    if (hours, minutes) == (24, 0):
        return time()
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def _overlaps(rows: Sequence[WeekdaySpan]) -> list[tuple[str, str]]:
    """Spans of one kind that share a minute, the night from Sunday to Monday among them."""
    found = []
    for is_break in (False, True):
        same = sorted((row for row in rows if row.is_break == is_break), key=_begins)
        if same:
            round_the_week = [
                *((row, _begins(row)) for row in same),
                (same[0], _begins(same[0]) + WEEK_MIN),
            ]
            for (one, begins), (other, next_begins) in pairwise(round_the_week):
                if begins + _lasts(one) > next_begins:
                    found.append((_place(other), f"{_name(one)} and {_name(other)} overlap."))
    return found


def _outside(rows: Sequence[WeekdaySpan]) -> list[tuple[str, str]]:
    work = [(_begins(row), _begins(row) + _lasts(row)) for row in rows if not row.is_break]
    # A break after Sunday's midnight stands on Monday, a week away from its night by number.
    both = [(a + shift, b + shift) for a, b in work for shift in (0, WEEK_MIN, -WEEK_MIN)]
    return [
        (
            _place(row),
            f"The break {_name(row)} is in no shift. After midnight it belongs to the next day.",
        )
        for row in rows
        if row.is_break
        and not any(a <= _begins(row) and _begins(row) + _lasts(row) <= b for a, b in both)
    ]


def _begins(row: WeekdaySpan) -> int:
    return row.weekday * DAY_MIN + row.starts.hour * 60 + row.starts.minute


def _lasts(row: WeekdaySpan) -> int:
    minutes = (row.ends.hour - row.starts.hour) * 60 + row.ends.minute - row.starts.minute
    return minutes if minutes > 0 else minutes + DAY_MIN


def _words(rows: Sequence[WeekdaySpan], weekday: int, *, is_break: bool) -> str:
    mine = sorted(r.starts for r in rows if (r.weekday, r.is_break) == (weekday, is_break))
    ends = {r.starts: r.ends for r in rows if (r.weekday, r.is_break) == (weekday, is_break)}
    return ", ".join(f"{starts:%H:%M}-{ends[starts]:%H:%M}" for starts in mine)


def _name(row: WeekdaySpan) -> str:
    return f"{DAYS[row.weekday]} {row.starts:%H:%M}-{row.ends:%H:%M}"


def _place(row: WeekdaySpan) -> str:
    return f"{'breaks' if row.is_break else 'work'}:{row.weekday}"


def _told(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%-d %b, %H:%M}"
