"""Teams, and what a person's place in one says."""

import pytest

from console.people import managing
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from routing.models import Duty, Team
from routing.people import teams
from tests.factories import NOW, person
from tests.routing.lines import lines

pytestmark = pytest.mark.django_db
BY = Actor("person", "priya")


def test_a_new_person_of_a_fresh_install_joins_everyone():
    made, _ = managing.create("dana", role="reviewer", by=BY, now=NOW)
    team = made.duty.team
    assert (team.name, team.mode, made.duty.time_zone) == ("Everyone", "both", "UTC")


def test_a_new_person_joins_the_first_team():
    first = Team.objects.create(name="Service", mode="push")
    Team.objects.create(name="Another")
    made, _ = managing.create("dana", role="reviewer", by=BY, now=NOW)
    assert (made.duty.team, Team.objects.count()) == (first, 2)


def test_a_team_is_added_renamed_and_removed():
    team = teams.add("Service", "push", by=BY, now=NOW)
    teams.change(team, name="Homes", mode="pull", wrap_up_s=30, by=BY, now=NOW)
    teams.change(team, name="Homes", mode="pull", wrap_up_s=30, by=BY, now=NOW)
    teams.remove(team, by=BY, now=NOW)
    assert Team.objects.count() == 0
    assert lines() == [
        (
            "team_added",
            {"team": "Service", "mode": "push", "offers_leads": False, "wrap_up_s": 0},
        ),
        (
            "team_changed",
            {"team": "Homes", "team_before": "Service", "mode": "pull", "offers_leads": False}
            | {"wrap_up_s": 30},
        ),
        ("team_removed", {"team": "Homes"}),
    ]


@pytest.mark.parametrize(
    ("name", "mode", "pointer"),
    [
        ("", "both", "/name"),
        ("service", "both", "/name"),
        ("x" * 65, "both", "/name"),
        ("A", "x", "/mode"),
    ],
)
def test_what_cannot_be_a_team_is_refused_by_its_field(name, mode, pointer):
    Team.objects.create(name="Service")
    with pytest.raises(Invalid) as refused:
        teams.add(name, mode, by=BY, now=NOW)
    assert [fault.pointer for fault in refused.value.errors] == [pointer]


def test_a_team_with_people_stays():
    dana, team = person("dana"), teams.add("Service", "both", by=BY, now=NOW)
    teams.set_duty(dana, team=team, time_zone="Europe/Berlin", by=BY, now=NOW)
    with pytest.raises(Conflict) as refused:
        teams.remove(team, by=BY, now=NOW)
    assert refused.value.detail == "1 person is in Service; move them to another team first."


def test_duty_is_told_once():
    dana, team = person("dana"), Team.objects.create(name="Service")
    for _ in range(2):
        teams.set_duty(dana, team=team, time_zone="Europe/Berlin", by=BY, now=NOW)
    facts = {"person": "dana", "team": "Service", "time_zone": "Europe/Berlin"}
    assert lines() == [("duty_set", facts)]
    assert Duty.objects.get(person=dana).team == team


def test_no_such_time_zone():
    with pytest.raises(Invalid) as refused:
        teams.set_duty(person("dana"), team=None, time_zone="Berlin", by=BY, now=NOW)
    fault = ("/time_zone", "“Berlin” is not a time zone; write one such as Europe/Berlin.")
    assert [(one.pointer, one.detail) for one in refused.value.errors] == [fault]
    assert Duty.objects.count() == 0


def test_limits_are_set_replaced_and_told_once():
    dana = person("dana")
    teams.set_limits(dana, {"refund": 2, "chat": 0}, by=BY, now=NOW)
    teams.set_limits(dana, {"chat": 0, "refund": 2}, by=BY, now=NOW)
    teams.set_limits(dana, {"refund": 1}, by=BY, now=NOW)
    assert teams.limits_of(dana.pk) == {"refund": 1}
    assert [facts["limits"] for _, facts in lines()] == [{"refund": 2, "chat": 0}, {"refund": 1}]


@pytest.mark.parametrize("units", [-1, 51])
def test_a_limit_that_is_no_number_of_units(units):
    with pytest.raises(Invalid):
        teams.set_limits(person("dana"), {"refund": units}, by=BY, now=NOW)
