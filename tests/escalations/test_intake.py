"""What intake keeps of the verdict: time, capacity and the alert that comes first."""

import json
from datetime import UTC, datetime

import pytest

from escalations import intake, lifecycle
from escalations.models import Escalation, State
from escalations.policy import check, priority, versions
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.record.lines import Actor
from routing.models import Notice
from routing.people import units
from tests import factories
from tests.factories import NOW, REFUND, after

pytestmark = pytest.mark.django_db

SERVICE = {"time_zone": "Europe/Paris", "week": {"thu": ["09:00-15:30"], "fri": ["09:00-17:00"]}}
POLICY = {
    "schema": "handoff.policy/1",
    "hours": {"Service hours": SERVICE},
    "task_types": {
        "refund": {"hours": "Service hours", "units": 2, "strict": True},
        "robbery": {"level": 4},
    },
}


@pytest.fixture(autouse=True)
def _in_force(db):
    operator = Actor("operator", "test")
    expected = versions.current().number
    versions.publish(check.check(POLICY), by=operator, now=NOW, expected=expected)


def revise(case: Escalation, seconds: float, **changes: object) -> Escalation:
    body = json.dumps(REFUND | changes).encode()
    intake.revise(case.agent.keys.get(), case, body, now=after(seconds))
    return Escalation.objects.get(id=case.id)


def test_the_case_keeps_what_the_verdict_says_of_time_and_capacity():
    case = Escalation.objects.get(id=factories.escalation().id)
    assert (case.units, case.strict, case.callback_at) == (2, True, None)
    # Half an hour is left of Thursday, and half an hour is due on Friday.
    assert case.respond_by == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert case.alert_at == datetime(2026, 11, 20, 8, 18, tzinfo=UTC)
    assert case.alert_step == 0
    assert case.reasons[-1]["sentence"] == (
        "Answers are due within 1 h of opening hours (Service hours, Europe/Paris)."
    )


def test_a_revision_may_change_the_time_of_the_call():
    case = factories.escalation()
    revised = revise(case, 60, requested={"callback_at": "2026-11-20T10:00:00+01:00"})
    assert revised.callback_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert (revised.level, revised.respond_by) == (3, case.respond_by)


def test_a_revision_that_changes_nothing_leaves_the_next_alert():
    case = factories.escalation()
    assert revise(case, 60, summary="Refund 90").alert_at == case.alert_at


def test_a_revision_to_level_4_alerts_at_once():
    case = factories.escalation()
    revised = revise(case, 60, task_type="robbery")
    assert (revised.level, revised.alert_at, revised.units) == (4, after(60), 1)


def test_a_revision_to_level_4_comes_before_everything_else():
    case = factories.escalation()
    revised = revise(case, 60, task_type="robbery")
    due = int(revised.respond_by.timestamp() * 1_000_000)
    assert revised.priority == "urgent"
    assert revised.rank == due - 30 * 60 * 1_000_000 - priority.ALERT_FIRST_US


def test_a_revision_to_another_priority_moves_the_case_to_its_place():
    case = factories.escalation()
    revised = revise(case, 60, priority="high")
    assert revised.rank == case.rank - 10 * 60 * 1_000_000


CALL = {"requested": {"method": "callback", "callback_at": "2026-11-20T10:00:00Z"}}


def test_a_wish_for_a_later_call_puts_off_no_alert():
    case = factories.escalation(task_type="robbery", **CALL)
    assert (case.level, case.state, case.alert_at) == (4, State.WAITING, NOW)


@pytest.mark.parametrize(
    ("wished", "until"),
    [
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, 0, tzinfo=UTC)),
        ("2099-01-01T10:00:00Z", NOW + lifecycle.SNOOZE_LIMIT),
    ],
)
def test_a_case_waits_for_the_time_of_the_call_but_not_for_ever(wished, until):
    case = factories.escalation(requested={"method": "callback", "callback_at": wished})
    assert (case.state, case.snoozed_until) == (State.SNOOZED, until)


def test_a_case_that_ends_before_the_call_is_not_put_off():
    case = factories.escalation(**CALL, deadlines={"expires_at": "2026-11-20T09:00:00Z"})
    assert (case.state, case.snoozed_until) == (State.WAITING, None)


def test_a_snoozed_case_that_becomes_an_alert_wakes_and_alerts_at_once():
    case = factories.escalation(**CALL)
    revised = revise(case, 60, task_type="robbery", **CALL)
    assert (revised.state, revised.snoozed_at, revised.snoozed_until) == (State.WAITING, None, None)
    assert (revised.level, revised.alert_at) == (4, after(60))
    assert not lifecycle.wake(revised, now=datetime(2026, 11, 20, 10, 0, tzinfo=UTC))


def test_a_snoozed_case_that_is_revised_otherwise_stays_put_off():
    case = factories.escalation(**CALL)
    revised = revise(case, 60, summary="Refund 90", **CALL)
    assert (revised.state, revised.snoozed_until) == (State.SNOOZED, case.snoozed_until)


LATER = {"requested": {"method": "callback", "callback_at": "2026-11-20T12:00:00Z"}}
AT_TEN, AT_NOON = (datetime(2026, 11, 20, hour, 0, tzinfo=UTC) for hour in (10, 12))


def test_a_case_put_off_for_its_call_wakes_at_the_new_time():
    case = factories.escalation(**CALL)
    revised = revise(case, 60, **LATER)
    assert (revised.snoozed_at, revised.snoozed_until) == (NOW, AT_NOON)
    assert not lifecycle.wake(revised, now=AT_TEN)
    assert lifecycle.wake(revised, now=AT_NOON)
    revised.refresh_from_db()
    assert revised.respond_by - AT_NOON == case.respond_by - NOW


def test_a_case_whose_call_is_wished_for_no_more_waits_at_once():
    revised = revise(factories.escalation(**CALL), 60)
    assert (revised.state, revised.snoozed_at, revised.snoozed_until) == (State.WAITING, None, None)


@pytest.mark.parametrize("approvals", [1, 2])
def test_a_waiting_case_is_put_off_to_the_call_that_a_revision_wishes_for(approvals):
    case = factories.escalation(requested={"approvals_needed": approvals})
    if approvals == 2:
        approve = Choice("approve")
        lifecycle.decide(
            case, approve, by=factories.viewer(), version=1, reject_reasons=[], now=NOW
        )
    revised = revise(case, 60, **CALL)
    assert (revised.state, revised.snoozed_at, revised.snoozed_until) == (
        State.SNOOZED,
        after(60),
        AT_TEN,
    )
    assert audit.verify().findings == []


def test_a_case_that_was_taken_up_before_its_call_is_not_put_off_for_it_again():
    case, dana = factories.escalation(**CALL), factories.viewer()
    lifecycle.claim(case, by=dana, now=after(10))
    lifecycle.release(case, by=dana, version=2, now=after(20))
    assert revise(case, 60, summary="Refund 90", **CALL).state == State.WAITING


def test_what_somebody_put_off_comes_back_at_their_time():
    case, dana = factories.escalation(), factories.viewer()
    lifecycle.snooze(case, by=dana, version=1, until=after(3600), now=NOW)
    assert revise(case, 60, **CALL).snoozed_until == after(3600)
    assert revise(case, 90).snoozed_until == after(3600)


def test_what_somebody_holds_stays_theirs_whenever_the_call_is():
    case = _with(factories.viewer(), "held")
    revised = revise(case, 60, **CALL)
    assert (revised.state, revised.callback_at) == (State.HELD, AT_TEN)


NEEDS_GOLD = {"requested": {"skills": ["gold"]}}
EXCLUDES_BOB = {"requested": {"excluded_reviewers": ["bob"]}}


@pytest.mark.parametrize("state", ["held", "offered"])
def test_a_revision_that_excludes_whoever_has_it_takes_it_back(state):
    bob = factories.viewer("bob")
    case = _with(bob, state, task_type="robbery")
    revised = revise(case, 60, task_type="robbery", **EXCLUDES_BOB)
    assert (revised.state, revised.held_by, revised.offered_to) == (State.WAITING, None, None)
    assert units.load(bob.user_id) == (0, 5)
    assert audit.verify().findings == []


@pytest.mark.parametrize("state", ["held", "offered"])
def test_strict_work_revised_above_whoever_has_it_goes_back(state):
    case = _with(factories.viewer("bob"), state)
    assert revise(case, 60, **NEEDS_GOLD).state == State.WAITING


@pytest.mark.parametrize(
    ("state", "gold", "stays"), [("offered", 0, False), ("offered", 1, True), ("held", 0, True)]
)
def test_other_work_stays_with_who_holds_it_and_with_who_has_the_new_skill(state, gold, stays):
    case = _with(factories.viewer("bob", gold=gold), state, task_type="robbery")
    revised = revise(case, 60, task_type="robbery", **NEEDS_GOLD)
    assert revised.state == (state if stays else State.WAITING)


def test_an_offer_below_the_wish_outlives_a_revision_to_the_same_skills():
    case = _with(factories.viewer("bob"), "offered", task_type="robbery", **NEEDS_GOLD)
    assert revise(case, 60, task_type="robbery", **NEEDS_GOLD).state == State.OFFERED


def test_the_agent_is_answered_how_the_case_stands_after_its_revision():
    case = _with(factories.viewer("bob"), "held", task_type="robbery")
    body = json.dumps(REFUND | {"task_type": "robbery"} | EXCLUDES_BOB).encode()
    answered = intake.revise(case.agent.keys.get(), case, body, now=after(60)).escalation
    assert (answered.state, answered.version) == (State.WAITING, 4)


def test_a_supervisor_is_told_why_what_they_gave_came_back():
    bob, ruth = factories.viewer("bob"), factories.viewer("ruth", "supervisor")
    case = factories.escalation()
    lifecycle.reassign(case, by=ruth, version=1, to=bob, until=after(120), now=NOW)
    revise(case, 60, **EXCLUDES_BOB)
    text = f"{case.case_number} is back in the queue: Bob Whitlock may not have it as the agent"
    assert Notice.objects.get(kind="returned").text == f"{text} has revised it."


def _with(who, state, **package):
    case = factories.escalation(**package)
    if state == "held":
        return lifecycle.claim(case, by=who, now=NOW)
    return lifecycle.offer(case, to=who, until=after(120), now=NOW)
