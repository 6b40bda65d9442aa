"""What stands where it is not read keeps the machine from going on alone; what says nothing of the
case does not."""

import pytest

from escalations.package import shape
from escalations.schemas.package import SHAPE
from escalations.triage import misplaced
from tests.escalations.triage.judging import NOW, judge, package, policy

ALONE = policy(refund={"title": "Refunds", "level": 1})
ACTION = {"id": "a1", "name": "note.write", "args": {"text": "x"}}
WISH = [{"role": "customer", "text": "Something is wrong here"}]
UNREAD = [
    ("messages", WISH, "context.conversation.messages"),
    ("chat_history", WISH, "context.conversation.messages"),
    ("conversation", {"messages": WISH}, "context.conversation"),
    ("tool_calls", [{"name": "refund"}], "proposed_actions"),
    ("actions", [{"name": "refund"}], "proposed_actions"),
    ("interruptions", [{"value": "ok?"}], "proposed_actions"),
    ("question", "Shall I?", "summary"),
    ("riskLevel", "high", "risk.level"),
    ("urgency", "high", "priority"),
    ("sentiment", -0.9, "context.conversation.messages.sentiment"),
    ("reviewers", ["dana"], "requested.assignee"),
    ("reason", "The customer is angry", "trigger.reason"),
    ("amount", 5000, "risk.amount"),
    ("severity", "critical", "risk.level"),
    ("approvals_needed", 2, "requested.approvals_needed"),
    ("assignee", "dana", "requested.assignee"),
    ("deadline", {"expires_at": NOW.isoformat()}, "deadlines"),
    ("flag", ["fraud"], "flags"),
    ("Flags", ["fraud"], "flags"),
]
DEEPER = [
    ({"risk": {"severity": "critical"}}, "severity", "level"),
    ({"flags": [{"code": "x", "level": "critical"}]}, "level", "severity"),
    ({"requested": {"approval_needed": 2}}, "approval_needed", "approvals_needed"),
    ({"deadlines": {"expire_at": "now"}}, "expire_at", "expires_at"),
    ({"proposed_actions": [ACTION | {"parameters": {"a": 1}}]}, "parameters", "args"),
    ({"proposed_actions": [ACTION | {"depend_on": ["a2"]}]}, "depend_on", "depends_on"),
]
HARMLESS = [
    {"request_id": "r1", "order_id": "HP-1", "ticket": 7, "shop": "north", "user_agent": "curl"},
    {"thread_id": "t", "channel": "chat", "language": "de", "webhook": "x", "timestamp": "now"},
    {"customer_id": "c1", "tags": ["a"], "extra": {"amount": 5000}, "notes": "x", "locale": "fr"},
    {"messages": [], "actions": None, "amount": 0, "reason": "", "severity": False},
    {"metadata": {"messages": WISH, "reason": "x"}},
    {"proposed_actions": [ACTION | {"tool_call_id": "t1", "metadata": {"level": 4}}]},
    {"proposed_actions": [ACTION | {"args": {"severity": "critical", "reason": "broken"}}]},
]


@pytest.mark.parametrize(("key", "value", "meant"), UNREAD)
def test_a_field_in_the_wrong_place_gets_a_person(key, value, meant):
    verdict = judge(package(sure=0.99, **{key: value}), ALONE)
    assert (verdict.level, verdict.reasons[0].rule) == (2, "unread")
    assert verdict.reasons[0].sentence == (
        f"The agent sent “{key}”, which is not read; {meant} may be meant."
    )


@pytest.mark.parametrize(("sent", "key", "meant"), DEEPER)
def test_so_does_one_further_in(sent, key, meant):
    verdict = judge(package(sure=0.99, **sent), ALONE)
    said = f"The agent sent “{key}”, which is not read; {meant} may be meant."
    assert verdict.level == 2
    assert said in [one.sentence for one in verdict.reasons]


@pytest.mark.parametrize("sent", HARMLESS)
def test_keys_that_say_nothing_of_the_case_do_not(sent):
    assert judge(package(sure=0.99, **sent), ALONE).level == 1


def test_every_field_that_is_judged_is_one():
    def keys(part):
        yield from part.keys
        for below in part.parts.values():
            yield from keys(below)

    assert set(keys(SHAPE)) >= misplaced.JUDGED


def test_every_other_name_of_a_judged_field_is_found():
    for part, names in shape.OTHER_NAMES.items():
        for key, meant in names.items():
            if meant.rpartition(".")[2] in misplaced.JUDGED and part in {"", "risk"}:
                sent = {key: "said"} if part == "" else {part: {key: "said"}}
                assert list(misplaced.found(sent)) == [(key, meant)]


LIMITED = policy(refund={"title": "Refunds", "level": 1, "amounts": {"EUR": {"alone_up_to": "80"}}})


def test_what_proposes_nothing_clears_nothing_and_passes_no_limit():
    assert judge(package(sure=0.99), ALONE).level == 1
    limited = judge(package(sure=0.99), LIMITED)
    assert limited.level == 2
    assert limited.reasons[0].sentence == "The agent states no amount; refunds have a limit."
