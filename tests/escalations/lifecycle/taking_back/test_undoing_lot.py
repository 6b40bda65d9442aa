"""A lot is taken back by one press at one moment: nothing of it leaves while the press is done."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from console import clock
from escalations.batch import answering
from escalations.deliveries.outbox import Outcome
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.lifecycle import effect
from escalations.lifecycle.moves import moved
from escalations.models import CommandAnswer, Decision, Delivery, Escalation
from escalations.record import audit
from routing.people import units
from tests.at_once import at_once
from tests.escalations.lifecycle.test_effect import decided
from tests.factories import key, person, viewer, viewer_of

pytestmark = pytest.mark.django_db(transaction=True)
LEFT = "The agent already has this answer."
UNDONE = "Undone. Nothing was sent."


@pytest.fixture
def dana():
    return viewer_of(person("dana"))


@pytest.fixture
def mira():
    return key()


def lot(dana, mira, count, *, in_s=60.0):
    return [decided(dana, agent=mira, in_s=in_s) for _ in range(count)]


def undo(dana, cases, *, batch="one-press"):
    results = answering.undo(dana, {case.id: 2 for case in cases}, batch=batch)
    return [one.said for one in results]


def in_hand(cases):
    found = Escalation.objects.filter(pk__in=[one.pk for one in cases]).order_by("number")
    return effect.in_effect_for(found)


def test_what_can_be_taken_back_at_the_press_is_though_it_takes_long(dana, mira):
    cases = lot(dana, mira, 4, in_s=1.0)

    def lingers(kind, **_):
        if kind == "undone":
            time.sleep(0.4)

    moved.connect(lingers)
    try:
        said = undo(dana, cases)
    finally:
        moved.disconnect(lingers)
    assert max(one.effective_at for one in cases) < clock.exact()
    assert said == [UNDONE] * 4
    assert in_hand(cases) == {}


def test_each_that_has_left_is_named_and_all_others_are_taken_back(dana, mira):
    over, (given, *free) = decided(dana, agent=mira, in_s=0.01), lot(dana, mira, 5)
    Decision.objects.filter(escalation=given).update(handed_out_at=clock.exact())
    mira.agent.endpoints.create(
        name="main", url="https://agent.example/hook", secret="s" * 32, created_at=clock.now()
    )
    *more, courier = lot(dana, mira, 2)
    Delivery.objects.filter(escalation=courier).update(lease_until=clock.now())
    chosen = [over, given, *free, *more, courier]
    said = dict(zip([one.pk for one in chosen], undo(dana, chosen), strict=True))
    gone = {over.pk, given.pk, courier.pk}
    assert {number for number, why in said.items() if why == LEFT} == gone
    assert {number for number, why in said.items() if why == UNDONE} == set(said) - gone
    states = dict(Delivery.objects.values_list("escalation", "state"))
    assert states == {more[0].pk: "dropped", courier.pk: "due"}
    assert audit.verify().findings == []


def test_of_an_agent_that_asks_and_the_press_each_case_heeds_one(dana, mira):
    for late_s in (0, 0.05, 0.1, 0.15, 0.2):
        cases = lot(dana, mira, 8, in_s=0.25)

        def asks(cases=cases):
            last = max(one.effective_at for one in cases)
            while clock.now() < last + timedelta(milliseconds=50):
                in_hand(cases)
            return set(in_hand(cases))

        def takes_back(cases=cases, late_s=late_s):
            time.sleep(late_s)
            return undo(dana, cases, batch=f"late-{late_s}")

        given, said = at_once(asks, takes_back)
        back = {one.pk for one, why in zip(cases, said, strict=True) if why == UNDONE}
        assert given | back == {one.pk for one in cases}
        assert given & back == set()


def test_two_presses_at_once_get_the_same_answer(dana, mira):
    for attempt in range(5):
        cases = lot(dana, mira, 6)
        batch = f"twice-{attempt}"
        forth, back = at_once(
            lambda cases=cases, batch=batch: undo(dana, cases, batch=batch),
            lambda cases=cases, batch=batch: undo(dana, cases[::-1], batch=batch),
        )
        assert forth == back == [UNDONE] * 6
    assert CommandAnswer.objects.count() == 30


def test_they_hold_as_many_as_they_can_and_the_others_wait(dana, mira):
    cases = lot(dana, mira, 8)
    undo(dana, cases)
    found = Escalation.objects.order_by("number")
    assert [one.state for one in found] == ["held"] * 5 + ["waiting"] * 3
    assert {one.held_by_id for one in found} == {dana.user_id, None}
    assert units.load(dana.user_id) == (5, 5)
    assert audit.verify().findings == []


@pytest.mark.each_database
def test_a_courier_that_marks_a_message_and_the_press_do_not_wait_for_each_other(dana, mira):
    if connection.vendor == "sqlite":
        pytest.skip("There only one writes.")
    mira.agent.endpoints.create(
        name="main", url="https://agent.example/hook", secret="s" * 32, created_at=clock.now()
    )
    sent, waits = decided(dana, agent=mira, in_s=0.01), decided(dana, agent=mira, in_s=60)
    time.sleep(0.02)
    (leased,) = WEBHOOKS.lease_due(1, now=clock.exact())
    assert leased.escalation_id == sent.pk
    held = threading.Event()

    def holds():
        with transaction.atomic():
            Escalation.objects.select_for_update().get(pk=waits.pk)
            held.set()
            time.sleep(0.6)

    def presses():
        # It has the first case by then, and waits for the second.
        assert held.wait(5)
        return undo(dana, [sent, waits])

    def marks():
        assert held.wait(5)
        time.sleep(0.3)
        return WEBHOOKS.settle(leased, Outcome(status=200), now=clock.exact())

    assert at_once(holds, presses, marks)[1:] == [[LEFT, UNDONE], True]
    assert set(Delivery.objects.values_list("escalation", "state")) == {
        (sent.pk, "delivered"),
        (waits.pk, "dropped"),
    }
    assert audit.verify().findings == []


def test_nobody_takes_back_what_another_decided(dana, mira):
    cases, sam = lot(dana, mira, 2), viewer("sam")
    theirs = decided(sam, agent=mira, in_s=60)
    assert undo(dana, [*cases, theirs])[2] == "There is nothing of yours to undo any more."
    assert Decision.objects.get(undone_at=None).escalation_id == theirs.pk


def test_a_large_lot_takes_no_more_statements_than_a_small_one(dana, mira):
    counts = []
    # After the first their hands are full.
    for count in (6, 10, 40):
        cases = lot(dana, mira, count)
        with CaptureQueriesContext(connection) as asked:
            undo(dana, cases, batch=f"of-{count}")
        counts.append(len(asked))
    assert counts[1] == counts[2] <= 24
