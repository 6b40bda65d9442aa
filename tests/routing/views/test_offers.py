"""The offers of whoever asks, as a fragment and as a page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from escalations import lifecycle
from routing.models import Offer
from tests.factories import PASSWORD, escalation, person, viewer_of

pytestmark = pytest.mark.django_db
AS_FRAGMENT = {"HX-Request": "true"}


def client_of(user):
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


def offered(user):
    now = timezone.now()
    until = now + timedelta(seconds=45)
    case = lifecycle.offer(escalation(now=now), to=viewer_of(user), until=until, now=now)
    Offer.objects.create(
        escalation=case, person=user, offered_at=now, until=until, why="You know <b>her</b>."
    )
    return case


def test_only_own_offers_are_shown_and_text_stays_text():
    kofi, dana = person("kofi"), person("dana")
    case = offered(kofi)
    mine = client_of(kofi).get("/offers/", headers=AS_FRAGMENT).text
    assert f'data-escalation="{case.id}"' in mine
    assert "You know &lt;b&gt;her&lt;/b&gt;." in mine
    assert case.id not in client_of(dana).get("/offers/", headers=AS_FRAGMENT).text


def test_the_page_shows_the_reasons_open_for_who_has_no_script():
    kofi = person("kofi")
    offered(kofi)
    page = client_of(kofi).get("/offers/").text
    assert "Decline: Too much at once" in page
    assert "data-decline" not in page


def test_an_offer_that_ended_says_why():
    kofi = person("kofi")
    case = offered(kofi)
    lifecycle.cancel(case, agent="mira", now=timezone.now())
    told = client_of(kofi).get("/offers/", headers=AS_FRAGMENT).text
    assert f"{case.case_number} is no longer offered to you. The agent took it back" in told
    assert "data-offer=" not in told


def test_a_form_without_a_script_accepts_and_opens_the_case():
    kofi = person("kofi")
    case = offered(kofi)
    form = {"id": "one", "version": case.version}
    answer = client_of(kofi).post(f"/escalations/{case.id}/accept/", form)
    assert answer.headers["Location"] == f"/escalations/{case.id}/"
    assert Offer.objects.get().outcome == "accepted"
