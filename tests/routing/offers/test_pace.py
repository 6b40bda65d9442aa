"""How long people take, learnt from what they decided."""

from datetime import timedelta

import pytest

from escalations import lifecycle
from escalations.policy import check, versions
from escalations.proposal.choices import Choice
from escalations.record.lines import BATON
from routing.models import Pace
from routing.offers import crew, pace
from tests.factories import NOW, after, escalation, key, viewer
from tests.routing.floor.given import on_duty

pytestmark = pytest.mark.django_db


def decided_within(seconds, by, mira):
    """With heartbeats, as a screen sends them."""
    case = lifecycle.claim(escalation(by=mira), by=by, now=NOW)
    for second in range(30, seconds, 30):
        lifecycle.beat(case, by=by, active=True, now=after(second))
    lifecycle.decide(
        case, Choice("approve"), by=by, version=case.version, reject_reasons=[], now=after(seconds)
    )


def test_pace_is_the_middle_of_what_was_decided():
    dana, mira = viewer(), key()
    for seconds in (30, 60, 60, 480):
        decided_within(seconds, dana, mira)
    assert pace.learn(after(500)) == 1
    learnt = Pace.objects.get()
    assert (learnt.person_id, learnt.task_type, learnt.minutes, learnt.count) == (
        dana.user_id,
        "refund",
        pytest.approx(1.0),
        4,
    )


def test_learning_twice_gives_the_same():
    dana, mira = viewer(), key()
    decided_within(30, dana, mira)
    assert (pace.learn(after(60)), pace.learn(after(61))) == (1, 1)
    assert (Pace.objects.count(), Pace.objects.get().minutes) == (1, pytest.approx(0.5))


def test_what_is_known_is_read_once_and_after_learning():
    dana, mira = viewer(), key()
    assert pace.expected().usual == {}
    decided_within(30, dana, mira)
    assert pace.expected().usual == {}
    pace.learn(after(60))
    found = pace.expected()
    assert found.usual == {"refund": pytest.approx(0.5)}
    assert found.own == {dana.user_id: {"refund": pytest.approx(0.5)}}


def test_a_newcomer_is_expected_to_need_what_others_of_their_grade_do():
    """The policy says which skill the work asks for."""
    now = versions.current()
    asks = {**now.document.dump(), "task_types": {"refund": {"skills": {"refunds": 1}}}}
    versions.publish(check.check(asks), by=BATON, now=NOW, expected=now.number)
    for name, grade, minutes in (("dana", 2, 8.0), ("amara", 5, 2.0)):
        one = on_duty(name, refunds=grade)
        Pace.objects.create(person_id=one.user_id, task_type="refund", minutes=minutes, count=40)
    on_duty("kofi", refunds=2)
    on_duty("lena", refunds=5)
    pace.forget()
    found = {one.username: one.minutes["refund"] for one in crew.offered_work(NOW)}
    assert found["amara"] < found["lena"] < found["kofi"] < found["dana"]


def test_one_slow_case_on_a_first_day_makes_nobody_slow_for_dispatch():
    """Kofi's only case took sixteen times as long as dana's usual; they are told apart a little."""
    dana, kofi, mira = on_duty("dana"), on_duty("kofi"), key()
    for _ in range(9):
        decided_within(30, dana, mira)
    decided_within(480, kofi, mira)
    pace.learn(after(500))
    learnt = {one.username: one.minutes["refund"] for one in crew.offered_work(after(500))}
    assert 0.5 < learnt["dana"] < 0.6 < learnt["kofi"] < 1


@pytest.mark.parametrize("onward", ["snoozed", "handed_over", "released"])
def test_pace_counts_from_the_last_time_that_a_case_was_taken_up(onward):
    dana, kofi, mira = viewer(), viewer("kofi"), key()
    case, back = lifecycle.claim(escalation(by=mira), by=kofi, now=NOW), after(50)
    if onward == "snoozed":
        back = after(3600)
        lifecycle.snooze(case, by=kofi, version=2, until=back, now=after(10))
    elif onward == "released":
        lifecycle.release(case, by=kofi, version=2, now=after(10))
    if onward == "handed_over":
        case = lifecycle.hand_over(case, holder=kofi.user_id, to=dana, now=back)
    else:
        case = lifecycle.claim(case, by=dana, now=back)
    decided_at = back + timedelta(seconds=30)
    lifecycle.decide(
        case, Choice("approve"), by=dana, version=case.version, reject_reasons=[], now=decided_at
    )
    pace.learn(decided_at)
    learnt = Pace.objects.get()
    assert (learnt.person_id, learnt.minutes, learnt.count) == (dana.user_id, pytest.approx(0.5), 1)


def test_a_case_that_was_decided_without_being_held_says_nothing_of_pace():
    dana, case = viewer(), escalation()
    lifecycle.decide(case, Choice("approve"), by=dana, version=1, reject_reasons=[], now=after(60))
    assert pace.learn(after(60)) == 0
