"""The chart of a day: places in per cent, on the reader's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.attendance import shift_chart
from routing.attendance.shift_chart import LaneStretch
from routing.models import Duty, Shift, TimeOff
from routing.people import roster
from tests.factories import person

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 11, 19, 14, tzinfo=UTC)
UTC_ZONE, LISBON = ZoneInfo("UTC"), ZoneInfo("Europe/Lisbon")


def shift(who, starts, ends, weekday=3, kind="work"):
    Shift.objects.create(person=who, weekday=weekday, starts=starts, ends=ends, kind=kind)


def lanes(day="", zone=UTC_ZONE, now=THURSDAY):
    drawn = shift_chart.chart(day, zone, now, list(roster.deciders()))
    return drawn, {lane.person.username: lane for lane in drawn.lanes}


def test_a_day_with_a_break():
    ana = person("ana")
    shift(ana, "07:30", "15:00")
    shift(ana, "12:00", "12:30", kind="break")
    drawn, found = lanes()
    assert found["ana"].bars == [LaneStretch(10.0, 30.0, "work"), LaneStretch(43.33, 16.67, "work")]
    assert (found["ana"].hours, found["ana"].zone) == ("07:30–15", "")
    assert (drawn.now, drawn.is_today) == (53.33, True)
    assert [(tick.x, tick.text) for tick in drawn.ticks][::5] == [(0.0, "06"), (100, "21")]


def test_who_has_no_shift_is_there_any_time_and_who_is_free_is_free():
    person("ana")
    shift(person("ben"), "09:00", "17:00", weekday=4)
    _, found = lanes()
    assert (found["ana"].hours, found["ben"].hours) == ("any time", "free")


def test_a_night_makes_the_day_longer_on_both_sides():
    shift(person("ana"), "22:00", "05:00", weekday=2)
    shift(person("ben"), "20:00", "04:00")
    drawn, found = lanes()
    assert (found["ana"].hours, found["ben"].hours) == ("00–05", "20–24")
    assert (found["ana"].bars, found["ben"].bars) == (
        [LaneStretch(0.0, 20.83, "work")],
        [LaneStretch(83.33, 16.67, "work")],
    )
    assert [tick.text for tick in drawn.ticks] == "00 03 06 09 12 15 18 21 24".split()


def test_time_off_is_drawn_and_told():
    ana = person("ana")
    shift(ana, "09:00", "17:00")
    TimeOff.objects.create(
        person=ana, starts_at=THURSDAY - timedelta(days=1), ends_at=THURSDAY + timedelta(days=1)
    )
    _, found = lanes()
    assert (found["ana"].bars, found["ana"].hours) == ([LaneStretch(0.0, 100.0, "off")], "off")


def test_a_clock_elsewhere_is_named():
    ana = person("ana")
    Duty.objects.create(person=ana, time_zone="Asia/Kolkata")
    shift(ana, "13:30", "21:30")
    _, found = lanes(zone=LISBON)
    assert (found["ana"].hours, found["ana"].zone) == ("08–16", "Asia/Kolkata")


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [("2026-11-21", 2), ("2026-11-25", 6), ("2026-11-26", 0), ("tomorrow", 0), ("", 0)],
)
def test_days_of_the_week_to_come(wanted, shown):
    drawn, _ = lanes(wanted)
    assert [tab.is_shown for tab in drawn.tabs].index(True) == shown
    assert (drawn.now is None) == (shown > 0)


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_people(count, django_assert_num_queries):
    for number in range(count):
        shift(person(f"p{number}"), "09:00", "17:00")
    with django_assert_num_queries(4):
        lanes()
