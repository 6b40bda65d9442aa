"""What each seat is told of a case, and of what is only theirs."""

import json

import pytest

from console.hints import hub
from escalations import intake, lifecycle
from escalations.live import seats, updates
from escalations.models import Escalation, Requirement
from tests.factories import NOW, REFUND, after, escalation, key, viewer

pytestmark = pytest.mark.django_db

ASKS = {"requested": {"skills": ["refunds"]}}


def told(seat, case, left=()):
    (change,) = updates.read([case.number])
    frame = seat.frame_for(change, left)
    return None if frame is None else json.loads(frame["text"])


def needs_gold(case):
    requirement, _ = Requirement.objects.get_or_create(key="gold", defaults={"skills": {"gold": 5}})
    Escalation.objects.filter(pk=case.pk).update(requirement=requirement)
    return Escalation.objects.get(pk=case.pk)


def test_an_offer_is_mine_to_one_team_to_others_and_nothing_to_who_may_not_see_it():
    kofi, dana, gil = viewer("kofi"), viewer("dana"), viewer("gil", gold=5)
    case = lifecycle.offer(needs_gold(escalation()), to=kofi, until=after(45), now=NOW)
    assert told(seats.Seat(None, kofi, ""), case)["tab"] == "mine"
    assert told(seats.Seat(None, gil, ""), case)["tab"] == "team"
    assert told(seats.Seat(None, dana, ""), case) is None


def test_a_case_that_was_lent_to_somebody_without_the_skill_is_gone_once():
    kofi = viewer("kofi")
    seat = seats.Seat(None, kofi, "")
    case = lifecycle.offer(needs_gold(escalation()), to=kofi, until=after(45), now=NOW)
    assert told(seat, case)["type"] == "row"
    case = lifecycle.decline(case, by=kofi, reason="skill", now=after(3))
    assert told(seat, case) == {"type": "gone", "escalation": case.id, "version": 3}
    assert told(seat, case) is None


def test_what_asked_by_name_before_the_screen_was_open_is_gone_when_it_goes_elsewhere():
    kofi, dana, gil = viewer("kofi"), viewer("dana"), viewer("gil", gold=5)
    case = lifecycle.pass_on(needs_gold(escalation()), by=gil, version=1, person=kofi, now=NOW)
    both = [
        seats.Seat(None, one, "", Escalation.objects.lent_to(one.user_id, one.username))
        for one in (kofi, dana)
    ]
    assert told(seats.Seat(None, kofi, ""), case)["tab"] == "mine"
    case = lifecycle.pass_on(case, by=gil, version=2, person=gil, now=NOW)
    gone = {"type": "gone", "escalation": case.id, "version": 3}
    assert [told(seat, case) for seat in both] == [gone, None]
    assert [told(seat, case) for seat in both] == [None, None]


def test_what_others_have_and_asks_for_somebody_by_name_is_gone_when_it_is_over():
    kofi, gil = viewer("kofi"), viewer("gil", gold=5)
    case = lifecycle.pass_on(needs_gold(escalation()), by=gil, version=1, person=kofi, now=NOW)
    lifecycle.claim(case, by=gil, now=NOW)
    seat = seats.Seat(None, kofi, "", Escalation.objects.lent_to(kofi.user_id, "kofi"))
    case = lifecycle.cancel(case, agent="mira", now=after(1))
    assert [told(seat, case)["type"], told(seat, case)] == ["gone", None]


def test_what_is_lent_is_read_in_one_statement(django_assert_num_queries):
    kofi, gil = viewer("kofi"), viewer("gil", gold=5)
    lent = [needs_gold(escalation()) for _ in range(4)]
    by_name = [
        lifecycle.pass_on(case, by=gil, version=1, person=kofi, now=NOW) for case in lent[:3]
    ]
    lifecycle.claim(by_name[0], by=kofi, now=NOW)
    lifecycle.snooze(by_name[1], by=kofi, version=2, until=after(600), now=NOW)
    lifecycle.offer(lent[3], to=kofi, until=after(45), now=NOW)
    with django_assert_num_queries(1):
        assert Escalation.objects.lent_to(kofi.user_id, "kofi") == {case.id for case in lent}
    assert Escalation.objects.lent_to(gil.user_id, "gil") == set()


def test_a_snoozed_case_is_told_to_whom_it_comes_back_and_leaves_all_others():
    kofi, dana, ruth = viewer("kofi"), viewer("dana"), viewer("ruth", "supervisor")
    case = lifecycle.snooze(escalation(), by=kofi, version=1, until=after(600), now=NOW)
    assert told(seats.Seat(None, kofi, ""), case)["tab"] == "snoozed"
    assert told(seats.Seat(None, ruth, ""), case)["tab"] == "snoozed"
    assert told(seats.Seat(None, dana, ""), case)["type"] == "gone"


def test_a_case_that_asks_for_other_skills_is_gone_for_who_saw_it_by_the_old_ones():
    kofi, dana, gil = viewer("kofi", refunds=3), viewer("dana"), viewer("gil", gold=5)
    case = needs_gold(escalation())
    gone = {"type": "gone", "escalation": case.id, "version": 1}
    left = [{"refunds": 2}]
    assert told(seats.Seat(None, kofi, ""), case, left) == gone
    assert told(seats.Seat(None, dana, ""), case, left) is None
    assert told(seats.Seat(None, gil, ""), case, left)["tab"] == "mine"


@pytest.mark.parametrize("onward", ["passed_on", "revised"])
def test_what_a_case_asked_for_until_now_is_announced(onward, django_capture_on_commit_callbacks):
    mira, gil, _ = key(), viewer("gil", refunds=3), viewer("ines", gold=5)
    case = escalation(by=mira, **ASKS)
    with django_capture_on_commit_callbacks() as leaving:
        if onward == "passed_on":
            lifecycle.pass_on(case, by=gil, version=1, skills={"gold": 5}, now=NOW)
        else:
            intake.revise(mira, case, json.dumps(REFUND).encode(), now=NOW)
    assert [one["left"] for one in announced(leaving)] == [{"refunds": 1}]


def test_a_case_that_keeps_its_skills_left_none(django_capture_on_commit_callbacks):
    mira, gil, ines = key(), viewer("gil", refunds=3), viewer("ines", refunds=3)
    case = escalation(by=mira, **ASKS)
    with django_capture_on_commit_callbacks() as leaving:
        lifecycle.pass_on(case, by=gil, version=1, person=ines, now=NOW)
        intake.revise(mira, case, json.dumps(REFUND | ASKS).encode(), now=NOW)
    assert [set(one) & {"left"} for one in announced(leaving)] == [set(), set()]


def announced(leaving):
    """What is said of cases on commit."""
    said = [one.args[0] for one in leaving if getattr(one, "func", None) is hub.publish]
    return [message for message in said if message["type"] == "escalation"]


async def test_a_notice_goes_to_one_person_only():
    heard = {"kofi": [], "dana": []}

    def seat(number, name):
        async def send(message):
            heard[name].append(json.loads(message["text"]))

        return seats.Seat(send, seats.Viewer(number, username=name, name=name), "")

    here = seats.Desk()
    here.seats = {seat(1, "kofi"), seat(2, "dana")}
    here._notify({"type": "notice", "person": 1, "kind": "offer", "escalation": "esc_1"})
    assert heard == {
        "kofi": [{"type": "notice", "kind": "offer", "escalation": "esc_1"}],
        "dana": [],
    }


JOINING = []


def none_of(keys):
    """What `VIEWERS_NOW` names here: nobody is signed in, and meanwhile somebody takes a seat."""
    for desk, seat in JOINING:
        desk.seats.add(seat)
    return {}


async def test_whoever_sits_down_while_rights_are_asked_is_not_signed_out(settings):
    settings.VIEWERS_NOW = f"{__name__}.none_of"
    heard = {"kofi": [], "dana": []}

    def seat(number, name):
        async def send(message):
            heard[name].append(message.get("code"))

        return seats.Seat(send, seats.Viewer(number, username=name, name=name), name)

    here = seats.Desk()
    here.seats = {seat(1, "kofi")}
    JOINING[:] = [(here, seat(2, "dana"))]
    await here._recheck()
    assert heard == {"kofi": [None, seats.SIGNED_OUT], "dana": []}
