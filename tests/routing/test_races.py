"""Presence found and set by several at the same moment: one change, one line, no deadlock."""

from functools import partial

import pytest

from console.people import managing
from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Escalation, Event, State
from escalations.record import audit
from escalations.record.lines import Actor
from routing.attendance import presence
from routing.models import Presence
from routing.offers import pulling
from tests.escalations.lifecycle.test_races import at_once
from tests.factories import NOW, after, escalation, key, person, viewer
from tests.routing.attendance.test_presence import accepted, offered, state_of

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10


def lines(user):
    return Event.objects.filter(chain=f"presence/{user.username}").count()


def test_two_first_beats_are_one_arrival():
    for number in range(ROUNDS):
        user = person(f"p{number}")
        at_once(*[lambda user=user: presence.beat({user.pk: True}, NOW)] * 3)
        assert (Presence.objects.get(person=user).state, lines(user)) == ("present", 1)


def test_two_sweeps_find_somebody_lost_once():
    for number in range(ROUNDS):
        user = person(f"p{number}")
        presence.beat({user.pk: True}, NOW)
        case = offered(user)
        done = at_once(*[lambda: presence.sweep(after(61))] * 2)
        assert (sum(done), lines(user)) == (1, 2)
        assert state_of(case) == State.WAITING


def test_setting_and_sweeping_and_beating_at_once_leave_a_whole_chain():
    user = person("dana")
    by = viewer_of(user)
    presence.beat({user.pk: True}, NOW)
    for number in range(ROUNDS):
        at = after(100 * number)
        at_once(
            lambda at=at: presence.set_state(user, "away", by=by, now=at),
            lambda at=at: presence.sweep(at),
            lambda at=at: presence.beat({user.pk: True}, at),
            lambda at=at: presence.missed(user.pk, since=after(1_000), now=at),
        )
        assert Presence.objects.get(person=user).state == "away"
        presence.set_state(user, "present", by=by, now=at)
    assert audit.verify("presence/dana").whole


def test_beats_of_the_same_people_in_two_processes_keep_what_they_hold():
    people = [person(f"p{number}") for number in range(5)]
    for user in people:
        presence.beat({user.pk: True}, NOW)
    cases = [accepted(user) for user in people]
    ahead = {user.pk: True for user in people}
    back = dict(reversed(ahead.items()))
    for number in range(1, ROUNDS):
        at = after(number)
        at_once(
            lambda at=at: presence.beat(ahead, at),
            lambda at=at: presence.beat(back, at),
        )
    seen = set(Presence.objects.values_list("seen_at", flat=True))
    assert seen == {after(ROUNDS - 1)}
    for case in cases:
        case.refresh_from_db()
        assert case.lease_until == after(ROUNDS - 1) + lifecycle.LEASE


def test_a_case_is_taken_up_while_the_capacity_changes():
    """Neither waits for what the other has locked."""
    user, mira = person("dana"), key()
    by, lead = viewer_of(user), Actor("person", "ada")
    for number in range(ROUNDS):
        case = escalation(by=mira)
        _, held = at_once(
            lambda number=number: managing.set_capacity(user, 6 + number % 2, by=lead, now=NOW),
            lambda case=case: lifecycle.claim(case, by=by, now=NOW),
        )
        lifecycle.release(held, by=by, version=held.version, now=NOW)


def test_nobody_who_takes_next_at_once_is_told_that_nothing_waits():
    mira = key()
    for _ in range(60):
        escalation(by=mira)
    people = [viewer(f"p{number}") for number in range(16)]
    taken = []
    for _ in range(3):
        taken += at_once(*(partial(pulling.take_next, one, now=after(1)) for one in people))
    assert [one for one in taken if not isinstance(one, Escalation)] == []
    assert len({one.pk for one in taken}) == 48
