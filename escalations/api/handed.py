"""Cases that a person let another agent hand to this one. `console/serving/longpoll.py` waits."""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router

from console import clock
from escalations.api import documents, exchange, openapi
from escalations.api.decisions import WAIT_S_MAX
from escalations.api.entrance import AgentRequest, Entrance
from escalations.lifecycle.handing import taking
from escalations.schemas import handed

ID = Annotated[str, openapi.path("dec_019aa4c2d1e37f40a1b2c3d4e5f60718")]

router = Router(auth=Entrance("escalations"), tags=["Handed to you"])


@router.get(
    "/handed",
    response=openapi.answers({200: handed.Handed, 202: handed.Handed}, 422),
    summary="Wait for cases that are handed to you",
)
def several(
    request: AgentRequest,
    wait: Annotated[int, Query(ge=0, le=WAIT_S_MAX, description=openapi.WAIT)] = 0,
) -> HttpResponse:
    """Those that you have not taken yet, the oldest first; 202 with none after `wait` seconds."""
    found = taking.waiting(request.auth.agent, now=clock.now())
    headers = exchange.unread(request, "wait")
    if found.items:
        return exchange.answer(request, {"items": found.items}, headers=headers)
    told: dict[str, Any] = {"items": [], "effective_at": exchange.timestamp(found.next_at)}
    return exchange.answer(request, told, status=202, headers=headers)


@router.get(
    "/handed/{id}",
    response=openapi.answers({200: handed.HandedWhole}, 404),
    summary="Fetch a case that was handed to you",
)
def one(request: AgentRequest, id: ID) -> HttpResponse:  # noqa: A002
    """With the package of the other agent and what the person cleared of it. That you fetched it
    stands in the record."""
    found = taking.whole(request.auth.agent, id, now=clock.now())
    told = {**found, "taken_at": exchange.timestamp(found["taken_at"])}
    return exchange.answer(request, told, headers=exchange.unread(request))


@router.post(
    "/handed/{id}/taken",
    response=openapi.answers({200: handed.Taken}, 404),
    summary="Say that you have it",
)
def take(request: AgentRequest, id: ID) -> HttpResponse:  # noqa: A002
    """It is listed no more. Once more changes nothing."""
    told = documents.warnings(exchange.unread_body(request))
    row = taking.take(request.auth.agent, id, now=clock.now())
    answer = {"id": id, "taken_at": exchange.timestamp(row.taken_at), **told}
    return exchange.answer(request, answer)
