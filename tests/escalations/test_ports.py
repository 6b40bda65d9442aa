"""Why nobody has it yet, why somebody has it: asked of whoever hands work out."""

import pytest
from django.test import Client

from escalations import lifecycle, ports
from routing.models import Offer
from tests.factories import NOW, PASSWORD, after, escalation, person, viewer

pytestmark = pytest.mark.django_db


def test_a_waiting_case_says_why_nobody_has_it():
    said = ports.why_nobody(escalation(), viewer(), now=after(1))
    assert said == "Nobody who takes offers is on shift."


def test_a_case_that_somebody_has_does_not():
    dana = viewer()
    case = lifecycle.claim(escalation(), by=dana, now=NOW)
    assert ports.why_nobody(case, dana, now=after(1)) == ""


def test_the_offer_says_why_this_person():
    kofi = viewer("kofi")
    case = lifecycle.offer(escalation(), to=kofi, until=after(45), now=NOW)
    made = Offer.objects.create(
        escalation=case, person_id=kofi.user_id, offered_at=NOW, until=after(45), why="Quickest."
    )
    assert ports.why_this_person(case) == made
    assert ports.why_this_person(lifecycle.accept(case, by=kofi, now=after(3))) == made
    assert ports.why_this_person(escalation()) is None


def test_the_sentence_is_a_page_and_a_fragment():
    case, client = escalation(), Client()
    assert client.login(username=person("vera", "auditor").username, password=PASSWORD)
    address = f"/escalations/{case.id}/why/"
    fragment = client.get(address, headers={"HX-Request": "true"}).text
    assert "<h2>Why nobody yet</h2><p>Nobody who takes offers is on shift.</p>" in fragment
    assert "Nobody who takes offers is on shift." in client.get(address).text
