"""Asking for a held case: kept, given, silence, and everything that may happen meanwhile."""

import uuid

import pytest

from escalations import commands, lifecycle
from escalations.commands import Command
from escalations.models import Escalation, State
from escalations.proposal.choices import Choice
from escalations.refusals import Conflict, NotAllowed
from routing.attendance import presence
from routing.models import Handover, Notice, Presence
from routing.people import units
from routing.transfers import handovers
from tests.factories import NOW, after, escalation, viewer
from tests.standing import STATES, in_state

pytestmark = pytest.mark.django_db

SILENCE = handovers.COURTESY.total_seconds()


@pytest.fixture
def dana():
    return there(viewer("dana"))


@pytest.fixture
def priya():
    return there(viewer("priya"))


@pytest.fixture
def case(dana):
    return lifecycle.claim(escalation(), by=dana, now=NOW)


def there(someone, state="present"):
    Presence.objects.update_or_create(
        person_id=someone.user_id, defaults={"state": state, "since": NOW, "seen_at": NOW}
    )
    return someone


def act(by, case, name, *, now=NOW):
    return commands.perform(by, Command(name, str(uuid.uuid4()), case.id, 0), now=now)


def outcome():
    return Handover.objects.get().outcome


def notices(someone):
    told = Notice.objects.filter(person=someone.user_id).order_by("pk")
    return list(told.values_list("kind", "text"))


def kinds(case):
    return list(case.events.order_by("position").values_list("kind", flat=True))


def holder(case):
    held = Escalation.objects.get(pk=case.pk)
    return held.held_by and held.held_by.username


def test_the_holder_is_told_and_has_time(case, dana, priya):
    act(priya, case, "ask_handover")
    asked = Handover.objects.get()
    assert (asked.asked_by_id, asked.holder_id) == (priya.user_id, dana.user_id)
    assert (asked.until - asked.asked_at, asked.outcome) == (handovers.COURTESY, "open")
    assert notices(dana) == [("asked", f"Priya Whitlock asks to take over {case.case_number}.")]
    assert [one.pk for one in handovers.open_for(dana.user_id)] == [asked.pk]
    assert [one.pk for one in handovers.open_for(priya.user_id)] == [asked.pk]
    assert (holder(case), kinds(case)[-1]) == ("dana", "handover_asked")


def test_asking_twice_asks_once(case, priya):
    act(priya, case, "ask_handover")
    act(priya, case, "ask_handover", now=after(5))
    assert Handover.objects.count() == 1


def test_a_second_asker_is_told_who_was_first(case, priya):
    act(priya, case, "ask_handover")
    with pytest.raises(Conflict) as refused:
        act(viewer("kofi"), case, "ask_handover")
    assert (refused.value.code, refused.value.by.id) == ("asked", "priya")


def test_the_holder_keeps_it(case, dana, priya):
    act(priya, case, "ask_handover")
    act(dana, case, "keep_handover", now=after(3))
    assert (outcome(), holder(case)) == ("kept", "dana")
    assert notices(priya) == [("kept", f"Dana Whitlock keeps {case.case_number}.")]
    assert handovers.sweep(after(SILENCE + 1)) == 0
    assert (holder(case), kinds(case)[-1]) == ("dana", "handover_kept")


def test_who_was_told_that_it_is_kept_asks_again_after_a_while(case, dana, priya):
    act(priya, case, "ask_handover")
    act(dana, case, "keep_handover", now=after(3))
    with pytest.raises(Conflict) as refused:
        act(priya, case, "ask_handover", now=after(10))
    again = after(3) + handovers.ASK_AGAIN
    assert (refused.value.code, refused.value.by.id, refused.value.at) == ("kept", "dana", again)
    assert refused.value.detail == "Dana Whitlock keeps it; you can ask again in 5 min."
    act(viewer("kofi"), case, "ask_handover", now=after(10))
    act(dana, case, "keep_handover", now=after(11))
    act(priya, case, "ask_handover", now=again)
    assert [kind for kind, _ in notices(dana)] == ["asked"] * 3


def test_the_holder_hands_it_over_with_its_units(case, dana, priya):
    act(priya, case, "ask_handover")
    act(dana, case, "give_handover", now=after(3))
    assert (outcome(), holder(case)) == ("given", "priya")
    assert (units.load(dana.user_id)[0], units.load(priya.user_id)[0]) == (0, 1)
    assert notices(priya) == [("given", f"Dana Whitlock handed you {case.case_number}.")]
    assert notices(dana)[-1] == ("taken", f"Priya Whitlock took over {case.case_number}.")


def test_silence_hands_it_over_never_early_and_once(case, priya):
    act(priya, case, "ask_handover")
    assert handovers.sweep(after(SILENCE - 1)) == 0
    assert handovers.sweep(after(SILENCE)) == 1
    assert handovers.sweep(after(SILENCE)) == 0
    assert (outcome(), holder(case), kinds(case)[-1]) == ("given", "priya", "handed_over")


def test_what_silence_handed_over_stays_with_whoever_is_there(case, priya):
    act(priya, case, "ask_handover")
    handovers.sweep(after(SILENCE))
    for seconds in (45, 90, 135):
        presence.beat({priya.user_id: True}, after(SILENCE + seconds))
        assert not lifecycle.lose_lease(case, now=after(SILENCE + seconds + 15))
    assert lifecycle.lose_lease(case, now=after(SILENCE + 200))


def test_silence_gives_nothing_to_who_is_not_there_any_more(case, priya):
    act(priya, case, "ask_handover")
    there(priya, "offline")
    assert handovers.sweep(after(SILENCE)) == 1
    assert (outcome(), holder(case)) == ("over", "dana")
    told = f"You were not there, so {case.case_number} was not handed to you."
    assert notices(priya) == [("kept", told)]


def test_silence_gives_nothing_to_who_has_no_room_any_more(case, priya):
    act(priya, case, "ask_handover")
    for _ in range(units.UNITS):
        lifecycle.claim(escalation(), by=priya, now=NOW)
    assert handovers.sweep(after(SILENCE)) == 1
    assert (outcome(), holder(case)) == ("over", "dana")
    assert units.load(priya.user_id) == (units.UNITS, units.UNITS)


def test_handing_it_to_who_has_no_room_is_refused_in_a_sentence(case, dana, priya):
    act(priya, case, "ask_handover")
    for _ in range(units.UNITS):
        lifecycle.claim(escalation(), by=priya, now=NOW)
    with pytest.raises(Conflict) as refused:
        act(dana, case, "give_handover")
    assert refused.value.detail == "Priya Whitlock cannot take it at the moment; it stays yours."
    assert (outcome(), holder(case)) == ("open", "dana")


def test_the_holder_decides_meanwhile_and_the_asker_is_told(case, dana, priya):
    act(priya, case, "ask_handover")
    lifecycle.decide(
        case, Choice("approve"), by=dana, version=case.version, reject_reasons=[], now=after(2)
    )
    assert handovers.sweep(after(3)) == 1
    assert outcome() == "over"
    assert notices(priya) == [("kept", f"Dana Whitlock decided {case.case_number} meanwhile.")]


def test_the_lease_ends_meanwhile_and_the_asker_has_it(case, priya):
    act(priya, case, "ask_handover", now=after(59))
    case.refresh_from_db()
    assert lifecycle.lose_lease(case, now=after(61))
    assert handovers.sweep(after(61)) == 1
    assert (outcome(), holder(case)) == ("given", "priya")


@pytest.mark.parametrize("kind", ["release", "lease"])
def test_what_is_given_back_goes_to_the_asker_at_once(
    case, dana, priya, kind, django_capture_on_commit_callbacks
):
    act(priya, case, "ask_handover")
    with django_capture_on_commit_callbacks(execute=True):
        if kind == "release":
            lifecycle.release(case, by=dana, version=case.version, now=after(5))
        else:
            lifecycle.lose_lease(case, now=after(61))
    assert (outcome(), holder(case)) == ("given", "priya")


def test_a_case_that_was_snoozed_meanwhile_ends_the_question(case, dana, priya):
    act(priya, case, "ask_handover")
    lifecycle.snooze(case, by=dana, version=case.version, until=after(3600), now=after(2))
    assert handovers.sweep(after(3)) == 1
    told = f"{case.case_number} is not Dana Whitlock’s any more: it is snoozed."
    assert (outcome(), notices(priya)) == ("over", [("kept", told)])


def test_a_supervisor_takes_it_at_once(case, dana, priya):
    act(priya, case, "ask_handover")
    ruth = viewer("ruth", "supervisor")
    act(ruth, case, "ask_handover", now=after(2))
    assert (holder(case), outcome()) == ("ruth", "over")
    assert notices(dana)[-1] == ("taken", f"Ruth Whitlock took over {case.case_number}.")


@pytest.mark.parametrize("name", ["keep_handover", "give_handover"])
@pytest.mark.parametrize("who", ["asker", "stranger", "holder_unasked"])
def test_only_the_holder_answers_and_only_when_asked(case, dana, priya, name, who):
    if who != "holder_unasked":
        act(priya, case, "ask_handover")
    by = {"asker": priya, "stranger": viewer("kofi"), "holder_unasked": dana}[who]
    with pytest.raises(Conflict) as refused:
        act(by, case, name)
    assert (refused.value.code, holder(case)) == ("not_asked", "dana")


@pytest.mark.parametrize("state", STATES)
def test_only_what_somebody_else_holds_can_be_asked_for(state, dana, priya):
    case = in_state(state, dana)
    if state in State.held():
        act(priya, case, "ask_handover")
    else:
        with pytest.raises(Conflict):
            act(priya, case, "ask_handover")
    assert Handover.objects.count() == (1 if state in State.held() else 0)


def test_the_holder_asks_nobody_for_their_own(case, dana):
    with pytest.raises(Conflict) as refused:
        act(dana, case, "ask_handover")
    assert refused.value.detail == "You hold it already."


def test_whom_the_agent_excludes_and_who_has_no_room_asks_in_vain(case, priya):
    Escalation.objects.filter(pk=case.pk).update(excluded=["priya"])
    with pytest.raises(NotAllowed):
        act(priya, case, "ask_handover")
    Escalation.objects.filter(pk=case.pk).update(excluded=[])
    for _ in range(units.UNITS):
        lifecycle.claim(escalation(), by=priya, now=NOW)
    with pytest.raises(NotAllowed) as refused:
        act(priya, case, "ask_handover")
    assert (refused.value.code, Handover.objects.count()) == ("full", 0)
