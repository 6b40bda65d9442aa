"""Passed on, and handed over: every state with each, allowed and refused."""

import pytest

from escalations import lifecycle
from escalations.models import Escalation, Remark, State
from escalations.refusals import Conflict, NotAllowed
from routing import units
from tests.factories import NOW, after, escalation, viewer
from tests.standing import STATES, in_state

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["dana", "amara"])
def test_pass_on_in_every_state(state, who):
    """Dana holds, is offered or decided it; Amara is somebody else."""
    dana, amara, kofi = viewer("dana"), viewer("amara"), viewer("kofi")
    case = in_state(state, dana)
    by, mine = (dana, True) if who == "dana" else (amara, False)
    free = state == State.WAITING or (state == State.SECOND and not mine)
    if free or (mine and state in {"held", "offered"}):
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
    if state == "held":
        case = lifecycle.hand_over(case, holder=dana.user_id, to=amara, now=after(5))
        assert (case.held_by_id, case.fence) == (amara.user_id, fence + 1)
        assert case.lease_until == after(5) + lifecycle.LEASE
        assert (units.load(dana.user_id)[0], units.load(amara.user_id)[0]) == (0, 1)
    else:
        with pytest.raises(Conflict) as refused:
            lifecycle.hand_over(case, holder=dana.user_id, to=amara, now=after(5))
        assert refused.value.code == "not_held"


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
