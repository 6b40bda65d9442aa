"""Triage without creating anything."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Header, Router

from console import clock
from escalations import intake
from escalations.api import documents, exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from escalations.package import completeness
from escalations.schemas import answers

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
    body = exchange.body(request)
    checked = intake.check(request.auth, body, idempotency_key=idempotency_key, now=clock.now())
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
        **documents.warnings(checked.warnings),
    }
    return exchange.answer(request, document)
