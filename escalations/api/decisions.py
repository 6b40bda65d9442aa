"""Fetching the decision. `console/serving/longpoll.py` in front of it does the waiting."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router

from escalations.api import documents, exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from escalations.api.escalations import ID, own
from escalations.lifecycle import effect
from escalations.schemas import answers
from escalations.schemas.decision import Decision

WAIT_S_MAX = 60
SEQUENCE_MAX = 2**31 - 1

router = Router(auth=Entrance("escalations"), tags=["Escalations"])


@router.get(
    "/escalations/{id}/decision",
    response=openapi.answers({200: Decision, 202: answers.Undecided}, 404, 422),
    summary="Wait for the decision",
)
def decision(
    request: AgentRequest,
    id: ID,  # noqa: A002
    wait: Annotated[int, Query(ge=0, le=WAIT_S_MAX, description=openapi.WAIT)] = 0,
    after: Annotated[int, Query(ge=0, le=SEQUENCE_MAX, description=openapi.AFTER)] = 0,
) -> HttpResponse:
    """200 as soon as it is in effect; 202 if it is not after `wait` seconds. Then ask again, and
    where `final` is false with its `sequence` as `after`, for the one that follows."""
    case, headers = own(request, id), exchange.unread(request, "wait", "after")
    decided = effect.in_effect(case)
    if decided is not None and decided.sequence > after:
        return exchange.answer(request, decided.body.encode(), headers=headers)
    else:
        return exchange.answer(request, documents.undecided(case), status=202, headers=headers)
