"""Giving cases to others while others do the same: one clear winner, and the second is told."""

import uuid

import pytest

from escalations import commands, lifecycle
from escalations.commands import Command
from escalations.models import Escalation, Remark, State
from escalations.refusals import Conflict, Invalid, NotAllowed, Refused
from routing.alerts import ladder_steps
from routing.models import Notice, Offer, Unit
from routing.transfers import reassigning
from routing.transfers.reassigning import Wish
from tests.at_once import at_once
from tests.factories import NOW, after, escalation, key
from tests.routing.floor.given import on_duty

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 50


def give(case, to, by, *, reason="Over time", now=NOW, **more):
    wishes = [Wish(case.id, case.version)]
    return reassigning.reassign(wishes, to=to, reason=reason, by=by, now=now, **more)[0]


def test_of_two_supervisors_at_once_one_gives_and_the_other_reads_who_did():
    leads = [on_duty("priya", "supervisor"), on_duty("nadia", "admin")]
    names, mira = ["kofi", "amara"], key()
    people = [on_duty(name) for name in names]
    for n in range(ROUNDS):
        case = escalation(by=mira)
        acts = [
            lambda to=to, by=by, case=case: give(case, to, by, reason=f"{by.name} thinks so")
            for to, by in zip(names, leads, strict=True)
        ]
        answers = at_once(*acts)
        won = [place for place, one in enumerate(answers) if one.refused is None]
        assert len(won) == 1, n
        refused = answers[1 - won[0]].refused
        winner, person = leads[won[0]], people[won[0]]
        assert (refused.by.id, refused.at) == (winner.username, NOW)
        assert refused.detail == f"{winner.name} gave it to {person.name}."
        case.refresh_from_db()
        assert (case.state, case.offered_to_id) == (State.OFFERED, person.user_id)
        assert Remark.objects.get(escalation=case).text == f"{winner.name} thinks so"
        lifecycle.withdraw(case, whose=person.user_id, reason="test", now=after(1))
        Unit.objects.update(escalation=None)


def test_of_a_supervisor_and_an_approving_holder_one_wins_and_the_other_is_told():
    priya, kofi, dana = on_duty("priya", "supervisor"), on_duty("kofi"), on_duty("dana")
    mira, outcomes = key(), set()
    for _ in range(ROUNDS):
        case = lifecycle.claim(escalation(by=mira), by=dana, now=NOW)
        sent = Command("approve", str(uuid.uuid4()), case.id, version=case.version)
        given, approved = at_once(
            lambda case=case: give(case, "kofi", priya),
            lambda sent=sent: commands.perform(dana, sent, now=NOW),
        )
        case = Escalation.objects.get(pk=case.pk)
        outcomes.add(case.state)
        if case.state == State.DECIDED:
            assert approved["state"] == "decided"
            assert (given.refused.by.id, given.refused.at) == ("dana", NOW)
            assert given.refused.detail == "Dana Whitlock decided it: approved."
            assert not Notice.objects.filter(escalation=case).exists()
        else:
            assert (case.state, case.offered_to_id) == (State.OFFERED, kofi.user_id)
            assert given.refused is None
            assert isinstance(approved, Refused)
            told = Notice.objects.get(escalation=case)
            assert told.person_id == dana.user_id
            assert told.text.endswith("What you wrote is kept.")
            assert not case.decisions.exists()
            lifecycle.withdraw(case, whose=kofi.user_id, reason="test", now=after(1))
        Unit.objects.update(escalation=None)
    assert outcomes <= {State.DECIDED, State.OFFERED}


def test_two_cases_of_two_people_are_swapped_without_waiting_for_each_other():
    leads = [on_duty("priya", "supervisor"), on_duty("nadia", "admin")]
    dana, kofi, mira = on_duty("dana"), on_duty("kofi"), key()
    for _ in range(10):
        hers = lifecycle.claim(escalation(by=mira), by=dana, now=NOW)
        his = lifecycle.claim(escalation(by=mira), by=kofi, now=NOW)
        answers = at_once(
            lambda hers=hers: give(hers, "kofi", leads[0]),
            lambda his=his: give(his, "dana", leads[1]),
        )
        assert [one.refused for one in answers] == [None, None]
        Unit.objects.update(escalation=None)
        Escalation.objects.update(state=State.CANCELLED)
        Offer.objects.update(outcome="withdrawn")


def test_many_at_once_each_with_its_own_answer():
    priya, dana, mira = on_duty("priya", "supervisor"), on_duty("dana"), key()
    kofi = on_duty("kofi")
    cases = [escalation(by=mira) for _ in range(4)]
    lifecycle.claim(cases[1], by=dana, now=NOW)
    wishes = [*(Wish(case.id, 1) for case in cases), Wish("esc_none", 1)]
    answers = reassigning.reassign(wishes, to="kofi", reason="", by=priya, now=NOW)
    assert [one.refused.detail if one.refused else "" for one in answers] == [
        "",
        "Dana Whitlock took it.",
        "",
        "",
        "There is no such case.",
    ]
    assert Escalation.objects.filter(offered_to=kofi.user_id).count() == 3


def test_an_alert_after_it_is_nobody_who_was_faster():
    priya, dana, case = on_duty("priya", "supervisor"), on_duty("dana"), escalation()
    on_duty("kofi")
    lifecycle.claim(case, by=dana, now=after(2))
    assert ladder_steps.sweep(after(49 * 60)) == 1
    refused = give(case, "kofi", priya).refused
    assert (refused.detail, refused.at) == ("Dana Whitlock took it.", after(2))
    with pytest.raises(Conflict) as stale:
        lifecycle.snooze(case, by=dana, version=1, until=after(3600), now=after(10))
    assert (stale.value.code, stale.value.at) == ("stale", after(2))


def test_who_may_not_is_refused_and_changes_nothing():
    dana, case = on_duty("dana"), escalation()
    on_duty("kofi")
    with pytest.raises(NotAllowed):
        give(case, "kofi", dana)
    with pytest.raises(Invalid, match="There is nobody called nobody"):
        give(case, "nobody", on_duty("priya", "supervisor"))
    with pytest.raises(Invalid, match="at most 200"):
        give(case, "kofi", on_duty("nadia", "admin"), reason="x" * 201)
    case.refresh_from_db()
    assert (case.state, case.version) == (State.WAITING, 1)


def test_who_gave_a_case_to_themselves_is_not_told_of_themselves():
    priya, case = on_duty("priya", "supervisor"), escalation()
    give(case, "priya", priya)
    lifecycle.decline(case, by=priya, reason="busy", now=after(5))
    assert not Notice.objects.filter(kind=Notice.Kind.RETURNED).exists()


def test_declining_what_was_given_returns_it_and_tells_the_supervisor():
    priya, kofi, case = on_duty("priya", "supervisor"), on_duty("kofi"), escalation()
    give(case, "kofi", priya)
    lifecycle.decline(case, by=kofi, reason="busy", now=after(5))
    told = Notice.objects.get(person=priya.user_id)
    assert told.text == f"{case.case_number} is back in the queue: Kofi Whitlock declined it."
    lifecycle.offer(case, to=kofi, until=after(60), now=after(30))
    case.refresh_from_db()
    lifecycle.end_offer(case, now=after(61))
    assert Notice.objects.filter(person=priya.user_id).count() == 1
