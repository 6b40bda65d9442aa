"""Whose hands are in a case: held, answered or given up just now, or passed by with an offer."""

from dataclasses import replace

import pytest

from escalations import lifecycle
from escalations.models import Escalation
from escalations.proposal.choices import Choice
from routing.attendance import presence
from routing.matching import Terms, match
from routing.models import Offer
from routing.offers import dispatch, explanations, hands, making, matching_input
from tests.escalations.lifecycle.conversing import talking
from tests.factories import NOW, after, escalation, key
from tests.routing.floor.given import on_duty
from tests.routing.matching.test_matching import NOW as MINUTE
from tests.routing.matching.test_matching import case as waiting_case
from tests.routing.matching.test_matching import person as worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def kofi():
    return on_duty("kofi")


@pytest.fixture
def mira():
    return key()


def of_level(level, by):
    case = escalation(by=by)
    Escalation.objects.filter(pk=case.pk).update(level=level)
    return Escalation.objects.get(pk=case.pk)


def approve(case, by, at):
    lifecycle.decide(
        case, Choice("approve"), by=by, version=case.version, reject_reasons=[], now=after(at)
    )


def release(case, by, at):
    lifecycle.release(case, by=by, version=case.version, now=after(at))


def hand_back(case, by, at):
    lifecycle.take_over(case, by=by, version=case.version, now=after(at - 1))
    talking.handed_back(case, by, now=after(at))


LEAVING = {"approve": approve, "release": release, "hand back": hand_back}


def left(how, kofi, mira, at):
    """A case of level 2 that was in their hands until then."""
    wishes = {"requested": {"approvals_needed": 2}} if how == "vote" else {}
    case = escalation(by=mira, **wishes)
    lifecycle.claim(case, by=kofi, now=after(at - 20))
    Escalation.objects.filter(pk=case.pk).update(level=2)
    case.refresh_from_db()
    LEAVING.get(how, approve)(case, kofi, at)
    if how == "release":  # Not to be taken for what waits.
        Escalation.objects.filter(pk=case.pk).update(excluded=["kofi"])


@pytest.mark.parametrize("how", [*LEAVING, "vote"])
class TestAfterOne:
    """What they had left their hands."""

    def test_nothing_comes_for_a_minute_where_they_hold_another(self, how, kofi, mira):
        lifecycle.claim(escalation(by=mira), by=kofi, now=NOW)
        left(how, kofi, mira, 200)
        of_level(2, mira)
        assert [dispatch.dispatch(after(200 + s)) for s in (0, 1, 30, 59)] == [0, 0, 0, 0]
        assert dispatch.dispatch(after(260)) == 1

    def test_who_holds_nothing_else_is_asked_once_the_next_had_time_to_open(self, how, kofi, mira):
        left(how, kofi, mira, 200)
        of_level(2, mira)
        assert [dispatch.dispatch(after(200 + s)) for s in (0, 1)] == [0, 0]
        assert dispatch.dispatch(after(202)) == 1

    def test_what_is_more_urgent_comes_at_once(self, how, kofi, mira):
        left(how, kofi, mira, 200)
        of_level(3, mira)
        assert dispatch.dispatch(after(200)) == 1


def test_nothing_comes_into_a_conversation(kofi, mira):
    case = escalation(by=mira)
    lifecycle.take_over(case, by=kofi, version=1, now=NOW)
    Escalation.objects.filter(pk=case.pk).update(level=3)
    of_level(3, mira)
    assert [dispatch.dispatch(after(s)) for s in (0, 59)] == [0, 0]
    assert dispatch.dispatch(after(60)) == 1


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_level_4_always_comes(level, kofi, mira):
    held = escalation(by=mira)
    lifecycle.claim(held, by=kofi, now=NOW)
    Escalation.objects.filter(pk=held.pk).update(level=level)
    of_level(3, mira)
    leak = of_level(4, mira)
    assert dispatch.dispatch(after(1)) == 1
    assert Offer.objects.get().escalation == leak


def test_level_3_does_not_come_with_level_4():
    """Alike in all but the level."""
    people = [worker(free=3, units=5, at_work=4), worker("ama", free=3, units=5, at_work=3)]
    cases = [waiting_case(n, level=2) for n in (1, 2)]
    cases = [replace(cases[0], level=3), replace(cases[1], level=4)]
    assert [one.case for one in match(cases, people, MINUTE, Terms()).matches] == [2]


class TestAfterAMiss:
    """An offer that nobody answered."""

    @pytest.fixture
    def missed(self, kofi, mira):
        case = of_level(2, mira)
        assert dispatch.dispatch(NOW) == 1
        presence.beat({kofi.user_id: False}, after(20))
        assert making.sweep(after(31)) == 1
        Escalation.objects.filter(pk=case.pk).update(excluded=["kofi"])

    def test_there_is_a_breath(self, missed, kofi, mira):
        waits = of_level(2, mira)
        assert [dispatch.dispatch(after(31 + s)) for s in (0, 4, 59)] == [0, 0, 0]
        assert explanations.why_nobody(waits.number, after(40)) == (
            "Kofi who can take it did not answer an offer a moment ago."
        )
        assert explanations.why_nothing(kofi.user_id, after(40)) == (
            "You did not answer an offer a moment ago; "
            "what waits is no more urgent, and comes in a minute."
        )
        assert dispatch.dispatch(after(91)) == 1

    def test_what_is_more_urgent_comes_at_once(self, missed, mira):
        of_level(3, mira)
        assert dispatch.dispatch(after(31)) == 1

    def test_others_are_asked_meanwhile(self, missed, mira):
        on_duty("amara")
        of_level(2, mira)
        assert dispatch.dispatch(after(31)) == 1

    def test_who_works_is_told_so(self, missed, kofi, mira):
        held = escalation(by=mira)
        lifecycle.claim(held, by=kofi, now=after(32))
        waits = of_level(2, mira)
        assert explanations.why_nobody(waits.number, after(40), kofi.user_id) == (
            "You, who can take it, are working on another case just now."
        )
        assert explanations.why_nobody(waits.number, after(40)) == (
            "Kofi who can take it is working on another case just now."
        )


def test_who_began_to_work_after_the_plan_was_made_is_not_asked(monkeypatch, kofi, mira):
    waits, opened = of_level(2, mira), of_level(2, mira)
    seen = matching_input.taken(NOW)
    lifecycle.claim(opened, by=kofi, now=NOW)
    left_over = [case for case in seen.cases if case.id == waits.number]
    monkeypatch.setattr(matching_input, "taken", lambda now, **_: replace(seen, cases=left_over))
    assert dispatch.dispatch(NOW) == 0
    assert not Offer.objects.exists()


def test_one_statement_however_many_they_are(kofi, mira, django_assert_num_queries):
    amara = on_duty("amara")
    lifecycle.claim(of_level(2, mira), by=kofi, now=NOW)
    lifecycle.claim(of_level(3, mira), by=amara, now=NOW)
    with django_assert_num_queries(1):
        found = hands.of([kofi.user_id, amara.user_id], after(5))
    assert {pk: one.level for pk, one in found.items()} == {kofi.user_id: 2, amara.user_id: 3}
    assert hands.of([kofi.user_id, amara.user_id], after(61)) == {}
