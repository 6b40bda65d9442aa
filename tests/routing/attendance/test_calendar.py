"""Shifts: weekdays in a person's own time zone, split, overnight, with breaks, and when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.attendance import calendar
from routing.attendance.calendar import OnShift, Week, WeekdaySpan
from routing.models import Duty, Shift, TimeOff
from tests.factories import person

LISBON, BERLIN, APIA = (ZoneInfo(f) for f in ("Europe/Lisbon", "Europe/Berlin", "Pacific/Apia"))
MON, TUE, SAT, SUN = 0, 1, 5, 6


def clock(text: str) -> time:
    return time.fromisoformat(text)


def row(weekday, span, *, is_break=False):
    starts, ends = span.split("-")
    return WeekdaySpan(weekday, clock(starts), clock(ends), is_break)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(zone, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


# Monday is 2026-11-23. Berlin is an hour ahead of UTC then.
SPLIT = Week(BERLIN, (row(MON, "09:00-12:00"), row(MON, "14:00-18:00"), row(TUE, "09:00-12:00")))


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2026-11-23T08:59", OnShift(False, None, False, wall(BERLIN, "2026-11-23T09:00"))),
        ("2026-11-23T09:00", OnShift(True, wall(BERLIN, "2026-11-23T12:00"))),
        ("2026-11-23T11:59", OnShift(True, wall(BERLIN, "2026-11-23T12:00"))),
        ("2026-11-23T12:00", OnShift(False, None, False, wall(BERLIN, "2026-11-23T14:00"))),
        ("2026-11-23T17:59", OnShift(True, wall(BERLIN, "2026-11-23T18:00"))),
        ("2026-11-23T18:00", OnShift(False, None, False, wall(BERLIN, "2026-11-24T09:00"))),
        ("2026-11-24T12:00", OnShift(False, None, False, wall(BERLIN, "2026-11-30T09:00"))),
    ],
)
def test_a_split_shift(at, found):
    assert calendar.at(SPLIT, wall(BERLIN, at)) == found


def test_a_break_is_taken_out_and_said_to_be_one():
    week = Week(BERLIN, (row(MON, "09:00-17:00"), row(MON, "12:00-12:30", is_break=True)))
    noon, back = wall(BERLIN, "2026-11-23T12:00"), wall(BERLIN, "2026-11-23T12:30")
    assert calendar.at(week, noon - timedelta(minutes=1)) == OnShift(True, noon)
    assert calendar.at(week, noon) == OnShift(False, None, True, back)
    assert calendar.at(week, back) == OnShift(True, wall(BERLIN, "2026-11-23T17:00"))


def test_a_break_outside_a_shift_is_none():
    week = Week(BERLIN, (row(MON, "09:00-12:00"), row(MON, "13:00-14:00", is_break=True)))
    assert not calendar.at(week, wall(BERLIN, "2026-11-23T13:30")).on_break


def test_an_overnight_shift_belongs_to_two_days():
    week = Week(BERLIN, (row(SUN, "22:00-06:00"), row(MON, "01:00-01:30", is_break=True)))
    assert calendar.at(week, wall(BERLIN, "2026-11-22T23:00")).on
    assert calendar.at(week, wall(BERLIN, "2026-11-23T01:10")).on_break
    assert calendar.at(week, wall(BERLIN, "2026-11-23T05:59")).on
    assert not calendar.at(week, wall(BERLIN, "2026-11-23T06:00")).on


def test_a_time_zone_is_the_persons_own():
    at = utc("2026-11-23T08:30")
    assert calendar.at(Week(BERLIN, (row(MON, "09:00-17:00"),)), at).on
    assert not calendar.at(Week(LISBON, (row(MON, "09:00-17:00"),)), at).on


def test_time_off_wins_over_a_shift():
    away = (wall(BERLIN, "2026-11-23T10:00"), wall(BERLIN, "2026-11-24T10:00"))
    week = Week(BERLIN, SPLIT.rows, (away,))
    assert calendar.at(week, wall(BERLIN, "2026-11-23T09:30")) == OnShift(True, away[0])
    assert calendar.at(week, away[0]) == OnShift(False, None, False, away[1])
    assert calendar.at(week, away[1]).on


def test_a_long_absence_ends_some_day():
    away = (utc("2026-11-01T00:00"), utc("2027-02-01T00:00"))
    week = Week(BERLIN, SPLIT.rows, (away,))
    assert calendar.at(week, utc("2026-11-23T10:00")).back_at == wall(BERLIN, "2027-02-01T09:00")


def test_who_has_no_shift_works_always_but_for_time_off():
    now = utc("2026-11-23T03:00")
    assert calendar.at(Week(), now) == OnShift(True)
    away = (now + timedelta(hours=1), now + timedelta(hours=3))
    assert calendar.at(Week(off=(away,)), now) == OnShift(True, away[0])
    assert calendar.at(Week(off=(away,)), away[0]) == OnShift(False, None, False, away[1])


def test_round_the_clock_has_no_end_in_sight():
    week = Week(BERLIN, tuple(row(day, "00:00-00:00") for day in range(7)))
    assert calendar.at(week, utc("2026-11-23T03:00")) == OnShift(True)


def test_a_night_in_spring_is_an_hour_shorter_and_in_autumn_longer():
    week = Week(BERLIN, (row(SAT, "22:00-06:00"),))
    for day, hours in ((date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 11, 21), 8)):
        start = calendar.moment(day, clock("12:00"), BERLIN)
        [(first, last)] = calendar.working(week, start, start + timedelta(days=1))
        assert last - first == timedelta(hours=hours)


def test_a_time_that_the_clocks_skip_is_the_moment_of_the_change():
    change = utc("2026-03-29T01:00")
    for text in ("02:00", "02:30", "02:59"):
        assert calendar.moment(date(2026, 3, 29), clock(text), BERLIN) == change
    assert calendar.moment(date(2026, 3, 29), clock("03:00"), BERLIN) == change
    assert calendar.moment(date(2026, 10, 25), clock("02:30"), BERLIN) == utc("2026-10-25T00:30")
    # Samoa left out a whole day.
    assert calendar.moment(date(2011, 12, 30), clock("12:00"), APIA) == utc("2011-12-30T10:00")


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
ZONES = st.sampled_from(
    ("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Gaza")
).map(ZoneInfo)
ROWS = st.builds(WeekdaySpan, st.integers(0, 6), TIMES, TIMES, st.booleans())
NOWS = st.integers(0, 365 * 24 * 60).map(lambda n: utc("2026-01-01T00:00") + timedelta(minutes=n))
OFF = st.builds(lambda at, hours: (at, at + timedelta(hours=hours)), NOWS, st.integers(1, 500))
WEEKS = st.builds(
    Week, ZONES, st.lists(ROWS, max_size=12).map(tuple), st.lists(OFF, max_size=3).map(tuple)
)


@given(ZONES, st.dates(date(2026, 1, 1), date(2026, 12, 31)), TIMES, TIMES)
def test_a_later_time_on_the_wall_is_no_earlier_moment(zone, day, one, other):
    first, last = sorted((one, other))
    assert calendar.moment(day, first, zone) <= calendar.moment(day, last, zone)


@given(WEEKS, NOWS)
def test_what_changes_next_does_change_then(week, now):
    found = calendar.at(week, now)
    if found.until is not None:
        assert found.on
        assert found.until > now
        assert not calendar.at(week, found.until).on
        assert calendar.at(week, found.until - timedelta(microseconds=1)).on
    if found.back_at is not None:
        assert not found.on
        assert found.back_at > now
        assert calendar.at(week, found.back_at).on
        assert not calendar.at(week, found.back_at - timedelta(microseconds=1)).on


@given(WEEKS, NOWS, st.integers(1, 400))
def test_what_is_worked_is_in_order_apart_and_within(week, start, hours):
    end = start + timedelta(hours=hours)
    spans = calendar.working(week, start, end)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert all(start <= edge <= end for edge in edges)
    for first, last in spans:
        assert not any(off_from < last and first < off_to for off_from, off_to in week.off)


@given(WEEKS, NOWS, st.integers(1, 200))
def test_whoever_works_at_a_moment_has_it_in_their_span(week, start, hours):
    spans = calendar.working(week, start, start + timedelta(hours=hours))
    for minutes in range(0, hours * 60, hours * 10):
        now = start + timedelta(minutes=minutes)
        assert calendar.at(week, now).on is any(first <= now < last for first, last in spans)


@pytest.mark.django_db
class TestStored:
    def test_on_duty_reads_shifts_breaks_and_time_off(self, django_assert_num_queries):
        dana, kofi, ines = person("dana"), person("kofi"), person("ines")
        Duty.objects.create(person=dana, time_zone="Europe/Berlin")
        for who in (dana, kofi):
            Shift.objects.create(
                person=who, weekday=MON, starts=clock("09:00"), ends=clock("17:00")
            )
        Shift.objects.create(
            person=dana, weekday=MON, starts=clock("12:00"), ends=clock("12:30"), kind="break"
        )
        now = utc("2026-11-23T16:30")
        TimeOff.objects.create(
            person=kofi, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(minutes=10)
        )
        with django_assert_num_queries(3):
            found = calendar.on_duty([dana.pk, kofi.pk, ines.pk], now)
        assert found == {
            dana.pk: OnShift(False, None, False, utc("2026-11-30T08:00")),
            kofi.pk: OnShift(False, None, False, utc("2026-11-23T16:40")),
            ines.pk: OnShift(True),
        }
