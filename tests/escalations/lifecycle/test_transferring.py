"""Passed on, and handed over: every state with each, allowed and refused."""

import pytest

from escalations import access, commands, lifecycle
from escalations.models import Escalation, Remark, Requirement, State
from escalations.refusals import Conflict, NotAllowed, NotFound
from routing.people import units
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.factories import NOW, after, escalation, viewer
from tests.standing import STATES, in_state

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["dana", "amara"])
def test_pass_on_in_every_state(state, who):
    """Dana holds, is offered or decided it; Amara is somebody else."""
    dana, amara, kofi = viewer("dana"), viewer("amara"), viewer("kofi")
    case = in_state(state, dana)
    by, mine = (dana, True) if who == "dana" else (amara, False)
    free = state == State.WAITING or (state == State.SECOND and not mine)
    if free or (mine and state in {"held", "live", "offered"}):
        passed = lifecycle.pass_on(case, by=by, version=case.version, person=kofi, now=NOW)
        waits = "second" if state == State.SECOND else "waiting"
        assert (passed.state, passed.assignee, passed.held_by) == (waits, "kofi", None)
        assert units.load(dana.user_id) == (0, 5)
    else:
        with pytest.raises((Conflict, NotAllowed)):
            lifecycle.pass_on(case, by=by, version=case.version, person=kofi, now=NOW)
        case.refresh_from_db()
        assert (case.state, Remark.objects.filter(kind="passed").count()) == (state, 0)


@pytest.mark.parametrize("state", STATES)
def test_hand_over_in_every_state(state):
    dana, amara = viewer("dana"), viewer("amara")
    case = in_state(state, dana)
    fence = case.fence
    if state in State.held():
        case = lifecycle.hand_over(case, holder=dana.user_id, to=amara, now=after(5))
        assert (case.held_by_id, case.fence) == (amara.user_id, fence + 1)
        assert case.lease_until == after(5) + lifecycle.LEASE
        assert (units.load(dana.user_id)[0], units.load(amara.user_id)[0]) == (0, 1)
    else:
        with pytest.raises(Conflict) as refused:
            lifecycle.hand_over(case, holder=dana.user_id, to=amara, now=after(5))
        assert refused.value.code == "not_held"


@pytest.mark.parametrize("onward", ["passed_on", "to_skills", "reassigned", "back_to_the_queue"])
def test_who_was_asked_by_name_sees_and_takes_it_until_it_goes_elsewhere(onward):
    dana, kofi, ruth = viewer("dana"), viewer("kofi", gold=5), viewer("ruth", "supervisor")
    case = needs_gold(escalation())
    assert not access.may_see(dana, case)
    case = lifecycle.pass_on(case, by=kofi, version=1, person=dana, now=NOW)
    assert access.escalation_for(dana, case.id, to="claim") == case
    case = lifecycle.claim(case, by=dana, now=after(5))
    if onward == "passed_on":
        lifecycle.pass_on(case, by=dana, version=3, person=kofi, now=after(9))
    elif onward == "to_skills":
        lifecycle.pass_on(case, by=dana, version=3, skills={"gold": 5}, now=after(9))
    else:
        to = kofi if onward == "reassigned" else None
        lifecycle.reassign(case, by=ruth, version=3, to=to, until=after(99), now=after(9))
    with pytest.raises(NotFound):
        access.escalation_for(dana, case.id)


def test_who_was_asked_by_name_decides_it_unless_it_excludes_them():
    dana, kofi = viewer("dana"), viewer("kofi", gold=5)
    first, second = needs_gold(escalation()), needs_gold(escalation())
    first = lifecycle.pass_on(first, by=kofi, version=1, person=dana, now=NOW)
    assert decide(first, dana).outcome == "approved"
    Escalation.objects.filter(pk=second.pk).update(assignee="dana", excluded=["dana"])
    with pytest.raises(NotAllowed) as refused:
        lifecycle.claim(second, by=dana, now=NOW)
    assert refused.value.code == "excluded"


@pytest.mark.parametrize("act", ["claim", "decide", "offer", "pass_on", "hand_over"])
def test_strict_work_is_for_nobody_below_its_skill_whoever_they_are(act):
    kofi, ruth = viewer("kofi", gold=5), viewer("ruth", "supervisor", gold=4)
    case = needs_gold(escalation(), strict=True)
    if act == "hand_over":
        case = lifecycle.claim(case, by=kofi, now=NOW)
    with pytest.raises(NotAllowed) as refused:
        {
            "claim": lambda: lifecycle.claim(case, by=ruth, now=NOW),
            "decide": lambda: decide(case, ruth),
            "offer": lambda: lifecycle.offer(case, to=ruth, until=after(30), now=NOW),
            "pass_on": lambda: lifecycle.pass_on(case, by=kofi, version=1, person=ruth, now=NOW),
            "hand_over": lambda: lifecycle.hand_over(
                case, holder=kofi.user_id, to=ruth, now=after(5)
            ),
        }[act]()
    text = "This work asks for gold 5, and is never given below it."
    assert (refused.value.code, refused.value.detail) == ("below", text)


def test_a_strict_case_offers_nothing_to_whoever_is_below_it():
    kofi, dana = viewer("kofi", gold=5), viewer("dana", gold=4)
    case = needs_gold(escalation(requested={"assignee": "dana"}), strict=True)
    assert commands.open_to(dana, case) == {"note"}
    assert "claim" in commands.open_to(kofi, case)


def test_strict_work_asks_for_no_less_once_it_is_passed_on():
    kofi = viewer("kofi", gold=5)
    viewer("dana", gold=5, german=3)
    case = needs_gold(escalation(), strict=True)
    case = lifecycle.pass_on(case, by=kofi, version=1, skills={"gold": 1, "german": 2}, now=NOW)
    assert case.requirement.skills == {"german": 2, "gold": 5}
    assert case.remarks.get().target == "german:2+gold:5"


def for_a_supervisor():
    """Passed on to a supervisor by Dana, a reviewer."""
    dana = viewer("dana")
    return dana, lifecycle.pass_on(escalation(), by=dana, version=1, now=NOW)


@pytest.mark.parametrize("act", ["claim", "decide", "offer", "pass_on", "snooze"])
@pytest.mark.parametrize("who", ["dana", "kofi"])
def test_what_was_passed_on_to_a_supervisor_is_for_no_reviewer(act, who):
    dana, case = for_a_supervisor()
    by = dana if who == "dana" else viewer("kofi")
    with pytest.raises(NotAllowed) as refused:
        {
            "claim": lambda: lifecycle.claim(case, by=by, now=NOW),
            "decide": lambda: decide(case, by),
            "offer": lambda: lifecycle.offer(case, to=by, until=after(30), now=NOW),
            "pass_on": lambda: lifecycle.pass_on(case, by=by, version=2, now=NOW),
            "snooze": lambda: lifecycle.snooze(case, by=by, version=2, until=after(99), now=NOW),
        }[act]()
    assert refused.value.code == "for_supervisors"
    assert commands.open_to(by, case) == {"note"}


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_what_was_passed_on_to_a_supervisor_is_decided_by_who_leads(role):
    _, case = for_a_supervisor()
    ruth = viewer("ruth", role)
    assert "approve" in commands.open_to(ruth, case)
    assert decide(lifecycle.claim(case, by=ruth, now=NOW), ruth).outcome == "approved"


def test_a_supervisor_lets_a_reviewer_have_what_was_passed_on_to_them():
    dana, case = for_a_supervisor()
    ruth = viewer("ruth", "supervisor")
    case = lifecycle.pass_on(case, by=ruth, version=2, person=dana, now=NOW)
    assert decide(case, dana).outcome == "approved"


def test_a_reviewer_gets_what_a_supervisor_holds_only_if_it_is_not_theirs_alone():
    dana, case = for_a_supervisor()
    ruth = viewer("ruth", "supervisor")
    case = lifecycle.claim(case, by=ruth, now=NOW)
    assert commands.open_to(dana, case) == {"note"}
    with pytest.raises(NotAllowed):
        lifecycle.hand_over(case, holder=ruth.user_id, to=dana, now=after(5))


def needs_gold(case, *, strict=False):
    case.strict = strict
    case.requirement, _ = Requirement.objects.get_or_create(
        key="gold:5", defaults={"skills": {"gold": 5}}
    )
    case.save()
    return case


def test_the_age_stays_and_the_words_stand_beside_the_record():
    case, dana = escalation(), viewer()
    arrived, due, rank = case.arrived_at, case.respond_by, case.rank
    case = lifecycle.pass_on(case, by=dana, version=1, text="The photo is older.", now=after(9))
    assert (case.arrived_at, case.respond_by, case.rank) == (arrived, due, rank)
    assert b"photo" not in bytes(case.events.get(kind="passed_on").body)
    assert case.remarks.get().text == "The photo is older."


def test_the_old_holder_decides_no_more_once_it_was_handed_over():
    dana, amara = viewer("dana"), viewer("amara")
    case = lifecycle.claim(escalation(), by=dana, now=NOW)
    stale = case.version
    lifecycle.hand_over(case, holder=dana.user_id, to=amara, now=after(5))
    with pytest.raises(Conflict) as refused:
        lifecycle.release(Escalation.objects.get(), by=dana, version=stale, now=after(6))
    assert (refused.value.code, refused.value.by.id) == ("held", "amara")
