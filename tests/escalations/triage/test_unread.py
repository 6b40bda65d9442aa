"""What stands where it is not read keeps the machine from going on alone; what says nothing of the
case does not."""

import pytest

from escalations.package import shape
from escalations.schemas.package import SHAPE
from escalations.triage import unread
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
    ("score", 0.99, "risk.score"),
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
    {"customer_id": "c1", "extra": {"amount": 5000}, "locale": "fr", "x-trace": {"a": 1}, "_v": 2},
    {
        "incident_id": "i1",
        "order_ids": ["o1", "o2"],
        "created": "now",
        "type": "refund",
        "tries": 0,
    },
    *(
        {key: no}
        for no in (False, "no", 0, None, "")
        for key in (
            "needs_approval",
            "dry_run",
            "first_run",
            "stream",
            "vip",
            "no_auto_approve",
            "cannot_proceed",
            "apply_discount",
            "requires_human",
            "irreversible",
            "in_progress",
            "retries",
        )
    ),
    {
        "auto_approve": None,
        "ok": "",
        "safe": [],
        "sure": {},
        "kind": "tool_call",
        "type": "chat",
    },
    {"no_human_needed": True, "needs_human": "no", "irreversible": False, "approvals": 0},
    {"context": {"order": {"total": 50, "items": [{"sku": "A1"}]}, "basket": [1], "tags": ["a"]}},
    {"context": {"customer": {"email": "a@b.example", "vip": True, "risk": "low", "plan": "pro"}}},
    {"context": {"conversation": {"topic": "delivery", "subject": "Lamp", "turns": 3}}},
    {"context": {"environment": {"errors": [{"message": "x", "severity": "critical"}]}}},
    {"context": {"process": {"name": "refunds", "owner": "shop"}, "reasoning": {"model": "m-1"}}},
    {"source": {"host": "h1", "agent": {"id": "mira", "team": "north"}}},
    {"requested": {"thread_id": "t", "requested_at": "now"}, "deadlines": {"timezone": "UTC"}},
    {"messages": [], "actions": None, "amount": 0, "reason": "", "severity": False},
    {"metadata": {"messages": WISH, "reason": "x"}},
    {"proposed_actions": [ACTION | {"tool_call_id": "t1", "metadata": {"level": 4}}]},
    {"proposed_actions": [ACTION | {"args": {"severity": "critical", "reason": "broken"}}]},
]

# What a fair reader takes for a wish for a person or a danger, by a name that is no field's.
WISHES = [
    {"__interrupt__": [{"value": {"action_requests": [{"name": "refund"}]}}]},
    *({key: True} for key in ("irreversible", "requires_action", "await_approval", "dangerous")),
    *({key: "x"} for key in ("team", "handoff", "escalate_to", "trigger_type", "notes", "status")),
    *({key: ["x"]} for key in ("labels", "tags", "choices", "questions", "history", "concerns")),
    {"customer_message": "I want to speak to somebody"}, {"person": "Ines"}, {"menschlich": "ja"},
    {"approval": {"id": 1}}, {"required": True}, {"approver_id": "dana"}, {"blocked_at": "now"},
    *({key: no} for no in (False, "no", 0) for key in (
        "auto_approve", "autoApprove", "auto_execute", "auto_run", "auto", "autopilot", "AUTORUN",
        "allow_auto", "autoapprove", "unattended", "ok", "sure", "skip_approval", "skipReview",
        "always_approve", "can_run", "go_ahead", "should_continue", "trusted", "is_safe",
    )),
    *({"proposed_actions": [ACTION | {key: False}]} for key in (
        "auto_approve", "autoExecute", "ok", "skip_review", "run", "unattended", "enabled", "final",
    )),
    *({"proposed_actions": [ACTION | {key: value}]} for key, value in (
        ("if", "the manager agrees"), ("if", True), ("unless", "paid"), ("skip", True),
    )),
    {"requested": {"auto_approve": False}}, {"context": {"reasoning": {"sure": False}}},
    {"kind": "question"}, {"type": "Approval"}, {"kind": "human_review"},
    {"safe": False}, {"approved": "no"}, {"autonomous": False}, {"x_risk": "high"},
    *({"requested": {key: "x"}} for key in ("human", "level", "reviewer", "type", "approvals")),
    *({"proposed_actions": [ACTION | {key: value}]} for key, value in (
        ("risk_level", "high"), ("cost", 5000), ("decisions", ["reject"]), ("warning", "odd"),
        ("function", {"name": "refund", "arguments": "{}"}), ("irreversible", True),
    )),
    {"proposed_actions": [ACTION | {"risk": {"category": "fraud"}}]},
    *({"context": {"reasoning": {key: "reject"}}} for key in (
        "recommended_action", "attempts", "doubts", "verdict",
    )),
    {"context": {"customer": {"risk_level": "high"}}}, {"context": {"fraud_score": 0.9}},
    {"context": {"customer": {"profile": {"states": [{"wantsOperator": "yes"}]}}}},
    {"context": {"process": {"blocked": True}}}, {"context": {"conversation": {"escalate": 1}}},
    {"context": {"conversation": {"messages": [
        {"role": "customer", "text": "Hm", "mood": "furious"},
    ]}}},
    {"attempted": [{"what": "redirect", "outcome": "failed"}]},
    {"trigger": {"type": "scheduled", "reason": "Every day", "severity": "high"}},
    {"flags": [{"code": "odd", "priority": "high"}]}, {"deadlines": {"hold_until": "now"}},
]  # fmt: skip


@pytest.mark.parametrize("sent", WISHES, ids=str)
def test_what_no_field_has_and_may_ask_for_a_person_gets_one(sent):
    verdict = judge(sure_of(sent), ALONE)
    assert verdict.level == 2
    assert {one.rule for one in verdict.reasons} & {"unread", "requested"}


def sure_of(sent):
    """The package with this in it, of an agent that is sure."""
    context = sent.get("context", {})
    reasoning = {**context.get("reasoning", {}), "confidence": 0.99}
    return package() | sent | {"context": {**context, "reasoning": reasoning}}


def test_the_sentence_names_the_key():
    verdict = judge(package(sure=0.99, irreversible=True), ALONE)
    assert verdict.reasons[0].sentence == "The agent sent “irreversible”, which no field has."


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
    assert judge(sure_of(sent), ALONE).level == 1


def test_every_field_that_is_judged_is_one():
    def keys(part):
        yield from part.keys
        for below in part.parts.values():
            yield from keys(below)

    assert set(keys(SHAPE)) >= unread.JUDGED


def test_every_other_name_of_a_judged_field_is_found():
    for part, names in shape.OTHER_NAMES.items():
        for key, meant in names.items():
            if meant.rpartition(".")[2] in unread.JUDGED and part in {"", "risk"}:
                sent = {key: "said"} if part == "" else {part: {key: "said"}}
                assert list(unread.found(sent)) == [(key, meant)]


LIMITED = policy(refund={"title": "Refunds", "level": 1, "amounts": {"EUR": {"alone_up_to": "80"}}})


def test_what_proposes_nothing_clears_nothing_and_passes_no_limit():
    assert judge(package(sure=0.99), ALONE).level == 1
    limited = judge(package(sure=0.99), LIMITED)
    assert limited.level == 2
    assert limited.reasons[0].sentence == "The agent states no amount; refunds have a limit."
