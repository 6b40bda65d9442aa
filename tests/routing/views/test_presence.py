"""Saying how one is, by plain forms, and setting it for others."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from routing.attendance import presence
from routing.models import Duty, Presence, Team
from tests.factories import PASSWORD, person
from tests.routing.presence import bears

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def signed_in(user):
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


@pytest.fixture
def dana():
    user = person("dana")
    presence.beat({user.pk: True}, timezone.now())
    return user


@pytest.fixture
def client(dana):
    return signed_in(dana)


def done(answer):
    """What the page is to say, where there is nothing to swap."""
    assert answer.status_code == 204
    return json.loads(answer["HX-Trigger"])["baton:done"]["said"]


def state_of(user):
    row = Presence.objects.get(person=user)
    return row.state, row.set_by, row.reason, row.draining


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"state": "present"}, ("present", "self", "", False)),
        ({"state": "busy"}, ("busy", "self", "", False)),
        ({"state": "finish"}, ("busy", "self", "", True)),
        ({"state": "away"}, ("away", "self", "", False)),
        ({"state": "away", "reason": "Lunch"}, ("away", "self", "Lunch", False)),
        (
            {"state": "away", "reason": "other", "other": "Dentist"},
            ("away", "self", "Dentist", False),
        ),
        ({"state": "end"}, ("offline", "self", "Shift over", False)),
    ],
)
def test_a_plain_form_sets_the_state_and_leads_back(client, dana, sent, found):
    answer = client.post("/presence/", sent, headers={"Referer": "http://testserver/levels/"})
    assert (answer.status_code, answer["Location"]) == (302, "http://testserver/levels/")
    assert state_of(dana) == found


def test_away_says_when_they_are_back(client, dana):
    before = timezone.now()
    answer = client.post(
        "/presence/", {"state": "away", "reason": "Lunch", "back_in": "30"}, headers=HTMX
    )
    assert done(answer) == "Your status: away, lunch."
    back_at = Presence.objects.get(person=dana).back_at
    assert timedelta(0) <= back_at - before - timedelta(minutes=30) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose how you are."),
        ({"state": "asleep"}, "Choose available, busy, finish, away or end."),
        ({"state": "away", "other": "x" * 101}, "Use at most 100 characters."),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_lost(client, dana, sent, sentence):
    answer = client.post("/presence/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert sent.get("other", "") in page
    assert state_of(dana)[0] == "present"
    told = client.post("/presence/", sent, headers=HTMX)
    assert (told.status_code, told.content.decode()) == (422, f"<p data-notice>{sentence}</p>\n")


def test_the_bar_shows_state_and_load(client, dana):
    page = client.get("/inbox/").content.decode()
    assert 'aria-label="Dana Whitlock, your menu: Available 0 of 5"' in page
    parts = client.get("/presence/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in parts
    assert [parts.count(f'id="{one}"') for one in ("me-button", "status-now", "away")] == [1, 1, 1]


def test_who_missed_an_offer_is_told_and_is_back_in_one_click(client, dana):
    bears(1)
    now = timezone.now()
    presence.missed(dana.pk, since=now + timedelta(seconds=1), now=now)
    page = client.get("/inbox/").content.decode()
    assert "after an offer went unanswered" in page
    assert "I am back" in page
    client.post("/presence/", {"state": "present"})
    assert "I am back" not in client.get("/inbox/").content.decode()


def test_only_a_team_that_is_offered_work_reads_of_offers(client, dana):
    assert "you get offers" not in client.get("/presence/").content.decode()
    Duty.objects.create(person=dana, team=Team.objects.create(name="Pull", mode="pull"))
    assert "you get offers" not in client.get("/presence/").content.decode()
    Team.objects.update(mode="push")
    assert "you get offers" in client.get("/presence/").content.decode()


def test_an_auditor_has_no_status():
    auditor = signed_in(person("ines", "auditor"))
    assert auditor.get("/presence/").status_code == 403
    assert auditor.post("/presence/", {"state": "present"}).status_code == 403
    page = auditor.get("/audit/").content.decode()
    assert 'aria-label="Ines Whitlock, your menu"' in page
    assert "Set me to away" not in page


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_who_leads_sets_others(dana, role):
    lead = signed_in(person("amara", role))
    answer = lead.post("/presence/dana/", {"state": "away", "reason": "Meeting"}, headers=HTMX)
    assert done(answer) == "The status of Dana Whitlock: away, meeting."
    assert state_of(dana) == ("away", "lead", "Meeting", False)
    page = signed_in(dana).get("/inbox/").content.decode()
    assert "A supervisor set you to away" in page


@pytest.mark.parametrize("role", ["reviewer", "auditor"])
def test_who_does_not_lead_sets_nobody(dana, role):
    other = signed_in(person("kofi", role))
    assert other.post("/presence/dana/", {"state": "away"}).status_code == 403
    assert state_of(dana)[0] == "present"


def test_nobody_is_made_available_who_is_not_there():
    lead, kofi = signed_in(person("amara", "supervisor")), person("kofi")
    answer = lead.post("/presence/kofi/", {"state": "present"}, headers=HTMX)
    said = "<p data-notice>Kofi Whitlock has no screen of Baton open.</p>\n"
    assert (answer.status_code, answer.content.decode()) == (409, said)
    assert lead.post("/presence/nobody/", {"state": "away"}).status_code == 404
    assert not Presence.objects.filter(person=kofi, state="present").exists()
