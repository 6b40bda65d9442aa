"""What an agent may do while its case is open: revise, add, cancel."""

from django.http import HttpResponse
from ninja import Router

from console import clock
from escalations import intake, keyed_calls, lifecycle
from escalations.api import documents, exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from escalations.api.escalations import ID, own, whole
from escalations.facts import answering
from escalations.models import State
from escalations.refusals import Conflict, Fault
from escalations.schemas import additions, answers
from escalations.schemas.additions import Addition
from escalations.schemas.reports import FactsSaid

router = Router(auth=Entrance("escalations"), tags=["Escalations"])


@router.post(
    "/escalations/{id}/revision",
    response=openapi.answers({200: answers.Escalation}, 404, 409, 413, 415, 422),
    summary="Send a new version of the package",
    openapi_extra=openapi.body("Package"),
)
def revision(
    request: AgentRequest,
    id: ID,  # noqa: A002
    idempotency_key: openapi.Again = None,
) -> HttpResponse:
    """Judged anew; approvals of the older version are void. Refused once it is decided."""
    body, case, now = exchange.body(request), own(request, id), clock.now()
    told: list[Fault] = []

    def act() -> int:
        nonlocal case
        accepted = intake.revise(request.auth, case, body, now=now)
        case = accepted.escalation
        told.extend(accepted.warnings)
        return 0

    _, is_first = keyed_calls.once(case, "revision", idempotency_key, body, act, now=now)
    if not is_first:
        first_at = keyed_calls.came_at(case, "revision", idempotency_key) or now
        told.extend(intake.warnings_of_revision(request.auth, case, body, now=first_at))
    document = whole(case) | documents.warnings(told)
    return exchange.answer(request, document, headers=exchange.replayed(not is_first))


@router.post(
    "/escalations/{id}/context",
    response=openapi.answers({200: answers.Escalation}, 404, 409, 413, 415, 422),
    summary="Append messages, logs or steps",
    openapi_extra=openapi.body("Addition"),
)
def context(
    request: AgentRequest,
    id: ID,  # noqa: A002
    idempotency_key: openapi.Again = None,
) -> HttpResponse:
    """Judged like a package that had come with it: it may raise the case and never lowers it. A
    decision on the older text is refused from now on; one that can still be undone is taken back
    where this asks for more. Otherwise only while it is open."""
    _, said = exchange.read(request, Addition)
    case, agent, body = own(request, id), request.auth.agent.name, exchange.body(request)

    def act() -> int:
        nonlocal case
        case = lifecycle.add_context(case, said, agent=agent)
        return 0

    _, is_first = keyed_calls.once(case, "context", idempotency_key, body, act, now=clock.now())
    document = whole(case) | documents.warnings(additions.warnings(said))
    return exchange.answer(request, document, headers=exchange.replayed(not is_first))


@router.post(
    "/escalations/{id}/cancel",
    response=openapi.answers({200: answers.Escalation}, 404, 409),
    summary="Say that it is no longer needed",
)
def cancel(request: AgentRequest, id: ID) -> HttpResponse:  # noqa: A002
    """A decision that is not in effect yet is dropped. Refused once one is. Once more changes
    nothing, and is answered with `Idempotency-Replayed: true`."""
    agent, told = request.auth.agent.name, exchange.unread_body(request)
    case = own(request, id)
    # Nobody else cancels a case.
    is_again = case.state == State.CANCELLED
    if not is_again:
        try:
            case = lifecycle.cancel(case, agent=agent)
        except Conflict:
            # Of two of the same at once the second waited for the first.
            case = own(request, id)
            is_again = case.state == State.CANCELLED
            if not is_again:
                raise
    document = whole(case) | documents.warnings(told)
    return exchange.answer(request, document, headers=exchange.replayed(is_again))


@router.post(
    "/escalations/{id}/facts",
    response=openapi.answers({200: answers.FactsKept}, 404, 409, 413, 415, 422),
    summary="Say what the facts of the package are now",
    openapi_extra=openapi.body("FactsSaid"),
)
def facts(request: AgentRequest, id: ID) -> HttpResponse:  # noqa: A002
    """The answer to `escalation.facts_wanted`, within two seconds: whoever decides waits no longer.
    Later it is still shown, and told to whoever decided without it, up to an hour after they did.
    The same again is answered the same."""
    said, _ = exchange.read(request, FactsSaid)
    case, told = own(request, id), [one.model_dump() for one in said.facts]
    agent = request.auth.agent.name
    check, _ = answering.answer(case, said.check, told, agent=agent, now=clock.now())
    return exchange.answer(request, documents.facts(check))
