"""What a file would change: shown, done whole, or not at all."""

import string
from datetime import time

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from routing.attendance import weeks
from routing.models import Duty, Shift, Skill, Team, WorkLimit
from routing.people import roster, teams, units
from routing.roster_file import roster_csv, roster_plan, together
from tests.factories import NOW, escalation, person, viewer
from tests.routing.lines import lines

BY = Actor("person", "priya")
WEEK = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
LETTERS = st.text(string.ascii_letters + "=+-@'\" .;ł", min_size=1, max_size=12).map(str.strip)


def told(text, **of):
    plan = roster_plan.plan(text, **of)
    assert plan.faults == []
    return [f"{change.whom}: {change.sentence}" for change in plan.changes]


def carry_out(text, **of):
    digest = roster_plan.plan(text, **of).digest
    return roster_plan.carry_out(text, digest, **of, by=BY, now=NOW)


class TestRoundTrip(TestCase):
    """Out and in again changes nothing, whatever the roster holds."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(LETTERS.filter(bool), min_size=1, max_size=3, unique_by=str.lower),
        st.lists(st.integers(0, 5), min_size=3, max_size=3),
        st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns"]),
        st.lists(
            st.tuples(st.integers(0, 6), st.integers(0, 23)),
            max_size=4,
            unique_by=lambda one: one[0],
        ),
        st.integers(1, 9),
        st.dictionaries(st.sampled_from(["refund", "retail/exchange"]), st.integers(0, 50)),
    )
    def test_nothing_changes(self, names, grades, zone, shifts, many, limits):
        made = person("=ana" if len(names) > 2 else "ana")
        for number, name in enumerate(names):
            Team.objects.create(name=name)
            Skill.objects.get_or_create(name=f"s{number}", kind=("trade", "language")[number % 2])
        roster.grade(made, {f"s{n}": grade for n, grade in enumerate(grades[: len(names)])})
        Duty.objects.create(person=made, team=Team.objects.first(), time_zone=zone)
        units.resize(made, many)
        for weekday, hour in shifts:
            Shift.objects.create(
                person=made, weekday=weekday, starts=time(hour), ends=time(hour, 30)
            )
        for name, count in limits.items():
            WorkLimit.objects.create(person=made, task_type=name, units=count)
        assert told(roster_csv.export()) == []


@pytest.mark.django_db
class TestPlan:
    def test_everything_that_changes_is_told_and_then_done(self):
        ana, _ = person("ana", skills={"refunds": 1}), person("ben")
        Team.objects.create(name="Service")
        WorkLimit.objects.create(person=ana, task_type="refund", units=3)
        text = (
            f"username,team,units,time_zone,limits,{WEEK},trade: refunds\n"
            "ana,Service,7,Europe/Berlin,refund 1,09:00-17:00 break 12:00-12:30,,,,,,,4\n"
            "ben,,5,UTC,,,,,,,,,\n"
        )
        assert told(text) == [
            "ana: team Service instead of none, time zone Europe/Berlin instead of UTC",
            "ana: 7 units instead of 5",
            "ana: limits refund 1",
            "ana: Monday 09:00-17:00 with a break 12:00-12:30",
            "ana: refunds 4 instead of 1",
        ]
        assert carry_out(text).count == 5
        assert told(text) == []
        assert (ana.duty.team.name, units.load(ana.pk)[1]) == ("Service", 7)
        assert (teams.limits_of(ana.pk), roster.skills_of(ana.pk)) == (
            {"refund": 1},
            {"refunds": 4},
        )
        assert weeks.written(weeks.rows_of([ana.pk])[ana.pk])[0].work == "09:00-17:00"
        kinds = ["duty_set", "capacity_set", "shifts_set", "graded", "limits_set"]
        assert [kind for kind, _ in lines()] == kinds

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("username\nzoe", "Line 2, username: Nobody who can be given work is called zoe; an admin adds people."),
            ("username\nana\nana", "Line 3, username: ana stands on line 2 already."),
            ("username,team\nana,Homes", "Line 2, team: There is no team called Homes."),
            ("username,time_zone\nana,Berlin",
             "Line 2, time_zone: “Berlin” is not a time zone; write one such as Europe/Berlin."),
            ("username,units\nana,0", "Line 2, units: Choose a number from 1 to 50."),
            ("username,limits\nana,refund 99", "Line 2, limits: Choose a number from 0 to 50 for refund."),
            ("username,limits\nana,nothing 1", "Line 2, limits: The policy knows no work called nothing."),
        ],
    )  # fmt: skip
    def test_faults_change_nothing(self, text, fault):
        WorkLimit.objects.create(person=person("ana"), task_type="refund", units=3)
        plan = roster_plan.plan(text)
        assert ([str(one) for one in plan.faults], plan.changes) == ([fault], [])
        with pytest.raises(Invalid) as refused:
            roster_plan.carry_out(text, plan.digest, by=BY, now=NOW)
        assert (refused.value.detail, lines()) == (fault, [])

    def test_what_was_not_shown_is_not_done(self):
        ana, text = person("ana", skills={"refunds": 1}), "username,trade: refunds\nana,4"
        shown = roster_plan.plan(text).digest
        roster.grade(ana, {"refunds": 2})
        with pytest.raises(Conflict) as refused:
            roster_plan.carry_out(text, shown, by=BY, now=NOW)
        assert (
            refused.value.detail == "Somebody changed the roster meanwhile; look at it once more."
        )
        assert roster.skills_of(ana.pk) == {"refunds": 2}

    def test_what_does_not_go_takes_everything_back(self):
        from escalations import lifecycle

        ana, ben = person("ana", skills={"refunds": 1}), viewer("ben")
        text = "username,units,trade: refunds\nana,5,4\nben,1,0"
        shown = roster_plan.plan(text)
        for _ in range(2):
            lifecycle.claim(escalation(), by=ben, now=NOW)
        fault = "Line 3, units: Ben Whitlock holds more than 1 unit at the moment."
        assert [str(one) for one in roster_plan.plan(text).faults] == [fault]
        with pytest.raises(Invalid, match=fault):
            roster_plan.carry_out(text, shown.digest, by=BY, now=NOW)
        # So it is where they took a case after that was looked at.
        with pytest.raises(Conflict, match=f"{fault} Nothing was changed."), transaction.atomic():
            together.carry_out(shown.changes, {}, by=BY, now=NOW)
        assert (roster.skills_of(ana.pk), lines()) == ({"refunds": 1}, [])
