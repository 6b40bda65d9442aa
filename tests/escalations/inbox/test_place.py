"""Why a case stands where it does, and whether Take next agrees: what is said is what it does."""

import re

import pytest

from console import clock
from console.models import User
from escalations import lifecycle
from escalations.inbox import place
from escalations.models import Escalation
from routing.models import Unit
from routing.offers import explanations, pulling
from routing.people import units
from tests import factories
from tests.escalations.inbox.test_lists import needing, offered, snoozed
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db


def due(minutes, **keys):
    return escalation(deadlines={"respond_by": after(minutes * 60).isoformat()}, **keys)


def said(case, person):
    case = Escalation.objects.select_related("requirement").get(pk=case.pk)
    return explanations.why_not_next(case, person, NOW)


def test_place_counts_what_stands_before_it():
    dana = viewer()
    first, second = due(10), due(20)
    offer = offered(due(40), dana)
    assert place.sentence(first, dana).startswith("1 before it; answer due 14:10 UTC; the soonest")
    assert place.sentence(second, dana).startswith("2 before it; ")
    case = Escalation.objects.get(pk=offer.pk)
    assert (
        place.sentence(case, dana) == "What is yours to accept stands before all else but alerts."
    )
    later = Escalation.objects.get(pk=snoozed(due(5), dana, 600).pk)
    assert "by the time at which it comes back" in place.sentence(later, dana)


def test_what_take_next_does_with_each_row_is_what_is_said_of_it():
    dana = viewer("dana", refunds=3)
    refund = [needing(due(minutes), refunds=3) for minutes in (10, 25, 50)]
    below = needing(due(5), gold=5)
    excluded = due(6, requested={"excluded_reviewers": ["dana"]})
    mine = {case.id: said(case, dana) for case in (*refund, excluded)}
    taken = pulling.take_next(dana, now=NOW)
    gives = [name for name, words in mine.items() if words == "Take next gives you this one."]
    assert gives == [taken.id]
    for name, words in mine.items():
        if name == excluded.id:
            assert words.startswith("Take next passes it over: ")
        elif name != taken.id:
            assert words.startswith(f"Take next gives you {taken.case_number} first")
    assert said(below, dana).startswith("Take next passes it over: Needs gold 5.")


def test_full_person_is_told_that_it_takes_more_than_they_have():
    dana, case = viewer(), due(10)
    units.provide(User.objects.get(pk=dana.user_id), 1)
    lifecycle.claim(due(20), by=dana, now=NOW)
    free = Unit.objects.filter(person=dana.user_id, escalation__isnull=True)
    free.delete()
    assert said(case, dana) == (
        "Take next passes it over: It takes one unit; you have no units free for it."
    )


def test_nothing_is_said_where_it_does_not_wait_or_nothing_is_taken():
    dana, kofi = viewer(), viewer("kofi")
    held = lifecycle.claim(due(10), by=kofi, now=NOW)
    assert said(held, dana) == ""
    assert said(due(10), viewer("vera", "auditor")) == ""


def test_fragment_and_page_say_it(client):
    client.force_login(factories.person("dana"))
    case = factories.escalation(now=clock.now())
    html = client.get(f"/escalations/{case.id}/here/").content.decode()
    here = re.search(r'<div id="here">(.*?)</div>', html, re.DOTALL)[1]
    assert "0 before it; answer due " in here
    assert "Take next gives you this one." in here
    assert client.get("/escalations/esc_none/here/").status_code == 404
