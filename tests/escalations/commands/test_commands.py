"""One table of commands for socket and forms; each command counts once."""

import json
import uuid
from dataclasses import replace

import pytest
from django.db import connection

from escalations import commands
from escalations.commands import Command
from escalations.models import CommandAnswer, Decision
from escalations.policy import versions
from escalations.refusals import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import NOW, REFUND, after, escalation, viewer

pytestmark = pytest.mark.django_db


def command(case, name="approve", *, version=1, **arguments):
    return Command(
        name=name,
        id=str(uuid.uuid4()),
        escalation=case.id,
        version=version,
        arguments=arguments,
        issued_at=NOW,
    )


def test_repeated_command_gets_the_first_answer_and_changes_nothing():
    case, dana = escalation(), viewer()
    twice = command(case)
    first = commands.perform(dana, twice, now=NOW)
    second = commands.perform(dana, twice, now=after(3))
    assert first == second
    assert Decision.objects.count() == 1
    assert CommandAnswer.objects.count() == 1


@pytest.mark.parametrize("other", ["case", "command"])
def test_an_id_that_was_used_for_something_else_is_refused(other):
    first, second, dana = escalation(), escalation(), viewer()
    sent = command(first)
    commands.perform(dana, sent, now=NOW)
    again = replace(sent, escalation=second.id) if other == "case" else replace(sent, name="reject")
    with pytest.raises(Conflict) as refused:
        commands.perform(dana, again, now=NOW)
    assert refused.value.code == "id_used"
    assert commands.perform(dana, sent, now=NOW)["outcome"] == "approved"
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(("words", "others"), [("a", "b"), ("", "b"), ("a", "")])
def test_an_id_that_was_used_with_other_words_is_refused(words, others):
    """Who goes back in the browser and sends the form again with another amount is not told that
    this one was sent; nor who adds words to a bare press, or takes them out."""
    case, dana = escalation(), viewer()
    first = replace(command(case, "respond", message="Ask for the receipt."), said=words)
    done = commands.perform(dana, first, now=NOW)
    changed = replace(first, arguments={"message": "Refund."}, said=others)
    with pytest.raises(Conflict, match="What was sent first counted"):
        commands.perform(dana, changed, now=after(1))
    assert commands.perform(dana, replace(first, issued_at=after(1)), now=after(1)) == done
    assert Decision.objects.count() == 1


OTHERS = {
    "version": {"version": 2},
    "digest": {"digest": "0" * 64},
    "no digest": {"digest": None},
    "argument": {"arguments": {"message": "Refund it."}},
    "one more": {"arguments": {"message": "Ask for a photo.", "instructions": "Today."}},
    "words": {"said": "typed"},
}


@pytest.mark.parametrize("other", OTHERS)
def test_an_id_belongs_to_what_was_first_sent_under_it(other):
    case, dana = escalation(), viewer()
    sent = command(case, "respond", message="Ask for a photo.", how="click", active_s=3)
    sent = replace(sent, digest=case.digest)
    done = commands.perform(dana, sent, now=NOW)
    with pytest.raises(Conflict, match="What was sent first counted") as refused:
        commands.perform(dana, replace(sent, **OTHERS[other]), now=after(1))
    assert refused.value.code == "id_used"
    # Pressed once more by another hand movement, later.
    again = {"message": "Ask for a photo.", "how": "key", "active_s": 9, "opened": ["evidence"]}
    repeated = replace(sent, arguments=again, issued_at=after(2))
    assert commands.perform(dana, repeated, now=after(2)) == done
    assert (Decision.objects.count(), CommandAnswer.objects.count()) == (1, 1)


def test_what_an_earlier_version_kept_is_still_answered_as_the_first():
    case, dana = escalation(), viewer()
    sent = replace(command(case), said="typed")
    done = commands.perform(dana, sent, now=NOW)
    kept = CommandAnswer.objects.get()
    del kept.answer["content"]
    kept.answer["said"] = "typed"
    kept.save()
    assert commands.perform(dana, sent, now=after(1)) == done
    with pytest.raises(Conflict, match="What was sent first counted"):
        commands.perform(dana, replace(sent, said="other"), now=after(1))


@pytest.mark.parametrize("name", ["claim", "approve", "release"])
def test_an_id_that_somebody_else_used_is_refused(name):
    case, dana, ravi = escalation(), viewer(), viewer("ravi")
    first = command(case, "claim" if name == "release" else name)
    done = commands.perform(dana, first, now=NOW)
    before = Decision.objects.count()
    with pytest.raises(Conflict) as refused:
        commands.perform(ravi, replace(first, name=name, version=done["version"]), now=NOW)
    assert refused.value.code == "id_used"
    assert (Decision.objects.count(), CommandAnswer.objects.count()) == (before, 1)
    assert commands.perform(dana, first, now=NOW) == done


@pytest.mark.django_db(transaction=True)
def test_an_id_that_somebody_else_used_on_another_case_decides_nothing():
    first, second = escalation(), escalation()
    sent = command(first)
    commands.perform(viewer(), sent, now=NOW)
    with pytest.raises(Conflict) as refused:
        commands.perform(viewer("ravi"), replace(sent, escalation=second.id), now=NOW)
    assert refused.value.code == "id_used"
    second.refresh_from_db()
    assert (second.state, Decision.objects.count()) == ("waiting", 1)


def test_claim_then_edit_carries_the_exact_call():
    case, dana = escalation(), viewer()
    claimed = commands.perform(dana, command(case, "claim"), now=NOW)
    edit = {
        "action_id": "a1",
        "type": "edit",
        "edited": {"name": "refund", "args": {"order_id": "HP-20931", "amount": "68.00"}},
    }
    done = commands.perform(
        dana,
        command(
            case,
            "edit",
            version=claimed["version"],
            actions=[edit],
            response={"text": "Dear Inès, we have refunded €68.00."},
        ),
        now=after(4),
    )
    document = Decision.objects.get().document
    assert (done["state"], document["outcome"], document["proceed"]) == ("decided", "edited", True)
    assert document["actions"] == [{**edit, "call": edit["edited"]}]
    assert document["response"] == {
        "text": "Dear Inès, we have refunded €68.00.",
        "edited": True,
        "sent_by": "agent",
    }


@pytest.mark.parametrize("named", [True, False])
def test_an_edit_that_changes_nothing_is_an_edit_all_the_same(named):
    case, dana = escalation(), viewer()
    action = REFUND["proposed_actions"][0]
    same = {"name": action["name"], "args": action["args"]}
    edit = {"action_id": "a1", "type": "edit", "edited": same}
    commands.perform(dana, command(case, "edit", **({"actions": [edit]} if named else {})), now=NOW)
    decided = case.events.get(kind="decided")
    assert Decision.objects.get().document["actions"] == [{**edit, "call": same}]
    assert (Decision.objects.get().outcome, json.loads(decided.body)["facts"]["change"]) == (
        "edited",
        "none",
    )


def test_reject_takes_a_preset_reason_or_other():
    dana = viewer()
    first = escalation()
    with pytest.raises(Invalid) as refused:
        commands.perform(dana, command(first, "reject", reason_code="because"), now=NOW)
    assert [fault.pointer for fault in refused.value.errors] == ["/reason_code"]
    commands.perform(dana, command(first, "reject", reason_code="not_justified"), now=NOW)
    commands.perform(dana, command(escalation(), "reject"), now=NOW)
    codes = [decision.document["reason_code"] for decision in Decision.objects.order_by("id")]
    assert codes == ["not_justified", "other"]
    assert [decision.proceed for decision in Decision.objects.all()] == [False, False]


def test_respond_answers_instead_of_the_tool():
    case, dana = escalation(), viewer()
    with pytest.raises(Invalid):
        commands.perform(dana, command(case, "respond", response={"text": "  "}), now=NOW)
    commands.perform(dana, command(case, "respond", response={"text": "Ask for a photo."}), now=NOW)
    document = Decision.objects.get().document
    assert (document["outcome"], document["proceed"]) == ("responded", True)
    assert document["actions"] == [
        {"action_id": "a1", "type": "respond", "message": "Ask for a photo."}
    ]


def test_choose_names_the_option():
    options = [
        {"id": "wait", "label": "Wait"},
        {"id": "send", "label": "Send", "recommended": True},
    ]
    package = {"task_type": "x", "summary": "Which one?", "requested": {"options": options}}
    case, dana = escalation(package), viewer()
    with pytest.raises(Invalid):
        commands.perform(dana, command(case, "choose", option_id="fly"), now=NOW)
    commands.perform(dana, command(case, "choose", option_id="send"), now=NOW)
    document = Decision.objects.get().document
    assert (document["outcome"], document["option_id"]) == ("responded", "send")


def test_several_actions_decided_one_by_one_are_mixed():
    actions = [{"id": name, "name": "refund", "args": {"order": name}} for name in "ab"]
    case, dana = escalation(proposed_actions=actions), viewer()
    one = [{"action_id": "a", "type": "approve"}]
    with pytest.raises(Invalid) as refused:
        commands.perform(dana, command(case, "approve", actions=one), now=NOW)
    assert "Say what happens to" in refused.value.detail
    both = [{"action_id": "a", "type": "approve"}, {"action_id": "b", "type": "reject"}]
    commands.perform(dana, command(case, "approve", actions=both), now=NOW)
    document = Decision.objects.get().document
    assert (document["outcome"], document["proceed"]) == ("mixed", True)
    assert [action["type"] for action in document["actions"]] == ["approve", "reject"]


def test_verb_that_is_not_allowed_is_refused():
    action = {"id": "a1", "name": "refund", "args": {}, "allowed_decisions": ["approve", "reject"]}
    case = escalation(proposed_actions=[action])
    with pytest.raises(Invalid) as refused:
        commands.perform(viewer(), command(case, "respond", response={"text": "No."}), now=NOW)
    assert refused.value.errors[0].pointer == "/actions"


def test_command_older_than_30_s_is_refused():
    case = escalation()
    with pytest.raises(Conflict) as refused:
        commands.perform(viewer(), command(case), now=after(31))
    assert refused.value.code == "too_old"


def test_case_of_another_skill_is_not_there():
    case = escalation()
    case.requirement.skills = {"refunds": 3}
    case.requirement.save()
    with pytest.raises(NotFound):
        commands.perform(viewer("amara", refunds=2), command(case), now=NOW)
    done = commands.perform(viewer("dana", refunds=3), command(case), now=NOW)
    assert done["state"] == "decided"


def test_auditor_may_not_decide():
    with pytest.raises(NotAllowed):
        commands.perform(viewer("ruth", "auditor"), command(escalation()), now=NOW)


def test_unknown_command_is_refused():
    with pytest.raises(Invalid) as refused:
        commands.perform(viewer(), command(escalation(), "teleport"), now=NOW)
    assert refused.value.code == "unknown_command"


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(("before", "sqlite"), [("free", 6), ("held", 7)])
def test_statements_of_a_decision_are_constant(size, before, sqlite, django_assert_num_queries):
    dana = viewer()
    case, *_ = (escalation(proposed_actions=REFUND["proposed_actions"]) for _ in range(size))
    version = 1
    if before == "held":
        version = commands.perform(dana, command(case, "claim"), now=NOW)["version"]
    versions.current()
    # What is known, then what is written: on SQLite the case, decision, line, answer and unit.
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else sqlite - 1):
        commands.perform(dana, command(case, version=version), now=after(4))


@pytest.mark.parametrize(("name", "postgresql", "sqlite"), [("claim", 12, 13)])
def test_statements_of_a_claim_are_constant(name, postgresql, sqlite, django_assert_num_queries):
    case, dana = escalation(), viewer()
    count = postgresql if connection.vendor == "postgresql" else sqlite
    with django_assert_num_queries(count):
        commands.perform(dana, command(case, name), now=NOW)


def test_an_id_that_is_too_long_is_refused_and_not_cut():
    """Two that begin alike would be one, and the second lost."""
    dana, case = viewer("dana"), escalation()
    for last in "12":
        sent = commands.Command("note", "x" * 64 + last, case.id, case.version, {"text": last})
        with pytest.raises(Invalid, match="at most 64"):
            commands.perform(dana, sent, now=NOW)
    assert not case.remarks.exists()
