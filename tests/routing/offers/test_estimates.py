"""The honest wait, and what an agent is told with it."""

from datetime import timedelta

import pytest

from escalations import lifecycle
from escalations.models import Escalation, State
from escalations.policy.methods import Outlook
from routing.models import Pace, Team, TimeOff, Unit, WorkLimit
from routing.offers import dispatch, estimates
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, REFUND, after, escalation, key
from tests.routing.floor.given import on_duty
from tests.routing.offers.test_offers import of_level

pytestmark = pytest.mark.django_db

ONE = 602  # Ten minutes of work, and the two seconds of a hand that goes on.


def asked(ahead=0, skills=None, units=1, level=2, now=NOW):
    estimates.forget()
    return estimates.outlook(
        task_type="refund", skills=skills or {}, units=units, level=level, ahead=ahead, now=now
    )


def test_nobody_there_is_not_known():
    assert asked() == Outlook(on_shift=0, free=0, wait_s=None, back_at=None)


def test_free_person_means_no_wait():
    on_duty("kofi", refunds=3)
    assert asked(skills={"refunds": 3}) == Outlook(on_shift=1, free=1, wait_s=0)
    assert asked(skills={"refunds": 4}).wait_s is None


def test_wait_is_the_work_before_it_shared_out():
    """Two people take two at once, however many they can hold; the others when those are done."""
    for name in ("kofi", "amara"):
        Pace.objects.create(person_id=on_duty(name).user_id, task_type="refund", minutes=8)
    assert asked(ahead=1).wait_s == 0
    assert asked(ahead=4).wait_s == 3 * (8 * 60 + 2) / 2


def test_who_works_on_something_is_waited_for_unless_it_is_more_urgent():
    """Nothing comes within a minute of a touch, whatever room they have."""
    kofi = on_duty("kofi")
    Pace.objects.create(person_id=kofi.user_id, task_type="refund", minutes=10)
    lifecycle.claim(of_level(2), by=kofi, now=NOW)
    assert asked() == Outlook(on_shift=1, free=1, wait_s=ONE)
    assert asked(level=3).wait_s == 0
    assert asked(now=after(61)).wait_s == 0


def test_who_has_an_offer_to_answer_is_waited_for():
    kofi = on_duty("kofi")
    Pace.objects.create(person_id=kofi.user_id, task_type="refund", minutes=10)
    escalation()
    assert dispatch.dispatch(NOW) == 1
    assert asked().wait_s == ONE


def test_the_time_until_an_offer_is_accepted_is_a_part_of_the_wait():
    kofi = on_duty("kofi")
    Pace.objects.create(person_id=kofi.user_id, task_type="refund", minutes=10)
    case = escalation()
    dispatch.dispatch(NOW)
    case.refresh_from_db()
    lifecycle.accept(case, by=kofi, now=after(14))
    assert asked(now=after(15)).wait_s == ONE + 14


def test_who_wraps_up_is_waited_for_and_there():
    kofi = on_duty("kofi")
    Pace.objects.create(person_id=kofi.user_id, task_type="refund", minutes=10)
    Team.objects.update(wrap_up_s=120)
    assert asked() == Outlook(on_shift=1, free=1, wait_s=0)
    case = lifecycle.claim(escalation(), by=kofi, now=NOW)
    decide(case, kofi, now=after(60))
    assert asked(now=after(61)) == Outlook(on_shift=1, free=0, wait_s=720)
    assert asked(now=after(181)).wait_s == 0


def test_who_is_quicker_takes_more_of_what_waits():
    for name, minutes in (("kofi", 4), ("amara", 12)):
        person = on_duty(name)
        Pace.objects.create(
            person_id=person.user_id, task_type="refund", minutes=minutes, count=9999
        )
    wait_s = asked(ahead=5).wait_s
    assert 4 * 60 * 3 < wait_s < 4 * 60 * 4


def test_nobody_waits_for_a_supervisor_whom_no_team_offers_work():
    on_duty("dana", role="supervisor")
    assert asked() == Outlook(on_shift=0, free=0, wait_s=None)
    Team.objects.update(offers_leads=True)
    assert asked().wait_s == 0


def test_full_people_are_waited_for():
    kofi, mira = on_duty("kofi"), key()
    Pace.objects.create(person_id=kofi.user_id, task_type="refund", minutes=10)
    for _ in range(5):
        lifecycle.claim(escalation(by=mira), by=kofi, now=NOW)
    assert asked(ahead=0) == Outlook(on_shift=1, free=0, wait_s=ONE)


def test_who_has_reached_the_limit_of_such_work_is_waited_for():
    kofi, mira = on_duty("kofi"), key()
    Pace.objects.create(person_id=kofi.user_id, task_type="refund", minutes=10)
    WorkLimit.objects.create(person_id=kofi.user_id, task_type="refund", units=1)
    assert asked() == Outlook(on_shift=1, free=1, wait_s=0)
    lifecycle.claim(escalation(by=mira), by=kofi, now=NOW)
    assert asked() == Outlook(on_shift=1, free=0, wait_s=ONE)


def test_whatever_waits_for_the_same_people_comes_first_unless_said_otherwise(monkeypatch):
    kofi, mira = on_duty("kofi", refunds=3), key()
    Pace.objects.create(person_id=kofi.user_id, task_type="refund", minutes=10)
    for _ in range(7):
        escalation(by=mira, requested={"skills": ["refunds"]})
    escalation(by=mira, requested={"skills": ["gold"]})
    assert asked(ahead=None, skills={"refunds": 1}).wait_s == 7 * ONE
    assert asked(ahead=None).wait_s == 7 * ONE
    monkeypatch.setattr(estimates, "AHEAD_MAX", 7)
    assert asked(ahead=None, skills={"refunds": 1}).wait_s is None
    assert asked(ahead=3, skills={"refunds": 1}).wait_s == 3 * ONE
    assert asked(ahead=9, skills={"refunds": 1}).wait_s is None


def test_other_queues_of_the_same_people_stand_before_it_by_their_rank():
    """Kofi holds all he can; amara shares the French cases with him."""
    kofi, mira = on_duty("kofi", French=3, German=3), key()
    Pace.objects.create(person_id=kofi.user_id, task_type="refund", minutes=10)
    Unit.objects.filter(person=kofi.user_id, number__gt=1).delete()
    lifecycle.claim(escalation(by=mira), by=kofi, now=NOW)
    french, german = ({"skills": [name]} for name in ("French", "German"))
    for _ in range(20):
        escalation(by=mira, requested=french)
    case = escalation(by=mira, requested=german)
    last = escalation(by=mira, requested=german, now=NOW + timedelta(minutes=1))
    needs = {"German": 1}
    assert asked(ahead=0, skills=needs).wait_s == 21 * ONE
    assert asked(ahead=1, skills=needs).wait_s == 22 * ONE
    on_duty("amara", French=3)
    assert asked(ahead=0, skills=needs).wait_s == 11 * ONE
    Escalation.objects.filter(pk=last.pk).update(rank=case.rank - 1)
    Escalation.objects.filter(requirement=case.requirement_id).update(rank=case.rank - 1)
    assert asked(ahead=0, skills=needs).wait_s == ONE


def test_what_waits_is_counted_once_for_each_kind(django_assert_num_queries):
    on_duty("kofi")
    asked(ahead=None)
    with django_assert_num_queries(0):
        estimates.outlook(task_type="refund", skills={}, units=1, level=2, ahead=None, now=NOW)


def test_a_long_queue_keeps_no_customer_in_the_conversation():
    kofi, mira = on_duty("kofi"), key()
    Pace.objects.create(person_id=kofi.user_id, task_type="refund", minutes=2)
    for _ in range(5):
        lifecycle.claim(escalation(by=mira), by=kofi, now=NOW)
    for _ in range(5):
        escalation(by=mira)
    estimates.forget()
    live = {"channel": "chat", "messages": [{"role": "customer", "text": "Hello?"}]}
    person = {"name": "Inès Carvalho", "contact": {"phone": "+33 1 23"}}
    asks = {"requested": {"method": "take_over"}, "context": {"conversation": live}}
    asks["context"]["customer"] = person
    assert escalation(REFUND | asks, by=mira).method == "callback"


def test_says_when_somebody_is_back():
    kofi, back = on_duty("kofi"), NOW + timedelta(hours=3)
    TimeOff.objects.create(person_id=kofi.user_id, starts_at=NOW - timedelta(hours=1), ends_at=back)
    assert asked() == Outlook(on_shift=0, free=0, wait_s=None, back_at=back)


def test_callback_is_put_off_to_the_customers_minute():
    at = NOW + timedelta(hours=2)
    case = escalation(requested={"method": "callback", "callback_at": at.isoformat()})
    case.refresh_from_db()
    assert (case.method, case.state, case.snoozed_until) == ("callback", State.SNOOZED, at)


def test_conversation_with_nobody_there_becomes_a_message():
    live = {"channel": "chat", "messages": [{"role": "customer", "text": "Hello?"}]}
    person = {"name": "Inès Carvalho", "contact": {"phone": "+33 1 23"}}
    asks = {"requested": {"method": "take_over"}}
    alone = REFUND | asks | {"context": {"conversation": live}}
    assert escalation(alone).method == "message"
    reachable = REFUND | asks | {"context": {"conversation": live, "customer": person}}
    assert escalation(reachable).method == "callback"
    Escalation.objects.update(state="cancelled", closed_at=NOW)
    estimates.forget()
    on_duty("kofi")
    assert escalation(reachable).method == "warm"
