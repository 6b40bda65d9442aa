"""Dispatch looks at the front of the queue, and further where the front suits nobody."""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalations.models import Escalation, Requirement
from escalations.policy import priority as ranks
from routing.matching import rounds
from routing.matching.choosing import cost_of_waiting
from routing.models import Offer
from routing.offers import dispatch, matching_input, pulling
from tests.factories import NOW, after, escalation, key
from tests.routing.floor.given import on_duty

pytestmark = pytest.mark.django_db


def statements(act):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        act()
    return len(seen)


def test_those_in_front_do_not_stand_in_the_way(monkeypatch):
    """Three that need more units than anybody has stand before one that kofi can take."""
    monkeypatch.setattr(rounds, "FIRST_OF_EACH", 3)
    on_duty("kofi")
    mira = key()
    for _ in range(3):
        big = escalation(by=mira)
        Escalation.objects.filter(pk=big.pk).update(units=9)
    small = escalation(by=mira)
    assert dispatch.dispatch(NOW) == 1
    assert Offer.objects.get().escalation == small


def test_only_where_more_wait_is_looked_further(monkeypatch):
    monkeypatch.setattr(rounds, "FIRST_OF_EACH", 3)
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
    # The first three by rank, which here are the dearest and the oldest as well, and no more.
    assert seen.looked_at == {long: 3, rare.requirement_id: 1}


def of(priority, due_min, level=2, **keys):
    due = after(60 * due_min)
    case = escalation(**keys)
    rank = ranks.rank(level=level, priority=priority, respond_by=due)
    Escalation.objects.filter(pk=case.pk).update(
        priority=priority, respond_by=due, rank=rank, level=level
    )
    return case.pk


@pytest.mark.parametrize("priority", ["urgent", "normal"])
@pytest.mark.parametrize("asks", ["dispatch", "take_next"])
def test_many_that_are_late_hide_none_that_is_dearer(asks, priority):
    kofi, mira = on_duty("kofi"), key()
    for _ in range(45):
        of("normal", -60, by=mira)
    urgent = of(priority, 5, by=mira)
    if asks == "dispatch":
        dispatch.dispatch(NOW)
        assert Offer.objects.get().escalation_id == urgent
    else:
        assert pulling.take_next(kofi, now=NOW).pk == urgent


@pytest.mark.parametrize("asks", ["dispatch", "take_next"])
@pytest.mark.parametrize("skills", [[], ["gas"]])
def test_level_4_is_first_whatever_else_costs_more(asks, skills):
    kofi, mira = on_duty("kofi", gas=3), key()
    for _ in range(5):
        of("urgent", -600, by=mira)
    leak = of("normal", 500, level=4, by=mira, requested={"skills": skills})
    for _ in range(5):
        of("urgent", -600, by=mira)
    if asks == "dispatch":
        dispatch.dispatch(NOW)
        made = Offer.objects.get()
        assert made.escalation_id == leak
        assert "level 4 comes before everything else" in made.why
    else:
        assert pulling.take_next(kofi, now=NOW).pk == leak


def test_the_oldest_of_each_is_seen():
    on_duty("kofi")
    mira = key()
    old = of("low", 6_000, by=mira)
    for _ in range(45):
        of("low", 30, by=mira)
    assert old in {case.id for case in matching_input.taken(NOW).cases}


@given(st.lists(st.tuples(st.sampled_from(list(ranks.HEAD_START)), st.integers(-120, 240))))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_that_is_not_looked_at_costs_more(waiting):
    """Of one requirement, however the rest lies."""
    with transaction.atomic():
        on_duty("kofi")
        mira = key()
        for _ in range(41):
            of("normal", -120, by=mira)
        every = [of(priority, due, by=mira) for priority, due in waiting]
        seen = matching_input.taken(NOW)
        whole = matching_input.only(every, NOW)
        dearest = max(
            (cost_of_waiting(one, 10, seen.now, seen.terms) for one in whole.cases), default=0
        )
        found = max(cost_of_waiting(one, 10, seen.now, seen.terms) for one in seen.cases)
        transaction.set_rollback(True)
    assert found >= dearest


def test_take_next_looks_behind_what_is_not_for_them():
    kofi, mira = on_duty("kofi"), key()
    for _ in range(45):
        of("normal", -60, by=mira, requested={"excluded_reviewers": ["kofi"]})
    behind = of("normal", 60, by=mira)
    assert pulling.take_next(kofi, now=NOW).pk == behind


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
    assert next(dispatch.in_turn(kofi, NOW)) == urgent.pk


def test_any_number_of_requirements_may_wait():
    kofi = on_duty("kofi", gold=1)
    Requirement.objects.bulk_create(
        Requirement(key=f"set-{number}", skills={"gold": 1}) for number in range(1_200)
    )
    escalation(requested={"skills": ["gold"]})
    assert dispatch.dispatch(NOW) == 1
    assert Offer.objects.get().person_id == kofi.user_id
