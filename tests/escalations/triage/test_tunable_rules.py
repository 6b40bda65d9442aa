from decimal import Decimal

import pytest

from escalations.policy.document import PolicyDocument
from escalations.triage.verdict import Reason
from tests.escalations.triage.judging import amounts, judge, package, policy

LIMITS = policy(
    refund={
        "title": "Refunds",
        "level": 1,
        "amounts": {
            "EUR": {"alone_up_to": "80.00", "approve_up_to": "500.00", "two_people_from": "400.00"}
        },
    }
)


@pytest.mark.parametrize(
    ("risk", "level", "approvals", "sentence"),
    [
        (amounts("80.00"), 1, 1, "The agent is 90 % sure; refunds go alone from 85 %."),
        (amounts("80.01"), 2, 1, "The amount is €80.01; refunds go alone only up to €80.00."),
        (amounts("400"), 2, 2, "The amount is €400.00; refunds go alone only up to €80.00."),
        (amounts("812.5"), 3, 2, "The amount is €812.50; a person takes over above €500.00."),
        (amounts("5", "USD"), 2, 2, "The amount is $5.00; limits are set in EUR only."),
        ({}, 2, 1, "The agent states no amount; refunds have a limit."),
    ],
)
def test_amount_limits(risk, level, approvals, sentence):
    verdict = judge(package(sure=0.9, risk=risk), LIMITS)
    assert (verdict.level, verdict.approvals) == (level, approvals)
    assert verdict.reasons[0].sentence == sentence


def messages(*scores: float | None, first_at: str = "2026-11-21T08:00:00Z") -> dict:
    said = [
        {"role": "customer", "text": "Hm", **({"sentiment": {"score": s}} if s is not None else {})}
        for s in scores
    ]
    said[0]["at"] = first_at
    return {"reasoning": {"confidence": 0.9}, "conversation": {"messages": said}}


@pytest.mark.parametrize(
    ("setting", "limit", "changed", "sentence"),
    [
        (
            "sentiment_below",
            -0.5,
            {"context": messages(0.3, -0.8, None)},
            "The customer's mood is at -0.8; the limit for refunds is -0.5.",
        ),
        (
            "failures_at_least",
            2,
            {"attempted": [{"what": "a", "result": "failed"}] * 2},
            "The agent has failed twice; the limit for refunds is 2.",
        ),
        (
            "turns_above",
            2,
            {"context": messages(None, None, None)},
            "The customer has written 3 times; the limit for refunds is 2.",
        ),
        (
            "minutes_above",
            59,
            {"context": messages(None, first_at="2026-11-21T09:00:00+01:00")},
            "The conversation has lasted 60 min; the limit for refunds is 59.",
        ),
    ],
)
def test_limits(setting, limit, changed, sentence):
    document = policy(
        refund={"title": "Refunds", "level": 1, setting: {"value": limit, "level": 3}}
    )
    verdict = judge(package(sure=0.9) | changed, document)
    assert (verdict.level, verdict.reasons[0].sentence) == (3, sentence)
    assert judge(package(sure=0.9), document).level == 1


def test_customer_tier():
    document = policy(refund={"level": 1, "tiers": {"VIP": 2}})
    sent = package() | {"context": {"reasoning": {"confidence": 1}, "customer": {"tier": " vip "}}}
    verdict = judge(sent, document)
    assert verdict.reasons[0] == Reason(
        "tier", "The customer's tier is “ vip ”; there a person approves.", " vip ", None, 2
    )


CUSTOMER = {"tier": "gold", "since": "2026-11-01", "name": "Inès"}


@pytest.mark.parametrize(
    ("field", "operator", "value", "fires"),
    [
        ("customer.tier", "is", "GOLD", True),
        ("customer.tier", "is_not", "gold", False),
        ("customer.tier", "one_of", ["silver", "gold"], True),
        ("customer.tier", "none_of", ["silver"], True),
        ("customer.locale", "is_not", "fr", False),
        ("customer.locale", "missing", None, True),
        ("customer.tier", "present", None, True),
        ("customer.since", "above", "2026-10-31", True),
        ("customer.since", "at_least", "2026-11-01T00:00:00+01:00", True),
        ("customer.since", "below", "2026-11-01", False),
        ("customer_days", "below", 30, True),
        ("proposed_actions.name", "is", "close_account", True),
        ("proposed_actions.args.amount", "above", 99, True),
        ("proposed_actions.args.amount", "above", "184.00", False),
        ("proposed_actions.args.amount", "at_least", "184", True),
        ("proposed_actions.args.amount", "is", 184, True),
        ("metadata.beta", "is", True, True),
        ("metadata.beta", "is", 1, False),
        ("text", "mentions", ["chargeback", "refund for a lamp"], True),
        ("text", "mentions", "lam", False),
        ("confidence", "below", 0.95, True),
        ("amount", "above", 100, True),
        ("errors", "at_least", 3, True),
        ("customer.name", "above", 5, True),
        ("context", "is", "x", False),
    ],
)
def test_rules(field, operator, value, fires):
    rule = {"field": field, "operator": operator, "level": 3, "reason": "A rule"}
    if value is not None:
        rule["value"] = value
    sent = package() | {
        "context": {
            "reasoning": {"confidence": 0.9},
            "customer": CUSTOMER,
            "environment": {"errors": [{"message": "503", "count": 2}, {"message": "503"}]},
        },
        "risk": amounts("184.00"),
        "metadata": {"beta": True},
        "proposed_actions": [
            {"id": "a", "name": "refund", "args": {"amount": "184.00"}},
            {"id": "b", "name": "close_account"},
        ],
    }
    verdict = judge(sent, policy(refund={"level": 1, "rules": [rule]}))
    assert (verdict.level == 3) == fires


def test_a_rule_says_what_it_saw():
    rule = {
        "field": "risk.amount.value",
        "operator": "above",
        "value": "500",
        "level": 3,
        "reason": "Large refunds are for a person",
        "priority": "high",
        "skills": {"refunds": 4},
        "approvals": 2,
    }
    verdict = judge(package(sure=1, risk=amounts("812.00")), policy(refund={"rules": [rule]}))
    assert verdict.reasons[0] == Reason(
        "rules/0",
        "Large refunds are for a person: the risk amount is “812.00” (rule: above 500).",
        "812.00",
        "500",
        3,
    )
    assert (verdict.priority, verdict.skills, verdict.approvals) == ("high", {"refunds": 4}, 2)


def test_money_is_compared_as_decimals():
    verdict = judge(package(sure=1, risk=amounts("80.000001")), LIMITS)
    assert Decimal(str(verdict.reasons[0].observed)) == Decimal("80.000001")
    assert verdict.level == 2


# Amounts in calls

BY_AMOUNT = {
    "EUR": {"alone_up_to": "80.00", "approve_up_to": "500.00", "two_people_from": "400.00"}
}
NAMED = {"refund": {"amount": "/sum", "currency": "EUR"}}


def refund_of(**args: object) -> dict:
    return package(sure=0.99, proposed_actions=[{"id": "a1", "name": "refund", "args": args}])


def money_policy(**task_type: object) -> PolicyDocument:
    return policy(refund={"title": "Refunds", "level": 1, **task_type})


@pytest.mark.parametrize(
    ("args", "task_type", "level", "approvals", "first"),
    [
        ({"sum": "40.00"}, {"amounts": BY_AMOUNT, "amount_from": NAMED}, 1, 1, None),
        (
            {"sum": "90.00"}, {"amounts": BY_AMOUNT, "amount_from": NAMED}, 2, 1,
            "The amount is €90.00; refunds go alone only up to €80.00.",
        ),
        (
            {"sum": 99999}, {"amounts": BY_AMOUNT, "amount_from": NAMED}, 3, 2,
            "The amount is €99,999.00; a person takes over above €500.00.",
        ),
        (
            {"total": 99999}, {"amounts": BY_AMOUNT, "amount_from": NAMED}, 3, 2,
            "The amount is €99,999.00; a person takes over above €500.00.",
        ),
        (
            {"all_of_it": True}, {"amounts": BY_AMOUNT, "amount_from": NAMED}, 2, 1,
            "“refund” has no amount at /sum, where the policy looks for it.",
        ),
        (
            {"total": 450}, {"amounts": BY_AMOUNT}, 2, 2,
            "The amount is €450.00; refunds go alone only up to €80.00.",
        ),
        (
            {"value": 450}, {}, 2, 1,
            ("“value” of “refund” looks like an amount, and the policy does not say where its "
            "amount stands."),
        ),
        ({"value": 450}, {"amount_from": {"refund": {"amount": None}}}, 1, 1, None),
        ({"note": "450"}, {}, 1, 1, None),
    ],
)  # fmt: skip
def test_amounts_are_read_from_the_call(args, task_type, level, approvals, first):
    verdict = judge(refund_of(**args), money_policy(**task_type))
    assert (verdict.level, verdict.approvals) == (level, approvals)
    assert first is None or first == verdict.reasons[0].sentence


def test_a_rule_on_the_amount_reads_the_call():
    rule = {
        "field": "amount", "operator": "above", "value": "50", "level": 3, "reason": "Large ones",
    }  # fmt: skip
    source = {"refund": {"amount": "/sum", "currency": "EUR", "minor_units": True}}
    document = money_policy(rules=[rule], amount_from=source)
    assert judge(refund_of(sum=4900), document).level == 1
    assert judge(refund_of(sum=5100), document).level == 3


@pytest.mark.parametrize(
    "tier", ["VIP", " vip ", "ＶＩＰ", "v\u200bip", "vіp", "víp", "vi\u0301p", "𝐕𝐈𝐏"]
)
def test_a_tier_is_one_however_it_is_written(tier):
    by_rule = {
        "field": "customer.tier",
        "operator": "one_of",
        "value": ["vip"],
        "reason": "Large",
        "level": 3,
    }
    sent = package(sure=1)
    customer = {**sent["context"].get("customer", {}), "tier": tier}
    sent = {**sent, "context": {**sent["context"], "customer": customer}}
    for terms in ({"tiers": {"Vip": 3}}, {"rules": [by_rule]}, {"tiers": {"víp": 3}}):
        assert judge(sent, policy(refund={"level": 1, **terms})).level == 3
