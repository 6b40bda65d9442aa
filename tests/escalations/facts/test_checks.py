"""The question to an agent whether its facts still hold, and its answer over HTTP."""

import pytest
from django.test import Client

from console import clock
from escalations import lifecycle
from escalations.facts import answering, checks
from escalations.models import Escalation, FactCheck
from tests.escalations.api.conftest import Caller, decide
from tests.escalations.facts.asking import ACTION, OTHER, SAME, last
from tests.factories import REFUND, person, viewer, viewer_of
from tests.running.listening import endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira():
    caller = Caller("mira")
    endpoint(caller.key, "https://hooks.example/facts")
    return caller


@pytest.fixture
def case(mira):
    named = mira.escalate(proposed_actions=[ACTION])["id"]
    return Escalation.objects.get(id=named)


def signed_in(username="dana", role="reviewer"):
    client = Client(headers={"Accept": "text/html"})
    client.force_login(person(username, role))
    return client


def opened(case, client):
    page = client.get(f"/escalations/{case.id}/", headers={"HX-Request": "true"})
    assert page.status_code == 200
    return page.content.decode()


def body(check, said):
    told = [{"action_id": "a1", "label": name, "value": value} for name, value in said.items()]
    return {"check": check.id, "facts": told}


def test_whoever_may_decide_has_it_asked_by_opening_it(mira, case):
    dana = signed_in()
    page = opened(case, dana)
    assert "Asking mira whether this still holds" in page
    assert "facts_seen" not in page
    check = last()
    assert (check.person.username, check.command, check.sent_at) == ("dana", "", None)
    wanted = checks.wanted(check, case.packages.get())
    assert wanted["actions"] == [{"action_id": "a1", "labels": ["Order total", "Refunded before"]}]
    # Read again by whoever, it is not asked again at once.
    opened(case, dana)
    opened(case, signed_in("amara"))
    assert FactCheck.objects.count() == 1
    said = mira.post(f"/escalations/{case.id}/facts", body(check, SAME))
    assert (said.status_code, said.json()["in_time"]) == (200, True)
    assert "mira said at" in opened(case, dana)


def test_what_changed_stands_beside_what_was_said(mira, case):
    dana = signed_in()
    opened(case, dana)
    assert mira.post(f"/escalations/{case.id}/facts", body(last(), OTHER)).status_code == 200
    page = " ".join(opened(case, dana).split())
    assert "said <del>184.00</del>, is <ins>92.00</ins> now" in page
    # Reading is not yet having been stopped by it.
    assert "facts_seen" not in page


def test_who_cannot_decide_asks_nobody(mira, case):
    opened(case, signed_in("olga", "auditor"))
    lifecycle.claim(case, by=viewer("amara"), now=clock.now())
    opened(case, signed_in())
    assert not FactCheck.objects.exists()


def test_what_rests_on_nothing_asks_nobody(mira):
    case = Escalation.objects.get(id=mira.escalate()["id"])
    opened(case, signed_in())
    assert not FactCheck.objects.exists()


def test_silence_is_said_after_two_seconds(mira, case, monkeypatch):
    dana = signed_in()
    opened(case, dana)
    later = clock.now() + checks.WITHIN
    monkeypatch.setattr(clock, "now", lambda: later)
    said = " ".join(dana.get(f"/escalations/{case.id}/facts/").content.decode().split())
    assert "mira did not answer within 2 s, so whether this still holds is not known" in said
    late = mira.post(f"/escalations/{case.id}/facts", body(last(), OTHER))
    assert (late.status_code, late.json()["in_time"]) == (200, False)
    assert "is <ins>92.00</ins> now" in opened(case, dana)


def test_an_answer_counts_once(mira, case):
    opened(case, signed_in())
    address, check = f"/escalations/{case.id}/facts", last()
    first = mira.post(address, body(check, OTHER))
    again = mira.post(address, body(check, OTHER))
    assert (first.status_code, again.json()) == (200, first.json())
    other = mira.post(address, body(check, SAME))
    assert (other.status_code, other.json()["type"]) == (409, "urn:baton:problem:answered")


def test_what_cannot_be_an_answer_is_named(mira, case):
    opened(case, signed_in())
    address, check = f"/escalations/{case.id}/facts", last()
    stranger = Caller("stranger")
    assert stranger.post(address, body(check, SAME)).status_code == 404
    assert mira.post(address, {"check": "fct_none", "facts": []}).status_code == 404
    odd = body(check, {"Order total": 1, "Colour": "red"})
    odd["facts"].append({"action_id": "a1", "label": "Order total", "value": 2})
    said = mira.post(address, odd)
    assert (said.status_code, said.json()["errors"]) == (
        422,
        [
            {"pointer": "/facts/1/label", "detail": "is no fact of this action"},
            {"pointer": "/facts/0/label", "detail": "is there twice"},
            {"pointer": "/facts/2/label", "detail": "is there twice"},
        ],
    )
    assert last().answered_at is None


@pytest.mark.parametrize(("how", "code"), [("decided", "over"), ("revised", "stale")])
def test_an_answer_of_no_use_is_refused(mira, case, how, code):
    opened(case, signed_in())
    check = last()
    if how == "decided":
        decide(case.id, by=viewer_of(person("amara")))
        # Nobody has any use for it any more.
        Escalation.objects.update(effective_at=clock.now() - answering.HEARD_FOR)
    else:
        revised = mira.post(f"/escalations/{case.id}/revision", REFUND)
        assert revised.status_code == 200
    said = mira.post(f"/escalations/{case.id}/facts", body(check, SAME))
    assert (said.status_code, said.json()["type"]) == (409, f"urn:baton:problem:{code}")


def test_a_form_without_a_socket_is_told_to_press_again(mira, case):
    dana = signed_in()
    sent = {"version": 1, "id": "one"}
    first = dana.post(f"/escalations/{case.id}/approve/", sent)
    assert first.status_code == 409
    assert "The agent is asked whether this still holds. Press again." in first.content.decode()
    mira.post(f"/escalations/{case.id}/facts", body(last(), OTHER))
    stopped = dana.post(f"/escalations/{case.id}/approve/", sent | {"id": "two"})
    assert "Order total was 184.00, is 92.00 now" in stopped.content.decode()
    page = opened(case, dana)
    seen = page.partition('name="facts_seen" value="')[2].partition('"')[0]
    done = dana.post(f"/escalations/{case.id}/approve/", sent | {"id": "x", "facts_seen": seen})
    assert done.status_code == 302
    case.refresh_from_db()
    assert case.state == "decided"


def test_what_the_agent_says_while_the_decision_can_be_undone_is_shown(mira, case):
    dana = signed_in()
    opened(case, dana)
    asked = last()
    decide(case.id, by=viewer_of(person("amara")))
    case.refresh_from_db()
    assert (case.state, case.effective_at > clock.now()) == ("decided", True)
    said = mira.post(f"/escalations/{case.id}/facts", body(asked, OTHER))
    assert said.status_code == 200
    assert "This has changed since mira wrote it" in opened(case, dana)
