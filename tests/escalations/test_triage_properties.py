import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.escalations.judging import ALONE, amounts, judge, package, policy

# Whatever comes

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYS = ["task_type", "summary", "trigger", "requested", "risk", "deadlines", "flags", "context",
        "proposed_actions", "priority", "attempted", "original_intent"]  # fmt: skip
RULES = [
    {"field": field, "operator": operator, "value": value, "level": 2, "reason": "x"}
    for field, operator, value in [
        ("context.customer", "is", "x"),
        ("proposed_actions.args.a", "above", 3),
        ("customer.since", "below", "2020-01-01"),
        ("text", "mentions", "x"),
        ("flags", "is_not", "x"),
    ]
]
EVERYTHING = policy(
    {
        "level": 1,
        "rules": RULES,
        "amounts": {"EUR": {"alone_up_to": "1"}},
        "tiers": {"vip": 3},
        "sentiment_below": {"value": 0},
        "failures_at_least": {"value": 1},
        "turns_above": {"value": 0},
        "minutes_above": {"value": 0},
    }
)


@given(st.dictionaries(st.sampled_from(KEYS), json_values))
def test_no_package_breaks_triage(sent):
    verdict = judge(sent, EVERYTHING)
    assert verdict.level in {1, 2, 3, 4}
    assert verdict.reasons
    json.dumps([reason.as_json() for reason in verdict.reasons], allow_nan=False)


@pytest.mark.parametrize("text", ["a human " * 120_000, "speak to " * 100_000, "ﷺ" * 300_000])
def test_a_megabyte_of_text_takes_no_time(text):
    begun = datetime.now(UTC)
    judge(package(said=text), EVERYTHING)
    assert datetime.now(UTC) - begun < timedelta(seconds=3)


# More evidence for a human never lowers the level.

EVIDENCE = [
    {"trigger": {"type": "emergency", "reason": "Gas"}},
    {"trigger": {"type": "regulatory", "reason": "PSD2"}},
    {"trigger": {"type": "customer_request", "reason": "Asked"}},
    {"flags": [{"code": "legal"}]},
    {"flags": [{"code": "compliance"}]},
    {"risk": {"reversible": False}},
    {"risk": {"amount": {"value": "900.00", "currency": "EUR"}}},
    {"risk": {"amount": {"value": "90000.00", "currency": "USD"}}},
    {"requested": {"method": "take_over"}},
    {"requested": {"approvals_needed": 2}},
    {"original_intent": "I want to speak to a human"},
    {"summary": "There is a lawsuit"},
    {"attempted": [{"what": "x", "result": "failed"}] * 3},
]
task_types = st.fixed_dictionaries(
    {"level": st.integers(1, 4)},
    optional={
        "approvals": st.integers(1, 3),
        "amounts": st.just({"EUR": {"alone_up_to": "100", "approve_up_to": "500"}}),
        "failures_at_least": st.just({"value": 2, "level": 4}),
        "rules": st.just([RULES[0] | {"field": "risk.reversible", "value": False, "level": 3}]),
    },
)


@settings(max_examples=300)
@given(
    task_types,
    st.sampled_from([None, 0.2, 0.7, 0.8, 0.9, 1]),
    st.lists(st.sampled_from(EVIDENCE), max_size=4),
    st.sampled_from(EVIDENCE),
)
def test_more_evidence_for_a_human_never_lowers_the_level(task_type, sure, some, more):
    document = policy(refund=task_type)
    sent = package(sure=sure, risk=amounts("50.00"))
    for one in some:
        sent = sent | {key: value for key, value in one.items() if key not in more}
    before, after = judge(sent, document), judge(sent | more, document)
    assert after.level >= before.level
    assert after.approvals >= before.approvals
    assert before == judge(deepcopy(sent), document)
    asks = {"customer_request", "human_requested"}
    if (
        after.trigger in asks
        or "speak to" in str(more)
        or more.get("requested") == {"method": "take_over"}
    ):
        assert after.level >= 3
    if after.level == 4:
        assert (after.disposition, after.priority) == ("alert", "urgent")


@given(st.floats(0, 1), st.floats(0, 1))
def test_less_confidence_never_means_less_human(one, other):
    low, high = sorted([one, other])
    assert judge(package(sure=low)).level >= judge(package(sure=high)).level


# The real world


def test_every_real_package_is_judged(shared_data):
    document = policy(**{"retail/return": {"title": "Returns", "level": 1}})
    lines = (shared_data / "retail-packages.jsonl").read_text().splitlines()
    verdicts = [judge(json.loads(line), document) for line in lines]
    assert len(verdicts) == 300
    assert {verdict.level for verdict in verdicts} == {2, 3}
    wishes = [v for v in verdicts if v.reasons[0].rule == "person"]
    assert 8 <= len(wishes) <= 12
    assert all(verdict.reasons[0].sentence.endswith(".") for verdict in verdicts)


def test_ten_kilobytes_are_judged_in_microseconds():
    said = "I bought this lamp in spring and it still does not do what it should do. " * 8
    context = {
        "reasoning": {"confidence": 0.9, "rationale": "x" * 4_000},
        "conversation": {"messages": [{"role": "customer", "text": said[:300]}] * 2},
        "environment": {"logs": [{"text": "y" * 5_000}]},
    }
    sent = package(risk=amounts("50.00")) | {"context": context}
    judge(sent, ALONE)
    fastest = min(_seconds(sent) for _ in range(200))
    assert fastest < 500e-6, "Expected about 40 µs on an idle machine."


def _seconds(sent: dict) -> float:
    begun = perf_counter()
    judge(sent, ALONE)
    return perf_counter() - begun
