"""What came of it, told by the agent."""

from django.http import HttpResponse
from ninja import Router

from console import clock
from escalations.agents import reports
from escalations.api import documents, exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from escalations.api.escalations import ID, own
from escalations.schemas import answers
from escalations.schemas.reports import Feedback, Outcome

router = Router(auth=Entrance("escalations"), tags=["Reports"])


@router.post(
    "/escalations/{id}/outcome",
    response=openapi.answers({200: answers.Reported}, 404, 409, 413, 415, 422),
    summary="Say what you did with the decision",
    openapi_extra=openapi.body("Outcome"),
)
def outcome(request: AgentRequest, id: ID) -> HttpResponse:  # noqa: A002
    """The same report again changes nothing; another one is kept beside it. `warnings` says that
    the answer told the agent not to act, where it did."""
    said, _ = exchange.read(request, Outcome)
    agent = request.auth.agent.name
    kept, warned = reports.report(own(request, id), said, agent=agent, now=clock.now())
    told = {
        "id": id,
        "outcome": kept.result,
        "reported_at": exchange.timestamp(kept.reported_at),
        **documents.warnings(warned),
    }
    return exchange.answer(request, told)


@router.post(
    "/escalations/{id}/feedback",
    response=openapi.answers({200: answers.Surveyed}, 404, 413, 415, 422),
    summary="Hand in the customer's survey",
    openapi_extra=openapi.body("Feedback"),
)
def feedback(request: AgentRequest, id: ID) -> HttpResponse:  # noqa: A002
    """A later survey takes the place of an earlier one."""
    said, _ = exchange.read(request, Feedback)
    agent = request.auth.agent.name
    kept = reports.feedback(own(request, id), said, agent=agent, now=clock.now())
    return exchange.answer(request, {"id": id, "reported_at": exchange.timestamp(kept.reported_at)})
