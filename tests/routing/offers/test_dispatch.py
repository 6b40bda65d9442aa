"""Dispatch looks at the front of the queue, and further where the front suits nobody."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escalations.models import Escalation, Requirement
from routing.models import Offer
from routing.offers import dispatch, matching_input
from tests.factories import NOW, escalation, key
from tests.routing.floor.given import on_duty

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def statements(act):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        act()
    return len(seen)


def test_those_in_front_do_not_stand_in_the_way(monkeypatch):
    """Three that need more units than anybody has stand before one that kofi can take."""
    monkeypatch.setattr(matching_input, "FIRST_OF_EACH", 3)
    on_duty("kofi")
    mira = key()
    for _ in range(3):
        big = escalation(by=mira)
        Escalation.objects.filter(pk=big.pk).update(units=9)
    small = escalation(by=mira)
    assert dispatch.dispatch(NOW) == 1
    assert Offer.objects.get().escalation == small


def test_only_where_more_wait_is_looked_further(monkeypatch):
    monkeypatch.setattr(matching_input, "FIRST_OF_EACH", 3)
    on_duty("kofi", gold=1)
    mira = key()
    for _ in range(3):
        escalation(by=mira)
    rare = escalation(by=mira, requested={"skills": ["gold"]})
    seen = matching_input.taken(NOW, first=3)
    long = escalation(by=mira).requirement_id
    assert seen.full(3) == {long}
    seen = matching_input.taken(NOW, first=30, among={long})
    assert seen.looked_at == {long: 4, rare.requirement_id: 1}
    seen = matching_input.taken(NOW, first=30, among={rare.requirement_id})
    assert seen.looked_at == {long: 3, rare.requirement_id: 1}


def test_a_long_queue_costs_no_more_statements_than_a_short_one():
    on_duty("kofi")
    mira = key()
    escalation(by=mira)
    escalation(by=mira)
    matching_input.taken(NOW)
    short = statements(lambda: matching_input.taken(NOW))
    for _ in range(20):
        escalation(by=mira)
    assert statements(lambda: matching_input.taken(NOW)) == short


def test_nobody_free_means_no_look_at_the_queue():
    mira = key()
    escalation(by=mira)
    assert dispatch.dispatch(NOW) == 0
    on_duty("kofi")
    assert dispatch.dispatch(NOW) == 1
    escalation(by=mira)
    assert matching_input.taken(NOW).cases == []


def test_a_dispatcher_with_an_older_picture_asks_nobody_twice(monkeypatch):
    on_duty("kofi")
    mira = key()
    escalation(by=mira)
    escalation(by=mira)
    seen = matching_input.taken(NOW)
    assert dispatch.dispatch(NOW) == 1
    left = [case for case in seen.cases if case.id != Offer.objects.get().escalation_id]
    monkeypatch.setattr(matching_input, "taken", lambda now, **_: replace(seen, cases=left))
    assert dispatch.dispatch(NOW) == 0


def test_next_for_is_the_case_whose_waiting_costs_most():
    kofi = on_duty("kofi", team=None)
    mira = key()
    escalation(by=mira)
    urgent = escalation(by=mira, priority="urgent")
    assert dispatch.next_for(kofi, NOW) == urgent.pk


def test_any_number_of_requirements_may_wait():
    kofi = on_duty("kofi", gold=1)
    Requirement.objects.bulk_create(
        Requirement(key=f"set-{number}", skills={"gold": 1}) for number in range(1_200)
    )
    escalation(requested={"skills": ["gold"]})
    assert dispatch.dispatch(NOW) == 1
    assert Offer.objects.get().person_id == kofi.user_id
