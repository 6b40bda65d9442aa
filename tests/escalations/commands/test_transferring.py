"""Pass on and snooze, as frames and as plain forms."""

import json
import uuid
from datetime import datetime

import pytest
from django.test import Client

from console.people.viewers import viewer_of
from escalations import commands, lifecycle
from escalations.commands import Command
from escalations.models import Escalation, requirements
from escalations.refusals import Conflict, Invalid
from routing.people import roster
from tests.factories import NOW, PASSWORD, after, escalation, person, viewer

pytestmark = pytest.mark.django_db


def perform(by, case, name, *, version=None, **arguments):
    version = case.version if version is None else version
    sent = Command(name, str(uuid.uuid4()), case.id, version, arguments, issued_at=NOW)
    return commands.perform(by, sent, now=NOW)


def faults(by, case, name, **arguments):
    with pytest.raises(Invalid) as refused:
        perform(by, case, name, **arguments)
    case.refresh_from_db()
    assert (case.state, case.version) == ("waiting", 1)
    return [(fault.pointer, fault.detail) for fault in refused.value.errors]


def facts(case, kind):
    return json.loads(bytes(case.events.get(kind=kind).body))["facts"]


def test_pass_on_to_a_skill_changes_what_it_requires():
    case, dana = escalation(), viewer()
    roster.grade(person("amara"), {"refunds": 4})
    perform(dana, case, "pass_on", to={"skill": "refunds", "proficiency": 3}, text="Yours.")
    case.refresh_from_db()
    assert (case.state, case.requirement.skills) == ("waiting", {"refunds": 3})
    assert facts(case, "passed_on")["to_skills"] == "refunds:3"
    remark = case.remarks.get()
    assert (remark.kind, remark.target, remark.text) == ("passed", "refunds:3", "Yours.")


def test_pass_on_to_a_person_asks_them_before_others():
    case, dana, _ = escalation(), viewer(), person("amara")
    perform(dana, case, "pass_on", to={"person": "amara"})
    case.refresh_from_db()
    assert (case.state, case.assignee) == ("waiting", "amara")
    assert (facts(case, "passed_on")["from"], facts(case, "passed_on")["to"]) == ("dana", "amara")


def test_pass_on_of_strict_work_to_somebody_below_it_says_so():
    case, dana, _ = escalation(), viewer(refunds=3), person("amara", skills={"refunds": 2})
    Escalation.objects.update(strict=True, requirement_id=requirements.id_for({"refunds": 3}))
    text = "Amara Whitlock is below the skill that this work asks for; choose somebody else."
    assert faults(dana, case, "pass_on", to={"person": "amara"}) == [("/to/person", text)]


def test_pass_on_to_a_supervisor():
    case, dana = escalation(), viewer()
    perform(dana, case, "pass_on", to="supervisor")
    case.refresh_from_db()
    assert (case.wanted_by, facts(case, "passed_on")["to_role"]) == ("supervisor", "supervisor")


@pytest.mark.parametrize(
    ("arguments", "pointer", "detail"),
    [
        ({}, "/to", "is required"),
        ({"to": {}}, "/to", "must name a skill, a person or the supervisor"),
        ({"to": {"person": "amara", "skill": "x"}}, "/to", "must name a skill, a person or the supervisor"),
        ({"to": "somebody"}, "/to/role", "must be supervisor"),
        ({"to": {"skill": "refunds", "proficiency": 6}}, "/to/proficiency", "must be at most 5"),
        ({"to": {"skill": "refunds", "proficiency": "3"}}, "/to/proficiency", "must be a whole number"),
        ({"to": {"person": "nobody"}}, "/to/person", "There is nobody called “nobody”."),
        ({"to": {"person": "dana"}}, "/to/person", "Choose somebody other than yourself."),
        ({"to": {"person": "audrey"}}, "/to/person", "Audrey Whitlock may not decide this case; choose somebody else."),
        ({"to": {"team": "x"}}, "/to/team", "is not known here"),
        ({"to": "supervisor", "text": "x" * 2001}, "/text", "must have at most 2,000 characters"),
    ],
)  # fmt: skip
def test_pass_on_names_what_is_wrong(arguments, pointer, detail):
    case, dana = escalation(), viewer("dana")
    person("amara")
    person("audrey", "auditor")
    assert (pointer, detail) in faults(dana, case, "pass_on", **arguments)


@pytest.mark.parametrize(
    ("arguments", "until"),
    [
        ({"minutes": 15}, "2026-11-19T14:15+00:00"),
        ({"until": "2026-11-20T09:00:00+01:00"}, "2026-11-20T08:00+00:00"),
        ({"until": "2026-11-20T09:00", "zone": "Europe/Berlin"}, "2026-11-20T08:00+00:00"),
        ({"until": "2026-11-20T09:00Z", "zone": "Europe/Berlin"}, "2026-11-20T09:00+00:00"),
    ],
)
def test_snooze_until(arguments, until):
    case = escalation()
    perform(viewer(), case, "snooze", text="Parcel.", **arguments)
    case.refresh_from_db()
    assert (case.state, case.assignee) == ("snoozed", "dana")
    assert case.snoozed_until == datetime.fromisoformat(until)


def test_snooze_for_whoever_is_free_then():
    case = escalation()
    perform(viewer(), case, "snooze", minutes=15, comes_back=False)
    case.refresh_from_db()
    assert case.assignee == ""


@pytest.mark.parametrize(
    ("arguments", "pointer", "detail"),
    [
        ({}, "/until", "Choose a day and a time."),
        ({"until": "soon"}, "/until", "Choose a day and a time."),
        ({"until": "2026-11-20T09:00", "zone": "Mars/Base"}, "/zone", "There is no time zone “Mars/Base”."),
        ({"until": "2026-11-20T09:00", "zone": "../x"}, "/until", "Choose a day and a time."),
        ({"minutes": 0}, "/minutes", "must be at least 1"),
        ({"minutes": True}, "/minutes", "must be a whole number"),
        ({"until": "2026-11-19T13:59Z"}, "/until", "That time is past; choose one in the future."),
        ({"until": "2027-11-19T13:59Z"}, "/until", "That is too far off; choose a time within 30 days."),
    ],
)  # fmt: skip
def test_snooze_names_what_is_wrong(arguments, pointer, detail):
    assert (pointer, detail) in faults(viewer(), escalation(), "snooze", **arguments)


@pytest.mark.parametrize(
    ("name", "arguments"), [("pass_on", {"to": "supervisor"}), ("snooze", {"minutes": 15})]
)
def test_a_stale_version_is_refused(name, arguments):
    case, dana = escalation(), viewer()
    lifecycle.claim(case, by=dana, now=NOW)
    with pytest.raises(Conflict) as refused:
        perform(dana, case, name, version=1, **arguments)
    assert refused.value.code == "stale"


def test_a_repeated_command_passes_on_once():
    case, dana = escalation(), viewer()
    sent = Command("pass_on", "once", case.id, 1, {"to": "supervisor"}, issued_at=NOW)
    assert commands.perform(dana, sent, now=NOW) == commands.perform(dana, sent, now=after(3))
    assert case.remarks.count() == 1


def test_the_plain_forms_say_the_same():
    dana = person("dana")
    person("amara")
    client = Client()
    client.login(username="dana", password=PASSWORD)
    passed, snoozed, back = escalation(), escalation(), escalation()

    def post(case, name, **fields):
        fields |= {"version": 1, "id": str(uuid.uuid4())}
        return client.post(f"/escalations/{case.id}/{name}/", fields)

    post(passed, "pass_on", to="person:amara", text="Please.")
    post(snoozed, "snooze", until="2099-01-01T09:00", at="", minutes="15", comes_back="on")
    answer = post(back, "pass_on", to="skill", skill="", proficiency="three")
    passed.refresh_from_db()
    snoozed.refresh_from_db()
    assert (passed.assignee, passed.remarks.get().text) == ("amara", "Please.")
    assert (snoozed.state, snoozed.assignee) == ("snoozed", viewer_of(dana).username)
    assert answer.status_code == 422
    assert Escalation.objects.get(pk=back.pk).version == 1


@pytest.mark.parametrize(
    ("typed", "status"), [({"version": "9" * 5000}, 409), ({"proficiency": "9" * 5000}, 422)]
)
def test_a_number_without_end_is_refused(typed, status):
    person("dana")
    client = Client()
    client.login(username="dana", password=PASSWORD)
    case = escalation()
    fields = {"version": 1, "id": "x", "to": "skill", "skill": "refunds", "active_s": "9" * 5000}
    answer = client.post(f"/escalations/{case.id}/pass_on/", fields | typed)
    assert answer.status_code == status


def test_a_refused_form_gives_back_what_was_typed():
    person("dana")
    client = Client()
    client.login(username="dana", password=PASSWORD)
    case = escalation()
    fields = {"version": 9, "id": "x", "to": "supervisor", "text": "The photo is older."}
    answer = client.post(f"/escalations/{case.id}/pass_on/", fields)
    assert answer.status_code == 409
    assert "The photo is older." in answer.content.decode()
