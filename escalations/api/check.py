"""Triage without creating anything."""

from django.http import HttpResponse
from ninja import Router

from console import clock
from escalations import intake, ports
from escalations.api import documents, exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from escalations.package import completeness
from escalations.policy import versions
from escalations.schemas import answers
from escalations.schemas import package as packages
from escalations.triage import judging

router = Router(auth=Entrance("escalations"), tags=["Triage"])


@router.post(
    "/check",
    response=openapi.answers({200: answers.Checked}, 413, 415, 422),
    summary="Ask how a package would be judged",
    openapi_extra=openapi.body("Package"),
)
def check(request: AgentRequest) -> HttpResponse:
    """The verdict and its reasons. Nothing is stored and nobody is told."""
    received = packages.read(exchange.body(request))
    in_force = versions.current()
    verdict = judging.judge(
        received.document,
        in_force.document,
        now=clock.now(),
        draw=received.digest,
        outlook=ports.outlook,
        before=intake.follows(request.auth.agent, received.document),
    )
    grade = completeness.grade(received.document)
    document = {
        "level": verdict.level,
        "disposition": verdict.disposition,
        "reasons": [reason.as_json() for reason in verdict.reasons],
        "policy_version": in_force.number,
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
        **documents.warnings(intake.warnings(received)),
    }
    return exchange.answer(request, document)
