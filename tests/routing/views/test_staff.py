"""One person's work over HTTP."""

import pytest

from routing.attendance import weeks
from routing.models import Duty, Team, TimeOff
from routing.people import roster, teams, units
from tests.factories import PASSWORD, person
from tests.routing.people.test_skills import ask_for
from tests.routing.views.test_skills import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def amara():
    return person("amara", skills={"refunds": 3})


@pytest.fixture
def lead(client):
    person("priya", "supervisor")
    client.login(username="priya", password=PASSWORD)
    return client


def test_a_reviewer_reads_their_own_and_no_other(client, amara):
    kofi = person("kofi")
    client.login(username="amara", password=PASSWORD)
    own = client.get(f"/skills/people/{amara.pk}/")
    assert (own.status_code, '<button class="btn primary">Save week' in text_of(own)) == (
        200,
        False,
    )
    assert client.get(f"/skills/people/{kofi.pk}/").status_code == 403


def test_there_is_no_such_person(lead):
    assert lead.get("/skills/people/999999/").status_code == 404


def test_a_link_to_the_account_is_for_admins(client, lead, amara):
    link = f"/people/{amara.username}/"
    assert link not in text_of(lead.get(f"/skills/people/{amara.pk}/")).replace(
        "/skills/people/", ""
    )
    person("ada", "admin")
    client.login(username="ada", password=PASSWORD)
    assert link in text_of(client.get(f"/skills/people/{amara.pk}/")).replace("/skills/people/", "")


def test_all_skills_at_once(lead, amara):
    lead.post(f"/skills/people/{amara.pk}/skills/", {"skill:refunds": "5"})
    assert roster.skills_of(amara.pk) == {"refunds": 5}


def test_team_and_clock(lead, amara):
    team = Team.objects.create(name="Service")
    address = f"/skills/people/{amara.pk}/duty/"
    lead.post(address, {"team": team.pk, "time_zone": "Europe/Berlin"})
    duty = Duty.objects.get(person=amara)
    assert (duty.team, duty.time_zone) == (team, "Europe/Berlin")
    refused = lead.post(address, {"team": "", "time_zone": "Berlin"})
    assert ("is not a time zone" in text_of(refused), 'value="Berlin"' in text_of(refused)) == (
        True,
        True,
    )
    duty.refresh_from_db()
    assert duty.team == team


def test_load_and_limits_together_or_not_at_all(lead, amara):
    ask_for({"refunds": 2})
    address = f"/skills/people/{amara.pk}/load/"
    lead.post(address, {"units": 7, "limit:refund": 2})
    assert (units.load(amara.pk)[1], teams.limits_of(amara.pk)) == (7, {"refund": 2})
    refused = lead.post(address, {"units": 3, "limit:refund": 99})
    assert refused.status_code == 422
    assert (units.load(amara.pk)[1], teams.limits_of(amara.pk)) == (7, {"refund": 2})
    lead.post(address, {"units": 7, "limit:refund": ""})
    assert teams.limits_of(amara.pk) == {}


def test_every_fault_of_a_week_stands_at_its_day(lead, amara):
    fields = {"work:0": "9-17", "breaks:2": "noon", "work:4": "22:00-06:00"}
    refused = lead.post(f"/skills/people/{amara.pk}/week/", fields)
    text = text_of(refused)
    assert ("“9-17” is not a span of time" in text, "“noon” is not a span of time" in text) == (
        True,
        True,
    )
    assert 'value="22:00-06:00"' in text
    assert weeks.rows_of([amara.pk])[amara.pk] == []


def test_time_off_comes_and_goes_on_their_own_clock(lead, amara):
    Duty.objects.create(person=amara, time_zone="Asia/Tokyo")
    address = f"/skills/people/{amara.pk}/off/"
    fields = {"starts": "2099-12-24T09:00", "ends": "2099-12-28T09:00", "reason": "Holiday"}
    answer = lead.post(address, fields, follow=True)
    assert "<b>24 Dec, 09:00 to 28 Dec, 09:00</b> <small>Holiday</small>" in text_of(answer)
    lead.post(address, {"remove": "9" * 5000})
    assert TimeOff.objects.count() == 1
    lead.post(address, {"remove": TimeOff.objects.get().pk})
    assert TimeOff.objects.count() == 0


def test_a_time_off_without_a_time_is_named(lead, amara):
    refused = lead.post(f"/skills/people/{amara.pk}/off/", {"starts": "soon", "reason": "Holiday"})
    text = text_of(refused)
    assert "Write a day and a time, such as 2026-12-24 09:00." in text
    assert 'value="Holiday"' in text
