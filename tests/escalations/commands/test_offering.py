"""Accept and decline: what was offered, by whom it may be answered, and what stands open to whom."""

import json
import uuid
from datetime import timedelta

import pytest

from escalations import access, commands, lifecycle
from escalations.commands import Command
from escalations.models import CommandAnswer, Escalation, Remark, Requirement
from escalations.refusals import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import NOW, after, escalation, viewer

pytestmark = pytest.mark.django_db

UNTIL = NOW + timedelta(seconds=45)


def offered(case, to):
    return lifecycle.offer(case, to=to, until=UNTIL, now=NOW)


def command(case, name, **arguments):
    return Command(name, str(uuid.uuid4()), case.id, case.version, arguments)


def kinds(case):
    return list(case.events.order_by("position").values_list("kind", flat=True))


def hidden(case):
    """Nobody has the skill that this case needs."""
    requirement, _ = Requirement.objects.get_or_create(
        key="gold:5", defaults={"skills": {"gold": 5}}
    )
    Escalation.objects.filter(pk=case.pk).update(requirement=requirement)
    case.refresh_from_db()
    return case


def test_accepting_gives_the_lease_and_counts_once():
    dana = viewer()
    case = offered(escalation(), dana)
    sent = command(case, "accept")
    first = commands.perform(dana, sent, now=after(3))
    assert commands.perform(dana, sent, now=after(4)) == first
    assert (first["state"], first["version"]) == ("held", 3)
    assert kinds(case) == ["received", "offered", "accepted"]
    assert CommandAnswer.objects.count() == 1


def test_declining_takes_a_reason_and_keeps_the_words_out_of_the_record():
    dana = viewer()
    case = offered(escalation(), dana)
    sent = command(case, "decline", reason_code="conflict", text="She is my neighbour.\0")
    assert commands.perform(dana, sent, now=after(3))["state"] == "waiting"
    said = json.loads(bytes(case.events.get(kind="declined").body))
    assert (said["facts"]["reason"], "neighbour" in str(said)) == ("conflict", False)
    assert Remark.objects.get().text == "She is my neighbour."


@pytest.mark.parametrize("reason", ["", "no_idea", None, 4])
def test_declining_without_a_known_reason_is_refused(reason):
    dana = viewer()
    case = offered(escalation(), dana)
    with pytest.raises(Invalid) as refused:
        commands.perform(dana, command(case, "decline", reason_code=reason), now=after(3))
    assert [fault.pointer for fault in refused.value.errors] == ["/reason_code"]
    case.refresh_from_db()
    assert case.state == "offered"


def test_words_of_more_than_1000_characters_are_refused():
    dana = viewer()
    case = offered(escalation(), dana)
    sent = command(case, "decline", reason_code="other", text="a" * 1001)
    with pytest.raises(Invalid) as refused:
        commands.perform(dana, sent, now=after(3))
    assert [fault.pointer for fault in refused.value.errors] == ["/text"]


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_an_offer_that_is_over_is_not_answered(name):
    dana = viewer()
    case = offered(escalation(), dana)
    with pytest.raises(Conflict) as refused:
        commands.perform(dana, command(case, name, reason_code="busy"), now=after(46))
    assert refused.value.code == "offer_over"


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_the_offer_of_another_is_not_answered(name):
    case = offered(escalation(), viewer("kofi"))
    with pytest.raises(Conflict) as refused:
        commands.perform(viewer("dana"), command(case, name, reason_code="busy"), now=after(3))
    assert refused.value.code == "offer_over"


@pytest.mark.parametrize("name", sorted(verb.name for verb in commands.every()))
def test_a_case_offered_to_another_is_not_there_without_the_skill(name):
    case = offered(hidden(escalation()), viewer("kofi"))
    with pytest.raises(NotFound):
        commands.perform(viewer("dana"), command(case, name, reason_code="busy"), now=after(3))


def test_who_is_offered_a_case_below_the_wished_level_sees_it_and_may_decide_it():
    kofi = viewer("kofi")
    case = offered(hidden(escalation()), kofi)
    assert access.escalation_for(kofi, case.id).number == case.number
    done = commands.perform(kofi, command(case, "approve"), now=after(3))
    assert done["state"] == "decided"


def test_a_supervisor_takes_a_case_that_is_offered_to_another():
    case, ruth = offered(escalation(), viewer("kofi")), viewer("ruth", "supervisor")
    assert commands.open_to(ruth, case) == {"claim", "note"}
    assert commands.perform(ruth, command(case, "claim"), now=after(3))["state"] == "held"
    case.refresh_from_db()
    assert (case.held_by_id, case.offered_to_id) == (ruth.user_id, None)


def test_a_reviewer_does_not_take_a_case_that_is_offered_to_another():
    case, dana = offered(escalation(), viewer("kofi")), viewer("dana")
    assert commands.open_to(dana, case) == {"note"}
    with pytest.raises(Conflict) as refused:
        commands.perform(dana, command(case, "claim"), now=after(3))
    assert (refused.value.code, refused.value.by.id) == ("offered", "kofi")


def test_a_snoozed_case_wakes_when_it_is_claimed():
    dana = viewer()
    case = escalation()
    case = lifecycle.snooze(case, by=dana, version=1, until=after(3600), now=NOW)
    assert commands.open_to(dana, case) == {"claim", "note"}
    assert commands.perform(dana, command(case, "claim"), now=after(60))["state"] == "held"


def test_what_stands_open_to_whom():
    kofi, ruth = viewer("kofi"), viewer("ruth", "supervisor")
    auditor = viewer("vera", "auditor")
    case = offered(escalation(), kofi)
    answers = {
        "approve",
        "edit",
        "reject",
        "respond",
        "choose",
        "redirect",
        "pass_on",
        "snooze",
        "take_over",
        "ask",
    }
    assert commands.open_to(kofi, case) == answers | {"accept", "decline", "note"}
    assert commands.open_to(auditor, case) == set()
    case = lifecycle.accept(case, by=kofi, now=after(1))
    assert commands.open_to(kofi, case) >= answers | {"release", "heartbeat"}
    assert commands.open_to(ruth, case) == {"ask_handover", "note"}


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_auditors_answer_no_offer(name):
    case = offered(escalation(), viewer("kofi"))
    with pytest.raises(NotAllowed):
        commands.perform(viewer("vera", "auditor"), command(case, name), now=after(3))
