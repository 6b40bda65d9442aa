"""Triage without creating anything."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from django.conf import settings
from django.http import HttpResponse
from ninja import Header, Router

from console import clock
from escalations import intake, ports
from escalations.api import customer_line, documents, exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from escalations.intake import Checked
from escalations.models import State
from escalations.package import completeness
from escalations.schemas import answers
from escalations.schemas.package import Received
from escalations.text import canonical

router = Router(auth=Entrance("escalations"), tags=["Triage"])


@router.post(
    "/check",
    response=openapi.answers({200: answers.Checked}, 409, 413, 415, 422),
    summary="Ask how a package would be judged",
    openapi_extra=openapi.body("Package"),
)
def check(
    request: AgentRequest,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", description=openapi.KEY)
    ] = None,
) -> HttpResponse:
    """The verdict, its reasons and the warnings that `POST /escalations` would answer, or the
    problem with which it would refuse. Nothing is stored and nobody is told."""
    body, now = exchange.body(request), clock.now()
    checked = intake.check(request.auth, body, idempotency_key=idempotency_key, now=now)
    verdict, received = checked.verdict, checked.received
    grade = completeness.grade(received.document)
    document = {
        "level": verdict.level,
        "disposition": verdict.disposition,
        "reasons": [reason.as_json() for reason in verdict.reasons],
        "policy_version": checked.policy_version,
        "task_type_known": verdict.task_type_known,
        "priority": verdict.priority,
        "method": verdict.method,
        "skills": verdict.skills,
        "approvals": verdict.approvals,
        "undo_s": verdict.undo_s,
        "respond_by": exchange.timestamp(verdict.respond_by),
        "expires_at": exchange.timestamp(verdict.expires_at),
        "on_timeout": verdict.on_timeout,
        "package": {
            "digest": received.digest,
            "completeness": grade.percent,
            "missing": grade.missing,
        },
        "needs_approval": _needs_approval(
            checked, body, idempotency_key, agent=request.auth.agent.name, now=now
        ),
        **documents.warnings(checked.warnings),
    }
    return exchange.answer(request, document)


def _key(agent: str, received: Received, now: datetime) -> str:
    """The same for the same package of one agent on one day, so that whoever checks and posts once
    more, as after a restart, makes no second case; made of the package alone it would bring the
    answer to an equal call of long ago back."""
    made_of = [agent, received.digest, f"{now:%Y-%m-%d}"]
    return f"chk_{canonical.digest(made_of)[:32]}"


def _needs_approval(
    checked: Checked, body: bytes, idempotency_key: str | None, *, agent: str, now: datetime
) -> dict[str, Any] | None:
    """What to tell the user, and the call that asks people; None where no person is needed."""
    verdict = checked.verdict
    if verdict.disposition in intake.ACTS_ALONE:
        return None
    headers = {"Content-Type": "application/json"}
    if not checked.received.document.get("idempotency_key"):
        headers["Idempotency-Key"] = idempotency_key or _key(agent, checked.received, now)
    outlook = ports.outlook(
        task_type=verdict.task_type,
        skills=verdict.skills,
        units=verdict.units,
        level=verdict.level,
        ahead=None,
        now=now,
    )
    masked = checked.received.document.get("redactions")
    return {
        "say": customer_line.line(
            method=verdict.method,
            state=State.WAITING,
            outlook=outlook,
            callback_at=verdict.callback_at,
        ),
        "post": {
            "method": "POST",
            "url": f"{settings.BATON_URL}/api/v1/escalations",
            "headers": headers,
            # The very bytes: the digest that people decide on is of these. What is to be masked is
            # not said again where nobody had to ask for it.
            "body": None if masked else orjson.Fragment(body),
        },
    }
