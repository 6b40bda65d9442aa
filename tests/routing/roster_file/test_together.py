"""A whole roster is written by few statements, and its record is as whole as of changes one by one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escalations.models import Event
from escalations.policy import check, versions
from escalations.record import audit
from escalations.record.lines import Actor
from routing.attendance import weeks
from routing.models import Duty, Team
from routing.people import roster, units
from routing.roster_file import roster_plan
from tests.factories import NOW, person, viewer

pytestmark = pytest.mark.django_db
BY = Actor("person", "ruth")
WEEK = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
HEAD = f"username,team,units,time_zone,{WEEK},trade: refunds,language: Italian"


def file_of(names, *, grade=3, many=7):
    line = f",Service,{many},Europe/Berlin,09:00-17:00 break 12:00-12:30,,,,,,,{grade},2"
    return "\n".join([HEAD, *(f"{name}{line}" for name in names)])


def imported(text):
    digest = roster_plan.plan(text, for_admin=True).digest
    return roster_plan.carry_out(text, digest, for_admin=True, by=BY, now=NOW)


def names(count, of):
    return [f"{of}{number:02}" for number in range(count)]


@pytest.fixture(autouse=True)
def _service():
    # A skill that only the policy asks for comes with whoever is graded in it first.
    versions.current()
    wanted = {"title": "Refunds", "skills": {"refunds": 2}}
    policy = {"schema": "handoff.policy/1", "task_types": {"refund": wanted}}
    admin = viewer("ruth", "admin")
    versions.publish(check.check(policy), by=admin, now=NOW, expected=1)
    Team.objects.create(name="Service")


def test_thirty_people_take_as_many_statements_as_three():
    taken = {}
    for count, of in ((3, "a"), (30, "b")):
        imported(file_of(["zoe"]))
        with CaptureQueriesContext(
            connection,
        ) as new:
            imported(file_of(names(count, of)))
        with CaptureQueriesContext(connection) as old:
            imported(file_of(names(count, of), grade=4, many=3))
        taken[count] = (len(new), len(old))
    assert taken[30] == taken[3]


def test_every_change_of_everybody_stands_in_a_record_that_verifies():
    person("ana"), person("ben", skills={"refunds": 1})
    everybody = ["ana", "ben", *names(5, "new")]
    done = imported(file_of(everybody))
    assert sorted(user.username for user, _ in done.passwords) == names(5, "new")
    assert all(user.check_password(password) for user, password in done.passwords)
    imported(file_of(everybody, grade=0, many=2))
    for row in roster.grid(roster.deciders()).rows:
        if row.person.username in everybody:
            assert roster.skills_of(row.person.pk) == {"Italian": 2}
            assert units.load(row.person.pk) == (0, 2)
            assert weeks.written(weeks.rows_of([row.person.pk])[row.person.pk])[0].work == (
                "09:00-17:00"
            )
            assert Duty.objects.get(person=row.person).team.name == "Service"
    kinds = list(Event.objects.filter(chain="people").values_list("kind", flat=True))
    assert {kind: kinds.count(kind) for kind in ("created", "duty_set", "shifts_set")} == {
        "created": 5, "duty_set": 7, "shifts_set": 7,
    }  # fmt: skip
    assert (kinds.count("capacity_set"), kinds.count("graded")) == (14, 14)
    assert audit.verify().findings == []
