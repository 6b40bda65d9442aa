"""The switch by which somebody follows a case."""

import pytest

from escalations.models import Requirement
from routing.models import Watching
from tests.factories import PASSWORD, escalation, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(client):
    dana = person("dana")
    assert client.login(username="dana", password=PASSWORD)
    return dana


def followed():
    return list(Watching.objects.values_list("person__username", "escalation__id"))


def test_it_is_switched_on_and_off_and_the_page_shows_it(client, dana):
    case = escalation()
    page, address = f"/escalations/{case.id}/", f"/escalations/{case.id}/follow/"
    assert 'id="follow-button" type="submit" aria-pressed="false"' in client.get(page).text
    assert client.post(address, {"on": "1"}).headers["Location"] == page
    assert followed() == [("dana", case.id)]
    assert 'id="follow-button" type="submit" aria-pressed="true"' in client.get(page).text
    assert client.post(address, {"on": "0"}).headers["Location"] == page
    assert followed() == []


def test_a_script_gets_the_switch_back(client, dana):
    case = escalation()
    address = f"/escalations/{case.id}/follow/"
    answer = client.post(address, {"on": "1"}, headers={"HX-Request": "true"})
    assert answer.text.startswith('<form class="follow" id="follow"')
    assert 'aria-pressed="true"' in answer.text
    assert 'name="on" value="0"' in answer.text


@pytest.mark.parametrize("role", ["supervisor", "admin", "auditor"])
def test_every_role_follows_what_it_sees(role, client):
    case, someone = needs_gold(), person("vera", role)
    client.force_login(someone)
    client.post(f"/escalations/{case.id}/follow/", {"on": "1"})
    assert followed() == [("vera", case.id)]


def test_what_one_may_not_see_is_not_there_to_follow(client, dana):
    case = needs_gold()
    answer = client.post(f"/escalations/{case.id}/follow/", {"on": "1"})
    nowhere = client.post("/escalations/esc_none/follow/", {"on": "1"})
    assert (answer.status_code, followed()) == (404, [])
    assert nowhere.status_code == 404


def test_only_a_post_changes_it(client, dana):
    case = escalation()
    assert client.get(f"/escalations/{case.id}/follow/").status_code == 405
    assert followed() == []


def needs_gold():
    case = escalation()
    case.requirement = Requirement.objects.create(key="gold:5", skills={"gold": 5})
    case.save()
    return case
