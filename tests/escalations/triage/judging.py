"""Packages, policies and verdicts for the tests of triage."""

from datetime import UTC, datetime

from escalations.policy import check
from escalations.policy.document import PolicyDocument
from escalations.triage import judging
from escalations.triage.verdict import Verdict

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def policy(defaults: dict | None = None, **task_types: dict) -> PolicyDocument:
    return check.check(
        {"schema": "handoff.policy/1", "defaults": defaults or {}, "task_types": task_types}
    )


ALONE = policy(refund={"title": "Refunds", "level": 1})


def package(*, sure: float | None = None, said: str = "", **rest: object) -> dict:
    context: dict = {"reasoning": {"confidence": sure}} if sure is not None else {}
    if said:
        context["conversation"] = {"messages": [{"role": "customer", "text": said}]}
    return {"task_type": "refund", "summary": "Refund for a lamp", "context": context, **rest}


def judge(sent: dict, document: PolicyDocument = ALONE, **rest: object) -> Verdict:
    return judging.judge(sent, document, now=NOW, **rest)


def sentences(verdict: Verdict) -> list[str]:
    return [reason.sentence for reason in verdict.reasons]


def amounts(value: str, currency: str = "EUR") -> dict:
    return {"amount": {"value": value, "currency": currency}}
