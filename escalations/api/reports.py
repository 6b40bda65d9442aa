"""What came of it, told by the agent."""

from django.http import HttpResponse
from ninja import Router

from console import clock
from escalations import keyed_calls
from escalations.agents import reports
from escalations.api import documents, exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from escalations.api.escalations import ID, own
from escalations.models import Feedback
from escalations.schemas import answers
from escalations.schemas.reports import Feedback as SentFeedback
from escalations.schemas.reports import Outcome

router = Router(auth=Entrance("escalations"), tags=["Reports"])


@router.post(
    "/escalations/{id}/outcome",
    response=openapi.answers({200: answers.Reported}, 404, 409, 413, 415, 422),
    summary="Say what you did with the decision",
    openapi_extra=openapi.body("Outcome"),
)
def outcome(
    request: AgentRequest,
    id: ID,  # noqa: A002
    idempotency_key: openapi.Again = None,
) -> HttpResponse:
    """The same report again changes nothing; another one is kept beside it. `warnings` says that
    the answer told the agent not to act, where it did, and which answer it is read to be about
    where the case has several and the report names none."""
    said, _ = exchange.read(request, Outcome)
    agent, case, now = request.auth.agent.name, own(request, id), clock.now()
    number, is_first = keyed_calls.once(
        case,
        "outcome",
        idempotency_key,
        exchange.body(request),
        lambda: reports.report(case, said, agent=agent, now=now).pk,
        now=now,
    )
    kept = case.reports.get(pk=number)
    told = {
        "id": id,
        "outcome": kept.result,
        "reported_at": exchange.timestamp(kept.reported_at),
        **({"sequence": kept.sequence} if kept.sequence else {}),
        **documents.warnings(reports.warnings(kept, is_named=said.sequence is not None, now=now)),
    }
    return exchange.answer(request, told, headers=exchange.replayed(not is_first))


@router.post(
    "/escalations/{id}/feedback",
    response=openapi.answers({200: answers.Surveyed}, 404, 413, 415, 422),
    summary="Hand in the customer's survey",
    openapi_extra=openapi.body("Feedback"),
)
def feedback(
    request: AgentRequest,
    id: ID,  # noqa: A002
    idempotency_key: openapi.Again = None,
) -> HttpResponse:
    """A later survey takes the place of an earlier one."""
    said, _ = exchange.read(request, SentFeedback)
    agent, case, now = request.auth.agent.name, own(request, id), clock.now()
    number, is_first = keyed_calls.once(
        case,
        "feedback",
        idempotency_key,
        exchange.body(request),
        lambda: reports.feedback(case, said, agent=agent, now=now).pk,
        now=now,
    )
    # A survey takes the place of the one before; it is one row.
    kept = Feedback.objects.get(pk=number)
    told = {"id": id, "reported_at": exchange.timestamp(kept.reported_at)}
    return exchange.answer(request, told, headers=exchange.replayed(not is_first))
