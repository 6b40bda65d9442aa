"""What somebody gave up they take up again for a few seconds, unless somebody else has it."""

import pytest

from escalations import lifecycle
from escalations.briefing import working_draft
from escalations.models import Escalation
from escalations.record import audit
from escalations.refusals import Conflict
from routing.offers import dispatch
from routing.people import units
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation
from tests.routing.floor.given import on_duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(db):
    return on_duty("dana")


def released(case, dana):
    lifecycle.claim(case, by=dana, now=NOW)
    return lifecycle.release(now_of(case), by=dana, version=2, now=after(10))


def declined(case, dana):
    lifecycle.offer(case, to=dana, until=after(45), now=NOW)
    return lifecycle.decline(now_of(case), by=dana, reason="busy", now=after(10))


def snoozed(case, dana):
    return lifecycle.snooze(case, by=dana, version=1, until=after(3600), now=after(10))


def passed_on(case, dana):
    on_duty("noor", finance=4)
    return lifecycle.pass_on(case, by=dana, version=1, skills={"finance": 4}, now=after(10))


GIVING_UP = pytest.mark.parametrize("give_up", [released, declined, snoozed, passed_on])


def now_of(case):
    return Escalation.objects.get(pk=case.pk)


def undo(case, by, *, at):
    case = now_of(case)
    return lifecycle.undo(case, by=by, version=case.version, now=after(at))


@GIVING_UP
def test_they_hold_it_again_with_its_age(dana, give_up):
    case = escalation()
    give_up(case, dana)
    undo(case, dana, at=15)
    again = now_of(case)
    assert (again.state, again.held_by_id) == ("held", dana.user_id)
    assert (again.arrived_at, again.snoozed_until) == (case.arrived_at, None)
    assert units.load(dana.user_id)[0] == 1
    assert audit.verify().findings == []


@GIVING_UP
def test_after_some_seconds_it_is_too_late(dana, give_up):
    case = escalation()
    give_up(case, dana)
    with pytest.raises(Conflict, match="nothing of yours to undo any more"):
        undo(case, dana, at=17)


@GIVING_UP
def test_nobody_takes_up_what_another_gave_up(dana, give_up):
    case = escalation()
    give_up(case, dana)
    with pytest.raises(Conflict):
        undo(case, on_duty("kofi"), at=12)


def test_whoever_took_it_meanwhile_keeps_it(dana):
    case, kofi = escalation(), on_duty("kofi")
    released(case, dana)
    version = now_of(case).version
    lifecycle.claim(now_of(case), by=kofi, now=after(12))
    with pytest.raises(Conflict):
        lifecycle.undo(now_of(case), by=dana, version=version, now=after(13))
    assert now_of(case).held_by_id == kofi.user_id


@GIVING_UP
def test_it_asks_for_whom_it_asked_before(dana, give_up):
    """By the agent, then as somebody passed it on, and however often it is given up and taken up."""
    case, ruth = escalation(requested={"assignee": "dana"}), on_duty("ruth")
    give_up(case, dana)
    undo(case, dana, at=12)
    again = now_of(case)
    assert (again.assignee, again.wanted_by) == ("dana", "")
    assert (again.requirement_id, again.strict) == (case.requirement_id, case.strict)
    lifecycle.pass_on(again, by=dana, version=again.version, person=ruth, now=after(20))
    case = now_of(case)
    snoozing = {"version": case.version, "until": after(3600), "comes_back": True}
    lifecycle.snooze(case, by=ruth, **snoozing, now=after(30))
    undo(case, ruth, at=31)
    assert now_of(case).assignee == "ruth"
    lifecycle.release(now_of(case), by=ruth, version=now_of(case).version, now=after(40))
    undo(case, ruth, at=41)
    assert now_of(case).assignee == "ruth"
    assert audit.verify().findings == []


@pytest.mark.parametrize("give_up", [released, declined])
def test_it_is_offered_to_others_once_it_cannot_be_taken_up_again(dana, give_up):
    case = escalation()
    give_up(case, dana)
    on_duty("kofi", now=after(10))
    assert dispatch.dispatch(after(13)) == 0
    assert dispatch.dispatch(after(17)) == 1


def test_what_presses_waits_for_no_second_thought(dana):
    case = escalation(deadlines={"respond_by": after(5).isoformat()})
    released(case, dana)
    on_duty("kofi", now=after(10))
    assert dispatch.dispatch(after(13)) == 1


def full_but_for_one(dana):
    for _ in range(4):
        lifecycle.claim(escalation(), by=dana, now=NOW)


def decided_then_opened(dana):
    """A case that Dana decided when she could hold one more, and the one that she opened then."""
    case, following = escalation(), escalation()
    full_but_for_one(dana)
    lifecycle.claim(case, by=dana, now=NOW)
    decide(now_of(case), dana, now=after(1))
    lifecycle.claim(following, by=dana, now=after(2))
    return case, following


def test_an_undone_decision_is_held_again_in_the_place_of_the_next(dana):
    case, following = decided_then_opened(dana)
    undo(case, dana, at=5)
    held, given_back = now_of(case), now_of(following)
    assert (held.state, held.held_by_id) == ("held", dana.user_id)
    assert (given_back.state, given_back.arrived_at) == ("waiting", following.arrived_at)
    assert units.load(dana.user_id) == (5, 5)
    assert audit.verify().findings == []


def test_the_next_stays_where_something_was_typed_into_it(dana):
    case, following = decided_then_opened(dana)
    working_draft.keep(
        now_of(following), "edit", '[["reply", "Dear", null]]', by=dana, now=after(3)
    )
    undo(case, dana, at=5)
    assert (now_of(case).state, now_of(following).state) == ("waiting", "held")
    assert units.load(dana.user_id) == (5, 5)
    assert audit.verify().findings == []


def test_the_next_stays_where_it_presses_most(dana):
    case, following = decided_then_opened(dana)
    Escalation.objects.filter(pk=following.pk).update(level=4)
    undo(case, dana, at=5)
    assert (now_of(case).state, now_of(following).state) == ("waiting", "held")


def test_the_next_stays_where_it_makes_no_room(dana):
    case, following = decided_then_opened(dana)
    Escalation.objects.filter(pk=case.pk).update(units=2)
    undo(case, dana, at=5)
    assert (now_of(case).state, now_of(following).state) == ("waiting", "held")
    assert units.load(dana.user_id) == (5, 5)
