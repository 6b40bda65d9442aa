"""Handed out or taken back, never both (promise 3), at the very end of the undo window."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from console import clock
from escalations import lifecycle
from escalations.deliveries.outbox import Outcome
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.lifecycle import effect
from escalations.lifecycle.moves import moved
from escalations.models import Decision, Delivery, Escalation, State
from escalations.proposal.choices import Choice
from escalations.refusals import Conflict, Refused
from tests.at_once import at_once
from tests.factories import escalation, key, viewer
from tests.running.kept import lifted

pytestmark = pytest.mark.django_db(transaction=True)

TRIES = 20
WINDOW_S = 0.3


def decided(by, *, agent=None, in_s: float = WINDOW_S):
    """A decision that takes effect in so many seconds."""
    case = escalation(by=agent, now=clock.now())
    at = clock.exact() + timedelta(seconds=in_s - case.undo_s)
    return lifecycle.decide(case, Choice("approve"), by=by, version=1, reject_reasons=[], now=at)


def undo(case, by):
    return lambda: lifecycle.undo(case, by=by, version=2)


def asked(case):
    return effect.in_effect(Escalation.objects.get(pk=case.pk))


def test_an_agent_that_asks_waits_for_an_undo_under_way():
    dana, under_way = viewer(), threading.Event()
    case = decided(dana)

    def lingers(kind, **_):
        if kind == "undone":
            under_way.set()
            time.sleep(WINDOW_S * 2)

    moved.connect(lingers)
    try:
        undoing = threading.Thread(target=at_once, args=[undo(case, dana)])
        undoing.start()
        assert under_way.wait(5)
        time.sleep(WINDOW_S)
        assert case.effective_at < clock.exact()
        assert asked(case) is None
        undoing.join()
    finally:
        moved.disconnect(lingers)
    assert asked(case) is None
    assert Escalation.objects.get(pk=case.pk).state == State.HELD


def test_what_was_handed_out_is_not_taken_back_by_a_command_that_came_before():
    dana = viewer()
    case = decided(dana, in_s=0.05)
    time.sleep(0.06)
    handed_out = asked(case)
    with pytest.raises(Conflict, match="already has this answer"):
        undo(case, dana)()
    assert handed_out is not None
    assert Decision.objects.get().undone_at is None


def test_in_the_last_moments_the_agent_and_the_person_never_both_have_their_way():
    dana, mira = viewer(), key()
    both, each = 0, set()
    for attempt in range(TRIES):
        # Now and then in good time, so that both ends are seen on a slow machine too.
        case = decided(dana, agent=mira, in_s=0.06 if attempt % 5 else 2)
        late_s = 0.005 * (attempt % 12)

        def asks(case=case):
            while clock.now() < case.effective_at + timedelta(milliseconds=20):
                if asked(case) is not None:
                    return "handed out"
            return "nothing"

        def takes_back(case=case, late_s=late_s):
            time.sleep(late_s)
            return undo(case, dana)()

        given, back = at_once(asks, takes_back)
        each |= {given, "refused" if isinstance(back, Refused) else "taken back"}
        both += given == "handed out" and not isinstance(back, Refused)
    assert both == 0
    assert "taken back" in each


def test_what_a_courier_has_is_not_taken_back():
    dana, mira = viewer(), key()
    mira.agent.endpoints.create(
        name="main", url="https://agent.example/hook", secret="s" * 32, created_at=clock.now()
    )
    case = decided(dana, agent=mira, in_s=60)
    # By a clock of its own, which runs a little ahead.
    Delivery.objects.update(lease_token="theirs", lease_until=clock.now() + timedelta(seconds=20))
    with pytest.raises(Conflict, match="already has this answer"):
        undo(case, dana)()
    Delivery.objects.update(lease_token="", lease_until=None)
    assert undo(case, dana)().state == State.HELD
    assert Delivery.objects.get().state == Delivery.State.DROPPED


WAYS = {"undo": "undone", "cancel": "cancelled", "recall": "recalled"}


def taken_back(way, case, by, now):
    """Whatever takes a decision back, at this time of the clock."""
    if way == "undo":
        return lifecycle.undo(case, by=by, version=2, now=now)
    elif way == "cancel":
        return lifecycle.cancel(case, agent="mira", now=now)
    else:
        threat = {"role": "customer", "text": "I am going to kill myself."}
        return lifecycle.add_context(case, {"messages": [threat]}, agent="mira", now=now)


def handed_out(how, case, agent):
    """Every way in which the agent gets the answer."""
    if how == "asked":
        assert asked(case).final
    elif how == "listed":
        assert effect.in_effect_for(Escalation.objects.all())[case.pk].final
    else:
        (row,) = WEBHOOKS.lease_due(1, now=clock.now())
        # It did not arrive as far as we know, and is tried again later.
        WEBHOOKS.settle(row, Outcome("No answer.", failing=True), now=clock.now())


@pytest.mark.parametrize("way", [*WAYS])
@pytest.mark.parametrize("how", ["asked", "listed", "sent"])
def test_what_was_handed_out_stays_so_though_the_clock_is_set_back(how, way):
    dana, mira = viewer(), key()
    mira.agent.endpoints.create(
        name="main", url="https://agent.example/hook", secret="s" * 32, created_at=clock.now()
    )
    case = decided(dana, agent=mira, in_s=0.02)
    time.sleep(0.03)
    handed_out(how, case, mira)
    with pytest.raises(Conflict):
        taken_back(way, case, dana, now=case.decided_at)
    assert Escalation.objects.get(pk=case.pk).state == State.DECIDED
    (row,) = Decision.objects.all()
    assert row.undone_at is None
    assert row.handed_out_at is not None


@pytest.mark.parametrize("way", [*WAYS])
def test_what_was_not_handed_out_is_taken_back_though_the_clock_ran_ahead(way):
    dana = viewer()
    case = decided(dana, in_s=60)
    taken_back(way, case, dana, now=clock.now())
    assert Decision.objects.order_by("sequence").first().undone_at is not None


@pytest.mark.parametrize("way", ["cancel", "recall"])
def test_what_never_could_be_undone_is_not_taken_back_by_a_clock_set_back(way):
    case = decided(viewer(), in_s=0.02)
    Escalation.objects.update(effective_at=case.decided_at)
    with lifted(connection):
        Decision.objects.update(effective_at=case.decided_at)
    with pytest.raises(Conflict):
        taken_back(way, case, None, now=case.decided_at - timedelta(seconds=5))
    assert Decision.objects.get().undone_at is None


def test_handing_out_writes_once_however_often_it_is_asked_for(django_assert_num_queries):
    case = decided(viewer(), in_s=0.01)
    time.sleep(0.02)
    first = asked(case)
    case = Escalation.objects.get(pk=case.pk)
    with django_assert_num_queries(1):
        again = effect.in_effect(case)
    assert (again.body, again.handed_out_at) == (first.body, Decision.objects.get().handed_out_at)
