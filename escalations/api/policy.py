"""The policy as a document, for whoever keeps it in git."""

import re
from typing import Annotated

from django.http import HttpResponse
from ninja import Header, Query, Router

from console import clock
from escalations import refusals
from escalations.api import exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from escalations.policy import check, versions
from escalations.policy.document import PolicyDocument
from escalations.record.lines import Actor
from escalations.schemas import answers

router = Router(auth=Entrance("policy"), tags=["Policy"])


@router.get(
    "/policy",
    response=openapi.answers({200: answers.Policy}),
    summary="Read the policy in force",
)
def read(request: AgentRequest) -> HttpResponse:
    """Its version is the ETag."""
    in_force = versions.current()
    return _answer(request, in_force.document, in_force.number)


@router.put(
    "/policy",
    response=openapi.answers({200: answers.Policy}, 412, 413, 415, 422, 428),
    summary="Put a policy in force",
    openapi_extra=openapi.body("Policy"),
)
def replace(
    request: AgentRequest,
    if_match: Annotated[str | None, Header(alias="If-Match", description=openapi.IF_MATCH)] = None,
    note: Annotated[str, Query(max_length=500)] = "",
) -> HttpResponse:
    """Refused with who and when if somebody published since the version in `If-Match`."""
    expected = _version(if_match)
    document = check.parse(exchange.body(request))
    by = Actor("agent", request.auth.agent.name)
    made = versions.publish(document, by=by, note=note, now=clock.now(), expected=expected)
    return _answer(request, versions.document(made), made.number)


def _answer(request: AgentRequest, document: PolicyDocument, number: int) -> HttpResponse:
    return exchange.answer(request, document.dump(), headers={"ETag": f'"{number}"'})


def _version(if_match: str | None) -> int:
    found = re.fullmatch(r'"?([0-9]{1,9})"?', (if_match or "").strip())
    if found is None:
        raise refusals.Refused(
            "precondition_required",
            "Send the ETag that GET /policy gave you as the header If-Match.",
        )
    return int(found[1])
