"""Weeks as they are typed: read, refused by place, kept and written again."""

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.record.lines import Actor
from escalations.refusals import Invalid
from routing.attendance import weeks
from routing.attendance.calendar import WeekdaySpan
from routing.attendance.weeks import Day
from routing.models import Duty, Shift, TimeOff
from tests.factories import NOW, person
from tests.routing.lines import lines

BY = Actor("person", "priya")


def read(work="", breaks="", **other):
    return weeks.read([Day(0, work, breaks), *(Day(6, text) for text in other.values())])


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("", []),
        ("9:00-17:00", [WeekdaySpan(0, time(9), time(17))]),
        (
            "09:00 – 12:30, 14:00-18:00",
            [WeekdaySpan(0, time(9), time(12, 30)), WeekdaySpan(0, time(14), time(18))],
        ),
        (
            "09:00-12:00 14:00-18:00",
            [WeekdaySpan(0, time(9), time(12)), WeekdaySpan(0, time(14), time(18))],
        ),
        ("22:00-06:00", [WeekdaySpan(0, time(22), time(6))]),
        ("18:00-24:00", [WeekdaySpan(0, time(18), time(0))]),
        ("00:00-00:00", [WeekdaySpan(0, time(0), time(0))]),
    ],
)
def test_spans_are_read(typed, rows):
    found = read(typed)
    assert (found.rows, found.faults) == (rows, [])


NO_SPAN = "“{}” is not a span of time; write it as 09:00-17:00."
NO_SHIFT = "The break Monday {} is in no shift. After midnight it belongs to the next day."


@pytest.mark.parametrize(
    ("work", "breaks", "fault"),
    [
        ("9-17", "", ("work:0", NO_SPAN.format("9-17"))),
        ("09:00-25:00", "", ("work:0", NO_SPAN.format("09:00-25:00"))),
        ("09:00-17:60", "", ("work:0", NO_SPAN.format("09:00-17:60"))),
        ("always", "", ("work:0", NO_SPAN.format("always"))),
        ("09:00-17:00", "noon", ("breaks:0", NO_SPAN.format("noon"))),
        ("09:00-17:00, 16:00-18:00", "", ("work:0", "Monday 09:00-17:00 and Monday 16:00-18:00 overlap.")),
        ("09:00-17:00", "12:00-13:00, 12:30-12:45",
         ("breaks:0", "Monday 12:00-13:00 and Monday 12:30-12:45 overlap.")),
        ("09:00-17:00", "17:00-17:15", ("breaks:0", NO_SHIFT.format("17:00-17:15"))),
        ("09:00-17:00", "16:50-17:15", ("breaks:0", NO_SHIFT.format("16:50-17:15"))),
        ("22:00-06:00", "02:00-02:15", ("breaks:0", NO_SHIFT.format("02:00-02:15"))),
        ("", "12:00-12:30", ("breaks:0", NO_SHIFT.format("12:00-12:30"))),
    ],
)  # fmt: skip
def test_faults_are_named_at_their_place(work, breaks, fault):
    assert read(work, breaks).faults == [fault]


def test_sunday_night_reaches_into_monday():
    night = weeks.read([Day(0, "05:00-09:00", "05:30-05:45"), Day(6, "22:00-06:00")])
    assert night.faults == [("work:0", "Sunday 22:00-06:00 and Monday 05:00-09:00 overlap.")]
    assert weeks.read([Day(0, "06:00-09:00", "03:00-03:15"), Day(6, "22:00-06:00")]).faults == []


SPANS = st.lists(st.integers(0, 47), min_size=0, max_size=6, unique=True).map(sorted)


@given(st.lists(SPANS, min_size=7, max_size=7))
def test_what_is_written_is_read_as_the_same(days):
    """Any week without overlap, split as often as one likes."""
    rows = []
    for number, halves in enumerate(days):
        for first, last in zip(halves[::2], halves[1::2], strict=False):
            starts, ends = (time(half // 2, half % 2 * 30) for half in (first, last))
            rows.append(WeekdaySpan(number, starts, ends))
    found = weeks.read(weeks.written(rows))
    assert (set(found.rows), found.faults) == (set(rows), [])


@pytest.mark.django_db
class TestKept:
    def test_a_week_is_replaced_and_told_once(self):
        dana = person("dana")
        days = [Day(0, "09:00-12:00, 14:00-18:00", "10:00-10:15"), Day(4, "22:00-06:00")]
        assert weeks.replace(dana, days, by=BY, now=NOW) is True
        assert weeks.replace(dana, days, by=BY, now=NOW) is False
        assert Shift.objects.filter(person=dana).count() == 4
        week = {"Monday": "09:00-12:00, 14:00-18:00; 10:00-10:15", "Friday": "22:00-06:00"}
        assert lines() == [("shifts_set", {"person": "dana", "week": week})]

    def test_a_fault_changes_nothing(self):
        dana = person("dana")
        weeks.replace(dana, [Day(0, "09:00-12:00")], by=BY, now=NOW)
        with pytest.raises(Invalid) as refused:
            weeks.replace(dana, [Day(0, "9"), Day(1, "x")], by=BY, now=NOW)
        assert [one.pointer for one in refused.value.errors] == ["/work:0", "/work:1"]
        assert weeks.written(weeks.rows_of([dana.pk])[dana.pk])[0].work == "09:00-12:00"

    def test_time_off_is_on_their_own_clock(self):
        dana = person("dana")
        Duty.objects.create(person=dana, time_zone="Europe/Berlin")
        made = self.off(dana, "2026-12-24 09:00", "2026-12-28 09:00")
        assert made.starts_at.isoformat() == "2026-12-24T08:00:00+00:00"
        facts = {"from": "2026-12-24T08:00:00.000000Z", "to": "2026-12-28T08:00:00.000000Z"}
        assert lines() == [("time_off_added", {"person": "dana", **facts})]

    @pytest.mark.parametrize(
        ("starts", "ends", "pointer", "detail"),
        [
            ("2026-12-24 09:00", "2026-12-24 09:00", "/ends", "This is not after the beginning."),
            ("2026-12-25 09:00", "2026-12-31 09:00", "/starts",
             "They are off already from 24 Dec, 09:00 to 28 Dec, 09:00."),
            ("0001-01-01 00:00", "2027-01-01 00:00", "/starts",
             "Choose a day between 2000 and 2099."),
            ("2027-01-01 00:00", "9999-12-31 23:59", "/ends",
             "Choose a day between 2000 and 2099."),
        ],
    )  # fmt: skip
    def test_a_time_off_that_cannot_be(self, starts, ends, pointer, detail):
        dana = person("dana")
        self.off(dana, "2026-12-24 09:00", "2026-12-28 09:00")
        with pytest.raises(Invalid) as refused:
            self.off(dana, starts, ends)
        assert [(one.pointer, one.detail) for one in refused.value.errors] == [(pointer, detail)]
        assert TimeOff.objects.count() == 1

    def test_a_time_off_is_taken_back_once(self):
        dana, jonas = person("dana"), person("jonas")
        made = self.off(dana, "2026-12-24 09:00", "2026-12-28 09:00")
        weeks.remove_time_off(jonas, made.pk, by=BY, now=NOW)
        assert TimeOff.objects.count() == 1
        for _ in range(2):
            weeks.remove_time_off(dana, made.pk, by=BY, now=NOW)
        assert TimeOff.objects.count() == 0
        assert [kind for kind, _ in lines()] == ["time_off_added", "time_off_removed"]

    def off(self, who, starts, ends):
        first, last = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
        return weeks.add_time_off(who, starts=first, ends=last, reason="", by=BY, now=NOW)
