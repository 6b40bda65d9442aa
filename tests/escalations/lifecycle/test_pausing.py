"""Snoozed to a minute: every state, every refusal, and the clock that stands still."""

import json
from datetime import datetime, timedelta

import pytest

from escalations import commands, lifecycle
from escalations.models import Escalation, State
from escalations.policy import check, versions
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid, NotAllowed
from routing.people import units
from tests.factories import NOW, after, escalation, viewer
from tests.standing import STATES, in_state

pytestmark = pytest.mark.django_db

HOUR = 3600
IN_AN_HOUR = after(HOUR)


def snooze(case, by, *, until=IN_AN_HOUR, now=NOW, **more):
    version = more.pop("version", case.version)
    return lifecycle.snooze(case, by=by, version=version, until=until, now=now, **more)


def woken(seconds):
    due = Escalation.objects.waking(after(seconds))
    return sum(lifecycle.wake(case, now=after(seconds)) for case in due)


def kinds(case):
    return list(case.events.order_by("position").values_list("kind", flat=True))


def test_a_snoozed_case_frees_its_unit_and_says_until_when():
    dana = viewer()
    case = lifecycle.claim(escalation(), by=dana, now=NOW)
    case = snooze(case, dana, text="Waits for the parcel.")
    assert (case.state, case.held_by, case.snoozed_until) == ("snoozed", None, after(HOUR))
    assert units.load(dana.user_id) == (0, 5)
    assert kinds(case) == ["received", "claimed", "snoozed"]
    remark = case.remarks.get()
    assert (remark.kind, remark.text, remark.person_id) == (
        "snoozed", "Waits for the parcel.", dana.user_id,
    )  # fmt: skip


def test_the_words_stand_beside_the_record_not_in_it():
    case = snooze(escalation(), viewer(), text="Waits for the parcel.")
    assert b"parcel" not in bytes(case.events.get(kind="snoozed").body)


def test_the_clock_stands_still_and_the_age_stays():
    case, dana = escalation(), viewer()
    due, rank = case.respond_by, case.rank
    snooze(case, dana)
    woken(HOUR)
    case.refresh_from_db()
    assert (case.state, case.arrived_at, case.respond_by) == (
        "waiting", NOW, due + timedelta(hours=1),
    )  # fmt: skip
    assert case.rank == rank + HOUR * 1_000_000


def test_it_wakes_at_its_minute_never_before_and_once():
    case = snooze(escalation(), viewer())
    assert woken(HOUR - 1) == 0
    assert woken(HOUR) == 1
    assert woken(HOUR) == 0
    assert kinds(case) == ["received", "snoozed", "woke"]


@pytest.mark.parametrize(("comes_back", "assignee"), [(True, "dana"), (False, "")])
def test_it_comes_back_to_whoever_put_it_off(comes_back, assignee):
    case = snooze(escalation(), viewer(), comes_back=comes_back)
    lifecycle.wake(case, now=after(HOUR))
    case.refresh_from_db()
    assert case.assignee == assignee


@pytest.mark.parametrize(("asked", "assignee"), [("dana", ""), ("kofi", "kofi")])
def test_it_comes_back_to_whoever_put_it_off_only_if_they_want_it(asked, assignee):
    case = escalation(requested={"assignee": asked})
    assert snooze(case, viewer("dana"), comes_back=False).assignee == assignee


def test_taking_it_back_wakes_it_with_the_time_that_is_left():
    dana = viewer()
    case = escalation()
    due = case.respond_by
    snooze(case, dana)
    case = lifecycle.claim(case, by=dana, now=after(60))
    assert (case.state, case.snoozed_until, case.respond_by) == (
        "held", None, due + timedelta(minutes=1),
    )  # fmt: skip
    assert not lifecycle.wake(case, now=after(HOUR))


@pytest.mark.parametrize(
    ("seconds", "expires", "detail"),
    [
        (0, None, "That time is past; choose one in the future."),
        (-60, None, "That time is past; choose one in the future."),
        (31 * 24 * HOUR, None, "That is too far off; choose a time within 30 days."),
        (HOUR, HOUR, "This case ends at 15:00 on 19 Nov 2026; choose a time before."),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_a_sentence(seconds, expires, detail):
    case = escalation()
    if expires:
        Escalation.objects.filter(pk=case.pk).update(expires_at=after(expires))
    with pytest.raises(Invalid) as refused:
        snooze(case, viewer(), until=after(seconds))
    assert [(f.pointer, f.detail) for f in refused.value.errors] == [("/until", detail)]
    case.refresh_from_db()
    assert (case.state, case.version) == ("waiting", 1)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["dana", "amara"])
def test_every_state(state, who):
    """Dana holds, is offered or decided it; Amara is somebody else."""
    dana, amara = viewer("dana"), viewer("amara")
    case = in_state(state, dana)
    mine = who == "dana"
    may = state == State.WAITING or state == State.SECOND or (mine and state in {"held", "offered"})
    if may and not (state == State.SECOND and mine):
        assert snooze(case, dana if mine else amara).state == "snoozed"
    else:
        with pytest.raises((Conflict, NotAllowed)):
            snooze(case, dana if mine else amara)
        case.refresh_from_db()
        assert case.state == state


def test_a_stale_version_is_refused():
    case, dana = escalation(), viewer()
    with pytest.raises(Conflict) as refused:
        snooze(case, dana, version=7)
    assert refused.value.code == "stale"


def test_a_second_person_is_still_missing_when_it_wakes():
    dana, amara = viewer("dana"), viewer("amara")
    case = snooze(in_state("second", dana), amara)
    lifecycle.wake(case, now=after(HOUR))
    case.refresh_from_db()
    assert case.state == "second"


def test_whom_the_agent_excludes_snoozes_nothing():
    case = escalation()
    Escalation.objects.filter(pk=case.pk).update(excluded=["dana"])
    case.refresh_from_db()
    with pytest.raises(NotAllowed):
        snooze(case, viewer("dana"))


def test_nobody_snoozes_an_alert():
    dana = viewer()
    case = escalation(trigger={"type": "emergency", "reason": "The customer smells gas."})
    with pytest.raises(NotAllowed) as refused:
        snooze(case, dana)
    assert (refused.value.code, refused.value.detail) == (
        "alert", "People are alerted to this case until it is answered; it cannot be snoozed.",
    )  # fmt: skip
    assert "snooze" not in commands.open_to(dana, case)
    assert "snooze" in commands.open_to(dana, escalation(by=case.agent.keys.get()))


OPEN = {"time_zone": "UTC", "week": {day: ["09:00-18:00"] for day in ("thu", "fri")}}
POLICY = {
    "schema": "handoff.policy/1",
    "hours": {"Office": OPEN},
    "task_types": {"refund": {"hours": "Office", "respond_s": 7200}},
}


def at(day, clock):
    return datetime.fromisoformat(f"2026-11-{day}T{clock}Z")


@pytest.mark.parametrize(
    ("put_off", "until", "due", "warned"),
    [
        # Half an hour of Thursday passed; an hour and a half is left on Friday.
        (at(19, "17:30"), at(20, "09:00"), at(20, "10:30"), at(20, "10:06")),
        # Inside one day it is the time of the pause.
        (at(19, "17:10"), at(19, "17:20"), at(20, "10:10"), at(20, "09:46")),
        # Already late: as late as before.
        (at(20, "11:00"), at(20, "12:00"), at(20, "11:00"), at(20, "10:36")),
    ],
)
def test_the_clock_that_stands_still_counts_opening_hours(put_off, until, due, warned):
    expected = versions.current().number
    by = Actor("operator", "test")
    versions.publish(check.check(POLICY), by=by, now=NOW, expected=expected)
    case = escalation(now=at(19, "17:00"))
    assert (case.respond_by, case.alert_at) == (at(20, "10:00"), at(20, "09:36"))
    case = snooze(case, viewer(), until=until, now=put_off)
    lifecycle.wake(case, now=until)
    case.refresh_from_db()
    assert (case.respond_by, case.alert_at) == (due, warned)
    assert case.rank == int(due.timestamp() * 1_000_000)
    woke = json.loads(bytes(case.events.get(kind="woke").body))
    assert woke["facts"]["respond_by"] == f"{due:%Y-%m-%dT%H:%M:%S}.000000Z"
