from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.policy import hours

YEAR = datetime(2026, 1, 1, tzinfo=UTC)
SPRING = datetime(2026, 3, 28, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def every_day(span: str) -> dict[str, list[str]]:
    return {day: [span] for day in hours.WEEKDAYS}


OFFICE = hours.of(
    "Service hours",
    "Europe/Paris",
    {
        **{day: ["09:00-12:30", "13:30-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        "sat": ["10:00-12:00"],
    },
    ["2026-12-25"],
)
NIGHTS = hours.of("Nights", "America/New_York", every_day("22:00-06:00"), [])
EARLY = hours.of("Early", "Europe/Paris", {"sun": ["01:00-04:00"]}, [])
ALWAYS = hours.of("Always", "UTC", every_day("00:00-24:00"), [])
HALF_HOUR = hours.of("Lord Howe", "Australia/Lord_Howe", {"sun": ["01:45-02:15"]}, [])
PLACES = (OFFICE, NIGHTS, EARLY, ALWAYS, HALF_HOUR)

moments = st.timedeltas(timedelta(), timedelta(days=700)).map(YEAR.__add__) | st.timedeltas(
    timedelta(), timedelta(days=9)
).map(SPRING.__add__)
seconds = st.integers(0, 200_000)
places = st.sampled_from(PLACES)


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23T09:00", 40, "2026-11-23T09:40"),
        ("2026-11-23T12:10", 40, "2026-11-23T13:50"),
        ("2026-11-23T12:10", 20, "2026-11-23T12:30"),
        ("2026-11-21T18:00", 40, "2026-11-23T09:40"),
        ("2026-12-24T16:50", 30, "2026-12-26T10:20"),
        ("2026-11-21T18:00", 0, "2026-11-23T09:00"),
    ],
)
def test_add_passes_only_open_time(start, minutes, end):
    assert hours.add(at(start), minutes * 60, OFFICE) == at(end)


def test_a_span_may_cross_midnight():
    new_york = ZoneInfo("America/New_York")
    assert hours.is_open(at("2026-11-23T23:30", new_york), NIGHTS)
    assert hours.is_open(at("2026-11-24T05:59", new_york), NIGHTS)
    assert not hours.is_open(at("2026-11-24T06:00", new_york), NIGHTS)
    assert hours.add(at("2026-11-23T23:00", new_york), 5 * 3_600, NIGHTS) == at(
        "2026-11-24T04:00", new_york
    )


@pytest.mark.parametrize(
    ("day", "open_hours"),
    [("2026-03-22", 3), ("2026-03-29", 2), ("2026-10-25", 4), ("2026-11-01", 3)],
)
def test_the_hour_clocks_skip_or_repeat_counts_as_it_is_lived(day, open_hours):
    midnight = at(f"{day}T00:00").astimezone(UTC)
    later = midnight + timedelta(days=1)
    assert hours.open_between(midnight, later, EARLY) == open_hours * 3_600


def test_a_repeated_hour_that_is_cut_in_two_is_open_twice():
    new_york = ZoneInfo("America/New_York")
    half = hours.of("Half", "America/New_York", {"sun": ["01:30-02:00"]}, [])
    midnight = at("2026-11-01T00:00", new_york).astimezone(UTC)
    assert hours.open_between(midnight, midnight + timedelta(days=1), half) == 3_600
    assert hours.add(midnight, 1_800, half) == midnight + timedelta(hours=2)
    assert hours.add(midnight, 1_801, half) == midnight + timedelta(hours=2, minutes=30, seconds=1)


def test_a_holiday_is_closed_from_midnight_to_midnight_there():
    christmas = at("2026-12-25T00:00")
    assert hours.open_between(christmas, christmas + timedelta(days=1), OFFICE) == 0
    closed = hours.of("Day", "Asia/Tokyo", every_day("00:00-24:00"), ["2026-12-25"])
    tokyo = ZoneInfo("Asia/Tokyo")
    assert hours.add(at("2026-12-24T23:59", tokyo), 120, closed) == at("2026-12-26T00:01", tokyo)


def test_hours_that_are_never_open_are_refused():
    never = hours.Hours(PARIS, ((),) * 7, frozenset())
    with pytest.raises(ValueError, match="never open"):
        hours.add(at("2026-11-23T09:00"), 60, never)


def test_week_s_counts_an_ordinary_week():
    assert OFFICE.week_s == (5 * 7 + 2) * 3_600
    assert NIGHTS.week_s == 7 * 8 * 3_600


@given(moments, seconds, places)
def test_add_then_open_between_gives_the_seconds(start, count, place):
    assert hours.open_between(start, hours.add(start, count, place), place) == count


@given(moments, seconds, seconds, places)
def test_add_is_monotone_in_both(start, one, other, place):
    less, more = sorted((one, other))
    assert hours.add(start, less, place) <= hours.add(start, more, place)
    assert hours.add(start, less, place) <= hours.add(start + timedelta(seconds=more), less, place)


@given(moments, seconds, places)
def test_add_never_ends_inside_closed_time(start, count, place):
    end = hours.add(start, count, place)
    just_before = end - timedelta(microseconds=1)
    assert hours.is_open(end, place) or hours.is_open(just_before, place)


@given(moments, moments, moments, places)
def test_open_between_adds_up(one, other, third, place):
    first, second, last = sorted((one, other, third))
    whole = hours.open_between(first, last, place)
    parts = hours.open_between(first, second, place) + hours.open_between(second, last, place)
    assert whole == pytest.approx(parts, abs=1e-5)
    assert hours.open_between(last, first, place) == 0


@given(moments, places)
def test_open_is_what_the_clock_on_the_wall_says(moment, place):
    wall = moment.astimezone(place.zone)
    minute = wall.hour * 60 + wall.minute
    named = any(first <= minute < last for first, last in place.week[wall.weekday()])
    told = named and wall.date() not in place.holidays
    assert hours.is_open(moment, place) == told
    second = hours.open_between(moment, moment + timedelta(microseconds=1), place)
    assert (second > 0) == told


def test_zones_are_known_and_wrong_ones_are_not():
    assert {"Europe/Paris", "America/New_York", "UTC"} <= hours.zones()
    assert "Mars/Olympus" not in hours.zones()


def test_holidays_are_dates():
    assert OFFICE.holidays == {date(2026, 12, 25)}
