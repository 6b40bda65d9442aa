"""Following a case: told once of what others do, until it is over or not theirs to see."""

import pytest

from escalations import lifecycle
from escalations.models import Escalation
from routing import sweeps
from routing.alerts import following
from routing.models import Notice, Watching
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return viewer("dana")


@pytest.fixture
def kofi():
    return viewer("kofi")


@pytest.fixture
def case(dana):
    case = escalation()
    following.follow(case, dana, on=True, now=NOW)
    return case


def told(someone):
    found = Notice.objects.filter(person=someone.user_id).order_by("pk")
    assert set(found.values_list("kind", flat=True)) <= {"moved", "passed"}
    return list(found.values_list("text", flat=True))


def fresh(case):
    return Escalation.objects.get(pk=case.pk)


def passed_on(case, kofi, ruth):
    lifecycle.pass_on(case, by=kofi, version=1, person=ruth, now=NOW)


def raised_to_a_supervisor(case, kofi, ruth):
    lifecycle.pass_on(case, by=ruth, version=1, skills={}, now=NOW)


def given(case, kofi, ruth):
    lifecycle.reassign(case, by=ruth, version=1, to=kofi, until=after(60), now=NOW)


def given_back(case, kofi, ruth):
    lifecycle.reassign(case, by=ruth, version=1, to=None, until=after(60), now=NOW)


def snoozed(case, kofi, ruth):
    lifecycle.snooze(case, by=kofi, version=1, until=after(600), now=NOW)


def handed_over(case, kofi, ruth):
    lifecycle.claim(case, by=kofi, now=NOW)
    lifecycle.hand_over(case, holder=kofi.user_id, to=ruth, now=NOW)


def cancelled(case, kofi, ruth):
    lifecycle.cancel(case, agent="mira", now=NOW)


def approved(case, kofi, ruth):
    decide(case, kofi)


def taken_back(case, kofi, ruth):
    lifecycle.undo(decide(case, kofi), by=kofi, version=2, now=after(3))


def taken_back_by_its_agent(case, kofi, ruth):
    lifecycle.cancel(decide(case, kofi), agent="mira", now=after(3))


MOVES = {
    passed_on: ["{} was passed on to Ruth Whitlock by Kofi Whitlock."],
    raised_to_a_supervisor: ["{} was passed on to a supervisor by Ruth Whitlock."],
    given: ["{} was given to Kofi Whitlock by Ruth Whitlock."],
    given_back: ["{} was given back to the queue by Ruth Whitlock."],
    snoozed: ["{} was put off by Kofi Whitlock."],
    handed_over: ["{} was taken over by Ruth Whitlock."],
    cancelled: ["{} was withdrawn by the agent mira."],
    approved: ["{} was approved by Kofi Whitlock."],
    taken_back: [],
    taken_back_by_its_agent: ["{} was withdrawn by the agent mira."],
}
# An answer is told once it is in effect.
SOON = {approved: 0}


@pytest.mark.parametrize("move", MOVES)
def test_each_move_of_others_is_told_once(move, case, dana, kofi):
    move(case, kofi, viewer("ruth", "supervisor"))
    texts = [text.format(case.case_number) for text in MOVES[move]]
    assert following.sweep(after(4)) == SOON.get(move, len(texts))
    assert following.sweep(after(61)) == len(texts) - SOON.get(move, len(texts))
    assert following.sweep(after(62)) == 0
    assert told(dana) == texts
    assert told(kofi) == []


def test_nothing_is_told_of_own_moves_and_of_what_is_no_news(case, dana, kofi):
    lifecycle.claim(case, by=kofi, now=NOW)
    lifecycle.release(fresh(case), by=kofi, version=2, now=NOW)
    assert following.sweep(after(1)) == 0
    assert Watching.objects.get().seen_position == fresh(case).chain_length
    decide(fresh(case), dana)
    assert following.sweep(after(61)) == 0
    assert told(dana) == []


def test_who_is_given_the_case_is_called_you_and_told_once(case, dana, kofi):
    lifecycle.pass_on(case, by=kofi, version=1, person=dana, now=NOW)
    following.sweep(after(1))
    assert told(dana) == [f"{case.case_number} was passed on to you by Kofi Whitlock."]


def test_following_ends_when_the_case_is_over_for_good(case, dana, kofi):
    decide(case, kofi)
    following.sweep(after(1))
    assert Watching.objects.count() == 1
    following.sweep(after(3600))
    assert Watching.objects.count() == 0
    assert following.follow(fresh(case), dana, on=True, now=after(3600)) is False
    assert Watching.objects.count() == 0


def test_asked_twice_it_is_followed_once_and_what_was_before_is_not_told(dana, kofi):
    case = escalation()
    lifecycle.snooze(case, by=kofi, version=1, until=after(600), now=NOW)
    for _ in range(2):
        assert following.follow(fresh(case), dana, on=True, now=after(1)) is True
    assert following.is_followed(case, dana)
    assert following.sweep(after(2)) == 0
    assert following.follow(case, dana, on=False, now=after(3)) is False
    assert not following.is_followed(case, dana)
    lifecycle.wake(fresh(case), now=after(600))
    decide(fresh(case), kofi, now=after(601))
    assert following.sweep(after(602)) == 0
    assert told(dana) == []


def test_who_may_not_see_it_any_more_is_told_no_more_than_that(case, dana):
    gil, ida = viewer("gil", gold=5), viewer("ida", gold=5)
    following.follow(case, ida, on=True, now=NOW)
    lifecycle.pass_on(case, by=gil, version=1, skills={"gold": 5}, now=NOW)
    assert following.sweep(after(1)) == 2
    number = case.case_number
    assert told(dana) == [f"{number} moved on and is not among your cases any more."]
    assert told(ida) == [
        f"{number} was passed on to whoever has gold at 5 or better by Gil Whitlock."
    ]
    assert [one.person_id for one in Watching.objects.all()] == [ida.user_id]


def test_the_sweep_of_routing_tells(case, dana, kofi):
    decide(case, kofi)
    assert sweeps.sweep(after(61))["followed"] == 1
    assert told(dana) == [f"{case.case_number} was approved by Kofi Whitlock."]


def test_a_sweep_without_news_is_one_statement(case, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert following.sweep(after(1)) == 0
