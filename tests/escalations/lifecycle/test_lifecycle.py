"""Every state with every act, allowed and refused."""

from datetime import timedelta

import pytest

from escalations import commands, lifecycle
from escalations.models import Decision, Escalation, Event, State
from escalations.proposal.choices import Choice
from escalations.record import audit
from escalations.refusals import Conflict, Invalid, NotAllowed
from routing.people import units
from tests.factories import NOW, after, escalation, viewer
from tests.standing import in_state

pytestmark = pytest.mark.django_db

APPROVE = Choice("approve")


def decide(case, by, choice=APPROVE, *, version=None, now=NOW, **more):
    return lifecycle.decide(
        case,
        choice,
        by=by,
        version=case.version if version is None else version,
        reject_reasons=["not_justified"],
        now=now,
        **more,
    )


def kinds(case):
    return list(case.events.order_by("position").values_list("kind", flat=True))


def test_arrival_waits_with_a_line_and_its_age():
    case = escalation()
    case.refresh_from_db()
    assert (case.state, case.version, case.level) == (State.WAITING, 1, 2)
    assert case.arrived_at == NOW
    assert kinds(case) == ["received"]
    assert case.chain_hash == case.events.get().hash


def test_claim_gives_one_person_the_lease():
    case, dana = escalation(), viewer()
    case = lifecycle.claim(case, by=dana, now=NOW)
    assert (case.state, case.version, case.fence) == (State.HELD, 2, 1)
    assert case.lease_until == NOW + lifecycle.LEASE
    assert units.load(dana.user_id) == (1, 5)


def test_claim_refuses_second_reviewer_and_names_the_first():
    case = escalation()
    lifecycle.claim(case, by=viewer("dana"), now=NOW)
    with pytest.raises(Conflict) as refused:
        lifecycle.claim(case, by=viewer("amara"), now=after(1))
    assert (refused.value.code, refused.value.by.id, refused.value.at) == ("held", "dana", NOW)


def test_claim_again_by_the_holder_changes_nothing():
    case, dana = escalation(), viewer()
    lifecycle.claim(case, by=dana, now=NOW)
    again = lifecycle.claim(case, by=dana, now=after(5))
    assert (again.version, again.fence) == (2, 1)


def test_claim_refuses_beyond_capacity():
    dana = viewer()
    for _ in range(5):
        lifecycle.claim(escalation(), by=dana, now=NOW)
    sixth = escalation()
    with pytest.raises(NotAllowed) as refused:
        lifecycle.claim(sixth, by=dana, now=NOW)
    sixth.refresh_from_db()
    assert (refused.value.code, sixth.state, units.load(dana.user_id)) == (
        "full",
        "waiting",
        (5, 5),
    )


def test_release_keeps_the_age_and_frees_the_unit():
    case, dana = escalation(), viewer()
    rank = case.rank
    case = lifecycle.claim(case, by=dana, now=NOW)
    case = lifecycle.release(case, by=dana, version=2, now=after(9))
    assert (case.state, case.rank, case.held_by) == (State.WAITING, rank, None)
    assert units.load(dana.user_id) == (0, 5)


def test_approve_unheld_case_claims_and_decides_in_one():
    case, dana = escalation(), viewer()
    case = decide(case, dana)
    decision = case.decisions.get()
    assert (case.state, case.version, case.outcome) == (State.DECIDED, 2, "approved")
    assert decision.effective_at == after(case.undo_s)
    assert decision.document["proceed"] is True
    assert decision.document["actions"] == [
        {
            "action_id": "a1",
            "type": "approve",
            "call": {
                "name": "refund",
                "args": {"order_id": "HP-20931", "amount": "184.00", "currency": "EUR"},
            },
        }
    ]
    assert decision.document["audit"]["hash"] == case.chain_hash
    assert units.load(dana.user_id) == (0, 5)


def test_the_holder_decides_only_what_they_still_may():
    case, dana = escalation(), viewer()
    case = lifecycle.claim(case, by=dana, now=NOW)
    Escalation.objects.update(excluded=["dana"])
    with pytest.raises(NotAllowed) as refused:
        decide(case, dana, now=after(3))
    case.refresh_from_db()
    assert (refused.value.code, case.state) == ("excluded", "held")
    assert commands.open_to(dana, case) == {
        "release",
        "heartbeat",
        "keep_handover",
        "give_handover",
        "note",
    }
    assert lifecycle.release(case, by=dana, version=2, now=after(5)).state == "waiting"


def test_approve_frees_the_unit_of_the_holder():
    case, dana = escalation(), viewer()
    case = lifecycle.claim(case, by=dana, now=NOW)
    decide(case, dana, now=after(3))
    assert units.load(dana.user_id) == (0, 5)


def test_second_approval_is_told_who_was_first():
    case = escalation()
    decide(case, viewer("dana"), version=1)
    with pytest.raises(Conflict) as refused:
        decide(case, viewer("amara"), version=1, now=after(1))
    assert (refused.value.code, refused.value.by.id, refused.value.at) == ("closed", "dana", NOW)
    assert Decision.objects.count() == 1


def test_approve_refuses_whoever_does_not_hold_it():
    case = lifecycle.claim(escalation(), by=viewer("dana"), now=NOW)
    with pytest.raises(Conflict) as refused:
        decide(case, viewer("amara"), now=after(1))
    assert (refused.value.code, refused.value.by.id) == ("held", "dana")


def test_approve_refuses_stale_version():
    case, dana = escalation(), viewer()
    lifecycle.add_context(case, {"environment": {}}, agent="mira", now=after(1))
    with pytest.raises(Conflict) as refused:
        decide(case, dana, version=1, now=after(2))
    assert refused.value.code == "stale"


def test_approve_refuses_other_digest():
    with pytest.raises(Conflict) as refused:
        decide(escalation(), viewer(), digest="0" * 64)
    assert refused.value.code == "digest"


def test_approve_refuses_after_the_lease():
    case, dana = escalation(), viewer()
    case = lifecycle.claim(case, by=dana, now=NOW)
    with pytest.raises(Conflict) as refused:
        decide(case, dana, now=after(61))
    assert refused.value.code == "lease_over"


def test_approve_refuses_a_case_that_proposes_nothing():
    case = escalation({"task_type": "question", "summary": "What is the return window?"})
    with pytest.raises(Invalid) as refused:
        decide(case, viewer())
    assert refused.value.code == "nothing_to_approve"


def test_heartbeat_extends_the_lease_without_a_version():
    case, dana = escalation(), viewer()
    case = lifecycle.claim(case, by=dana, now=NOW)
    case = lifecycle.beat(case, by=dana, active=True, now=after(50))
    assert (case.version, case.lease_until) == (2, after(110))
    assert decide(case, dana, now=after(100)).state == State.DECIDED


def test_a_heartbeat_renews_a_lease_that_nobody_has_ended():
    """As after a jump of the clock, which pauses the sweeps."""
    case, dana = escalation(), viewer()
    case = lifecycle.claim(case, by=dana, now=NOW)
    case = lifecycle.beat(case, by=dana, active=True, now=after(360))
    assert lifecycle.lose_lease(case, now=after(400)) is False
    assert decide(case, dana, now=after(400)).state == State.DECIDED


def test_a_heartbeat_renews_no_lease_that_was_ended():
    case, dana = escalation(), viewer()
    case = lifecycle.claim(case, by=dana, now=NOW)
    lifecycle.lose_lease(case, now=after(61))
    with pytest.raises(Conflict) as refused:
        lifecycle.beat(case, by=dana, active=True, now=after(62))
    assert refused.value.code == "not_held"


def test_lost_lease_returns_the_case():
    case, dana = escalation(), viewer()
    case = lifecycle.claim(case, by=dana, now=NOW)
    assert lifecycle.lose_lease(case, now=after(59)) is False
    assert lifecycle.lose_lease(case, now=after(61)) is True
    assert lifecycle.lose_lease(case, now=after(62)) is False
    case.refresh_from_db()
    assert (case.state, case.arrived_at, units.load(dana.user_id)) == ("waiting", NOW, (0, 5))


def test_idle_holder_loses_the_lease_in_spite_of_heartbeats():
    case, dana = escalation(), viewer()
    case = lifecycle.claim(case, by=dana, now=NOW)
    for minute in range(1, 13):
        case = lifecycle.beat(case, by=dana, active=False, now=NOW + timedelta(seconds=50 * minute))
    assert lifecycle.lose_lease(case, now=NOW + timedelta(seconds=601)) is True


def test_undo_returns_the_case_to_its_decider():
    case, dana = escalation(), viewer()
    case = decide(case, dana)
    case = lifecycle.undo(case, by=dana, version=2, now=after(9))
    assert (case.state, case.held_by_id, case.outcome) == (State.HELD, dana.user_id, "")
    assert case.decisions.get().undone_at == after(9)
    assert units.load(dana.user_id) == (1, 5)
    again = decide(case, dana, Choice("reject", reason_code="not_justified"), now=after(11))
    assert again.decisions.get(undone_at=None).sequence == 2


def test_undo_by_a_full_person_returns_the_case_to_the_queue():
    dana = viewer()
    for _ in range(5):
        lifecycle.claim(escalation(), by=dana, now=NOW)
    case = decide(escalation(), dana, now=after(1))
    case = lifecycle.undo(case, by=dana, version=2, now=after(5))
    assert (case.state, case.held_by, units.load(dana.user_id)) == (State.WAITING, None, (5, 5))
    assert kinds(case) == ["received", "decided", "undone"]


def test_undo_refuses_after_the_window_and_strangers():
    case, dana = escalation(), viewer("dana")
    case = decide(case, dana)
    with pytest.raises(Conflict) as refused:
        lifecycle.undo(case, by=dana, version=2, now=after(10))
    assert refused.value.code == "too_late"
    with pytest.raises(Conflict) as refused:
        lifecycle.undo(case, by=viewer("amara"), version=2, now=after(1))
    assert refused.value.code == "not_yours"


def test_cancel_inside_the_undo_window_drops_the_decision():
    case = decide(escalation(), viewer())
    case = lifecycle.cancel(case, agent="mira", now=after(5))
    first, second = case.decisions.order_by("decided_at")
    assert (case.state, first.undone_at, second.outcome) == ("cancelled", after(5), "cancelled")
    assert (second.sequence, second.proceed) == (2, False)


def test_cancel_refuses_once_effective():
    case = decide(escalation(), viewer())
    with pytest.raises(Conflict) as refused:
        lifecycle.cancel(case, agent="mira", now=after(11))
    assert refused.value.code == "closed"


def test_expiry_never_approves():
    case = escalation(deadlines={"expires_at": "2026-11-19T15:00:00Z", "on_timeout": "reject"})
    assert lifecycle.expire(case, now=after(3599)) is False
    assert lifecycle.expire(case, now=after(3600)) is True
    assert lifecycle.expire(case, now=after(3601)) is False
    document = case.decisions.get().document
    assert (document["outcome"], document["proceed"]) == ("expired", False)
    assert document["policy"] == {"automatic": True, "rule": "on_timeout: reject"}


@pytest.mark.parametrize("on_timeout", ["reject", "return_to_agent"])
def test_what_has_expired_is_not_decided_before_any_sweep(on_timeout):
    deadlines = {"expires_at": "2026-11-19T14:10:00Z", "on_timeout": on_timeout}
    case, dana = escalation(deadlines=deadlines), viewer()
    with pytest.raises(Conflict, match="already expired"):
        decide(case, dana, now=after(600))
    case.refresh_from_db()
    assert (case.state, case.outcome, case.decisions.get().proceed) == ("expired", "expired", False)


def test_what_waits_on_is_decided_after_its_time():
    deadlines = {"expires_at": "2026-11-19T14:10:00Z", "on_timeout": "keep_waiting"}
    case = decide(escalation(deadlines=deadlines), viewer(), now=after(601))
    assert case.state == State.DECIDED


@pytest.mark.parametrize("state", ["waiting", "held", "offered", "snoozed", "second"])
def test_what_escalates_at_its_end_goes_a_level_up_and_on(state):
    dana = viewer()
    case = in_state(state, dana)
    Escalation.objects.filter(pk=case.pk).update(expires_at=after(600))
    assert lifecycle.expire(case, now=after(599)) is False
    assert lifecycle.expire(case, now=after(600)) is True
    assert lifecycle.expire(case, now=after(601)) is False
    up = Escalation.objects.get(pk=case.pk)
    assert (up.level, up.disposition, up.state) == (
        3, "take_over", "waiting" if state == "snoozed" else state,
    )  # fmt: skip
    assert (up.version, up.expires_at, up.timed_out_at) == (case.version + 1, None, after(600))
    assert up.reasons[0]["rule"] == "on_timeout: escalate"
    assert audit.verify(case.id).whole


def test_who_decides_what_has_just_escalated_reads_it_anew():
    case, dana = escalation(deadlines={"expires_at": "2026-11-19T14:10:00Z"}), viewer()
    with pytest.raises(Conflict) as refused:
        decide(case, dana, now=after(600))
    assert refused.value.code == "stale"
    case.refresh_from_db()
    assert (case.level, case.state) == (3, "waiting")
    assert decide(case, dana, now=after(601)).state == State.DECIDED


def test_level_4_that_escalates_stays_there():
    case = escalation(deadlines={"expires_at": "2026-11-19T14:10:00Z"})
    for level in (3, 4, 4):
        Escalation.objects.filter(pk=case.pk).update(expires_at=after(600))
        assert lifecycle.expire(case, now=after(600))
        case.refresh_from_db()
        assert case.level == level
    assert case.priority == "urgent"


def test_each_alert_is_raised_once():
    case = escalation(deadlines={"respond_by": "2026-11-19T14:01:00Z"})
    raised = [lifecycle.raise_alert(case, now=after(s)) for s in (29, 30, 31, 59, 60, 61)]
    assert raised == [False, True, False, False, True, False]
    kinds = Event.objects.filter(chain=case.id).order_by("position").values_list("kind", flat=True)
    assert list(kinds) == ["received", "alerted", "overdue"]


def test_record_is_one_unbroken_chain():
    case, dana = escalation(), viewer()
    case = lifecycle.claim(case, by=dana, now=NOW)
    case = decide(case, dana, now=after(2))
    events = list(Event.objects.filter(chain=case.id).order_by("position"))
    assert [event.kind for event in events] == ["received", "claimed", "decided"]
    assert [event.position for event in events] == [1, 2, 3]
    assert case.chain_hash == events[-1].hash
