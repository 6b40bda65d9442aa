"""Escalations as the API shows them."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from escalations.api import customer_line
from escalations.api.exchange import timestamp
from escalations.facts import checks
from escalations.lifecycle import outgoing
from escalations.models import ChatMessage, Decision, Escalation, FactCheck, State
from escalations.policy.methods import Outlook
from escalations.refusals import Fault

Document = dict[str, Any]
POSITION_MAX = 1_000


def escalation(
    case: Escalation,
    *,
    decision: Decision | None,
    position: int | None = None,
    outlook: Outlook | None = None,
) -> Document:
    """The whole answer about one escalation. The wait is null where it is not known."""
    return {
        "id": case.id,
        "number": case.number,
        "url": f"{settings.BATON_URL}/escalations/{case.id}/",
        "version": case.version,
        "state": str(case.state),
        "task_type": case.task_type,
        "level": case.level,
        "disposition": case.disposition,
        "reasons": case.reasons,
        "policy_version": case.policy_version,
        "priority": case.priority,
        "method": case.method,
        "arrived_at": timestamp(case.arrived_at),
        "respond_by": timestamp(case.respond_by),
        "queue": {
            "position": position,
            "estimated_wait_s": outlook.wait_s if outlook else None,
        },
        "customer_message": customer_line.line(
            method=case.method, state=case.state, outlook=outlook, callback_at=case.callback_at
        )
        if case.taken_over_at is None
        else None,
        "package": {
            "version": case.package_version,
            "digest": case.digest,
            "completeness": case.completeness,
            "missing": case.missing,
        },
        "decision": decision.document if decision else None,
    }


def warnings(found: Sequence[Fault]) -> Document:
    """What of a package has no effect, where it was just sent and there is anything."""
    told = [{"pointer": one.pointer, "detail": one.detail} for one in found]
    return {"warnings": told} if told else {}


def message(said: ChatMessage) -> Document:
    """A message of a conversation that people have."""
    return outgoing.message_document(said)


def facts(check: FactCheck) -> Document:
    """What was kept of an answer about facts."""
    answered_at = check.answered_at or check.asked_at
    return {
        "id": check.escalation.id,
        "check": check.id,
        "answered_at": timestamp(answered_at),
        "in_time": answered_at < check.asked_at + checks.WITHIN,
    }


def undecided(case: Escalation) -> Document:
    """Where an escalation without a decision in effect stands."""
    return {
        "id": case.id,
        "state": str(case.state),
        "version": case.version,
        "respond_by": timestamp(case.respond_by),
        "effective_at": timestamp(case.effective_at),
    }


def position(case: Escalation) -> int | None:
    """How many of the same skills come first, itself included; None where it is long."""
    if case.state != State.WAITING:
        return None
    ahead = Escalation.objects.ahead(case.requirement_id, case.rank, at_most=POSITION_MAX)
    return ahead + 1 if ahead < POSITION_MAX else None
