"""Two people at the same moment, in two threads with a connection each (promise 2)."""

import uuid

import pytest

from escalations import commands, lifecycle
from escalations.commands import Command
from escalations.models import Decision, State
from escalations.record import audit
from escalations.refusals import Refused
from routing.models import Unit
from tests.at_once import at_once
from tests.factories import NOW, escalation, key, viewer

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 200


def approve(person, case, command_id=""):
    sent = Command("approve", command_id or str(uuid.uuid4()), case.id, version=1)
    return lambda: commands.perform(person, sent, now=NOW)


def test_two_approvals_of_one_version_have_one_winner():
    people, mira = [viewer("dana"), viewer("amara")], key()
    for _ in range(ROUNDS):
        case = escalation(by=mira)
        answers = at_once(*(approve(person, case) for person in people))
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        decision = case.decisions.select_related("decided_by").get()
        assert len(refused) == 1
        assert refused[0].by.id == decision.decided_by.username
        assert (refused[0].code, refused[0].at) == ("closed", NOW)


def test_the_same_command_twice_at_once_counts_once():
    dana, mira = viewer("dana"), key()
    for _ in range(20):
        case, command_id = escalation(by=mira), str(uuid.uuid4())
        first, second = at_once(approve(dana, case, command_id), approve(dana, case, command_id))
        assert first == second
    assert Decision.objects.count() == 20


def test_capacity_holds_when_ten_claims_come_at_once():
    dana, mira = viewer("dana"), key()
    cases = [escalation(by=mira) for _ in range(10)]
    answers = at_once(*(lambda c=c: lifecycle.claim(c, by=dana, now=NOW) for c in cases))
    assert sum(not isinstance(answer, Refused) for answer in answers) == 5
    assert {a.code for a in answers if isinstance(a, Refused)} == {"full"}
    assert Unit.objects.filter(escalation__state=State.HELD).count() == 5


def test_two_claims_of_one_case_have_one_holder():
    people, mira = [viewer("dana"), viewer("amara")], key()
    for _ in range(20):
        case = escalation(by=mira)
        answers = at_once(*(lambda p=p, c=case: lifecycle.claim(c, by=p, now=NOW) for p in people))
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        case.refresh_from_db()
        lifecycle.lose_lease(case, now=NOW + lifecycle.LEASE * 2)


def test_taking_up_again_and_a_claim_have_one_holder():
    """Whoever passed it on and undoes that, and whoever opens it in the same moment."""
    dana, amara, mira = viewer("dana"), viewer("amara"), key()
    for _ in range(40):
        case = escalation(by=mira)
        case = lifecycle.pass_on(case, by=dana, version=1, person=amara, now=NOW)
        answers = at_once(
            lambda c=case: lifecycle.undo(c, by=dana, version=2, now=NOW),
            lambda c=case: lifecycle.claim(c, by=amara, now=NOW),
        )
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        holder = amara if isinstance(answers[0], Refused) else dana
        case.refresh_from_db()
        assert (case.state, case.held_by_id, case.fence) == (State.HELD, holder.user_id, 1)
        assert case.assignee == ("amara" if holder is amara else "")
        lifecycle.lose_lease(case, now=NOW + lifecycle.LEASE * 2)
    assert audit.verify().findings == []


def test_approve_and_cancel_at_once_have_one_winner():
    dana, mira = viewer("dana"), key()
    for _ in range(40):
        case = escalation(by=mira, requested={"method": "approval"})
        at_once(
            approve(dana, case),
            lambda c=case: lifecycle.cancel(c, agent="mira", now=NOW),
        )
        case.refresh_from_db()
        assert case.state == State.CANCELLED
        assert case.decisions.filter(undone_at=None).get().outcome == "cancelled"
