"""The policy as a document, for whoever keeps it in git."""

import json
import re
from collections.abc import Sequence
from typing import Annotated

from django.http import HttpResponse
from ninja import Header, Query, Router

from console import clock
from escalations import ports, refusals
from escalations.api import exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from escalations.policy import check, staffing, versions
from escalations.policy.document import PolicyDocument
from escalations.policy.staffing import Shortage
from escalations.record.lines import Actor
from escalations.schemas import answers

REMARKS_MAX = 20
UNSTAFFED = "take it although it newly asks for what nobody who decides can do"
router = Router(auth=Entrance("policy"), tags=["Policy"])


@router.get(
    "/policy",
    response=openapi.answers({200: answers.Policy}),
    summary="Read the policy in force",
)
def read(request: AgentRequest) -> HttpResponse:
    """Its version is the ETag."""
    in_force = versions.current()
    return _answer(request, in_force.document, in_force.number, exchange.unread(request))


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
    allow_unstaffed: Annotated[bool, Query(description=UNSTAFFED)] = False,
) -> HttpResponse:
    """Refused with who and when if somebody published since the version in `If-Match`, and with
    `nobody_can` where it newly asks for what no one who decides can do. What else nobody can do
    comes back in the header `Baton-Remarks`. The same again, where yours was the last, changes
    nothing."""
    expected = _version(if_match)
    document = check.parse(exchange.body(request))
    by = Actor("agent", request.auth.agent.name)
    guard = None if allow_unstaffed else ports.require_staffed
    made = versions.published_before(document, by=by, expected=expected)
    again = exchange.replayed(made is not None)
    if made is None:
        made = versions.publish(
            document, by=by, note=note, now=clock.now(), expected=expected, guard=guard
        )
    told = _remarks(staffing.remarks(document, ports.staff()))
    told |= exchange.unread(request, "note", "allow_unstaffed")
    return _answer(request, versions.document(made), made.number, told | again)


def _answer(
    request: AgentRequest,
    document: PolicyDocument,
    number: int,
    more: dict[str, str] | None = None,
) -> HttpResponse:
    headers = {"ETag": f'"{number}"', **(more or {})}
    return exchange.answer(request, document.dump(), headers=headers)


def _remarks(told: Sequence[Shortage]) -> dict[str, str]:
    """A header, because the body is the document, which whoever sent it may keep and send again."""
    listed = [{"pointer": one.pointer, "detail": one.detail} for one in told[:REMARKS_MAX]]
    return {"Baton-Remarks": json.dumps(listed)} if listed else {}


def _version(if_match: str | None) -> int:
    if not (if_match or "").strip():
        raise refusals.Refused(
            "precondition_required",
            "Send the ETag that GET /policy gave you as the header If-Match.",
        )
    # A proxy that packs answers makes their ETags weak; each is of one version all the same.
    found = re.fullmatch(r'(?:W/)?("?)([0-9]{1,9})\1', (if_match or "").strip())
    if found is None:
        detail = 'It is not the ETag that GET /policy gave you, such as "7".'
        raise refusals.Invalid(
            "The If-Match header cannot be read.", errors=[refusals.Fault("", detail)]
        )
    return int(found[2])
