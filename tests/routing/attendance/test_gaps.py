"""Gaps of the week: who is missing when, in sentences."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from escalations.policy.assignment import Ring
from escalations.policy.document import PolicyDocument
from routing.attendance import gaps
from routing.attendance.calendar import Week, WeekdaySpan
from routing.attendance.gaps import Able, Gap, Need, WideningStep
from routing.models import Shift
from tests.factories import person

UTC_ZONE = ZoneInfo("UTC")
THURSDAY = datetime(2026, 11, 19, 8, tzinfo=UTC)
WIDER = [Ring(after_min=90, lower_by=5)]


def works(*spans, days=range(7), zone="UTC"):
    rows = [
        WeekdaySpan(day, *(time.fromisoformat(one) for one in span.split("-")))
        for day in days
        for span in spans
    ]
    return Week(ZoneInfo(zone), tuple(rows))


def found(need, *able, everybody=None, now=THURSDAY, zone=UTC_ZONE, rings=WIDER):
    people = [Able(name, week) for name, week in able]
    weeks = everybody or [week for _, week in able]
    told = gaps.of_need(need, people, gaps.Worked(weeks), rings=rings, now=now, zone=zone)
    return [(gap.kind, gap.headline, gap.sentence) for gap in told]


def test_enough_people_all_day_are_no_gap():
    day = works("08:00-18:00")
    assert found(Need("refunds", 2), ("Ana", day), ("Ben", day)) == []


def test_each_span_of_a_week_is_worked_out_once_for_all_skills():
    ana, ben = works("08:00-12:00", "13:00-18:00"), works("10:00-20:00")
    worked = gaps.Worked([ana, ben])
    span = (THURSDAY, THURSDAY.replace(hour=23))
    assert worked.by(ana, span) is worked.by(ana, span)
    assert worked.by_anybody(span) is worked.by_anybody(span)
    assert worked.by_anybody(span) == [(THURSDAY, THURSDAY.replace(hour=20))]


def test_the_break_of_whoever_is_alone_is_missed_and_cuts_no_gap_in_two():
    """12:00 to 17:00 and from 18:00, it said, as if somebody were there at five."""
    lunch = [WeekdaySpan(day, time(17), time(18), is_break=True) for day in range(7)]
    late = works("08:00-20:00")
    alone = Week(late.zone, (*late.rows, *lunch))
    day = works("08:00-12:00")
    told = found(Need("refunds", 2), ("Ana", day), ("Ben", day), everybody=[alone])
    text = "Nobody on shift has 2 or more."
    assert told == [("nobody", "Refunds, all week from 12:00.", text)]
    both = found(Need("refunds", 2), ("Ana", alone), ("Ben", alone))
    assert both == [("nobody", "Refunds, all week 17:00 to 18:00.", text)]


def test_who_has_no_shift_is_not_counted_as_on_duty():
    day, none = works("08:00-18:00"), Week(UTC_ZONE, ())
    told = found(Need("refunds", 2), ("Ana", day), ("Ben", none), ("Cleo", none))
    assert told == [("single", "Refunds, all week.", "Only Ana has 2 or more.")]


def test_where_nobody_has_shifts_everybody_counts():
    none = Week(UTC_ZONE, ())
    assert found(Need("refunds", 2), ("Ana", none), ("Ben", none)) == []


def test_nobody_has_it():
    text = (
        "Nobody has 3 or more. After 1 h 30 min it is offered more widely: the skill at any level."
    )
    assert found(Need("privacy", 3)) == [("nobody", "Privacy, all week.", text)]


def test_one_person_only():
    told = found(Need("Italian", 3), ("Sofia", works("08:00-12:00")), rings=[])
    text = "One person only, Sofia, has 3 or more. Nobody else is ever offered it."
    assert told == [("single", "Italian, all week.", text)]


def test_two_are_needed_and_one_has_it():
    told = found(Need("payments", 3, people=2), ("Jonas", works("08:00-12:00")))
    text = "Two people are needed, only Jonas has 3 or more."
    assert told == [("short", "Payments, all week.", text)]


def test_evenings_with_one_and_nobody():
    late = works("08:00-22:00")
    told = found(
        Need("privacy", 3),
        ("Mei-Lin", works("08:00-20:00")),
        ("Nadia", works("08:00-17:00")),
        everybody=[late],
    )
    assert told == [
        ("single", "Privacy, all week 17:00 to 20:00.", "Only Mei-Lin has 3 or more."),
        ("nobody", "Privacy, all week from 20:00.", "Nobody on shift has 3 or more."),
    ]


def test_two_are_needed_on_a_sunday():
    told = found(
        Need("payments", 3, people=2),
        ("Jonas", works("08:00-18:00")),
        ("Priya", works("08:00-18:00", days=range(6))),
    )
    text = "Two people are needed, only Jonas is on shift."
    assert told == [("short", "Payments, Sunday.", text)]


def test_what_is_over_today_is_not_told():
    now = datetime(2026, 11, 19, 17, tzinfo=UTC)
    told = found(
        Need("refunds", 2),
        ("Ana", works("08:00-16:00", "17:00-18:00", days=[3])),
        ("Ben", works("16:00-18:00", days=[3])),
        now=now,
    )
    assert told == []


def test_a_lunch_is_no_gap_but_an_hour_is():
    whole = works("08:00-18:00", days=[3])
    lunch = works("08:00-12:00", "12:30-18:00", days=[3])
    assert found(Need("refunds", 2), ("Ana", whole), ("Ben", lunch)) == []
    hour = works("08:00-12:00", "13:00-18:00", days=[3])
    told = found(Need("refunds", 2), ("Ana", whole), ("Ben", hour))
    assert told == [("single", "Refunds, today 12:00 to 13:00.", "Only Ana has 2 or more.")]


def test_times_are_on_the_readers_clock():
    berlin = works("09:00-18:00", days=[3], zone="Europe/Berlin")
    short = works("09:00-12:00", days=[3], zone="Europe/Berlin")
    told = found(Need("refunds", 2), ("Ana", berlin), ("Ben", short), zone=ZoneInfo("Asia/Tokyo"))
    assert told[0][1] == "Refunds, today from 20:00."


def test_needs_are_the_highest_of_every_kind_of_work():
    document = PolicyDocument.model_validate(
        {
            "schema": "handoff.policy/1",
            "task_types": {
                "refund": {"skills": {"refunds": 2}, "approvals": 2},
                "exchange": {"skills": {"refunds": 3}},
                "invoice": {
                    "skills": {"payments": 1},
                    "amounts": {"EUR": {"two_people_from": "10.00"}},
                },
            },
        }
    )
    assert gaps.needs(document) == [Need("payments", 1, 2), Need("refunds", 3, 2)]


def test_rings_are_told_in_order():
    steps = gaps.when_nobody_fits([Ring(after_min=2, lower_by=1), Ring(after_min=6, anyone=True)])
    assert steps == [
        WideningStep("Exact skill and level", "from the start"),
        WideningStep("One level lower", "after 2 min"),
        WideningStep("Anyone present", "after 6 min"),
    ]


@pytest.mark.django_db
def test_this_week_reads_everybody_and_puts_the_worst_first(
    django_assert_max_num_queries,
):
    from tests.routing.people.test_skills import ask_for

    for name in ("ana", "ben"):
        Shift.objects.create(
            person=person(name, skills={"refunds": 2}), weekday=3, starts="08:00", ends="10:00"
        )
    Shift.objects.create(person=person("cleo"), weekday=3, starts="08:00", ends="12:00")
    person("dora", skills={"fraud": 5})
    ask_for({"refunds": 2, "fraud": 1, "law": 1})
    with django_assert_max_num_queries(7):
        told = gaps.this_week(THURSDAY, UTC_ZONE)
    later = "After 1 h 30 min it is offered more widely: the skill at any level."
    assert told == [
        Gap("nobody", "law", "all week", f"Nobody has 1 or more. {later}"),
        Gap("nobody", "refunds", "today from 10:00", "Nobody on shift has 2 or more."),
        Gap("single", "fraud", "all week", f"One person only, Dora, has 1 or more. {later}"),
    ]
