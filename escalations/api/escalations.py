"""Escalating, and asking how it stands."""

from typing import Annotated, Any

from django.db import OperationalError
from django.http import HttpResponse
from ninja import Header, Query, Router

from console import clock
from escalations import intake, ports, refusals
from escalations.api import documents, exchange, openapi
from escalations.api.entrance import AgentRequest, Entrance
from escalations.lifecycle import effect
from escalations.models import Escalation, State, requirements
from escalations.policy.methods import Outlook
from escalations.schemas import answers

PAGE_MAX = 200
ID = Annotated[str, openapi.path("esc_019aa0c1d2e37f40a1b2c3d4e5f60718")]

router = Router(auth=Entrance("escalations"), tags=["Escalations"])


@router.post(
    "/escalations",
    response=openapi.answers(
        {201: answers.Escalation, 200: answers.Escalation}, 409, 413, 415, 422
    ),
    summary="Hand a case to a person",
    openapi_extra=openapi.body("Package"),
)
def create(
    request: AgentRequest,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", description=openapi.KEY)
    ] = None,
) -> HttpResponse:
    """Stores the package, judged. The same key and body again give the same escalation (200), and
    so does an identical call of yours that waits for people (200, `joined`)."""
    now = clock.now()
    body = exchange.body(request)
    try:
        accepted = intake.accept(request.auth, body, idempotency_key=idempotency_key, now=now)
    except OperationalError as error:
        raise _in_flight(error) from error
    case = accepted.escalation
    headers = {"Location": f"/api/v1/escalations/{case.id}"}
    if not accepted.created and not accepted.joined:
        headers["Idempotency-Replayed"] = "true"
    status = 201 if accepted.created else 200
    document = whole(case) | documents.warnings(accepted.warnings)
    document |= {"joined": True} if accepted.joined else {}
    return exchange.answer(request, document, status=status, headers=headers)


@router.get(
    "/escalations",
    response=openapi.answers({200: answers.Page}, 422),
    summary="List your escalations, newest first",
)
def several(
    request: AgentRequest,
    state: Annotated[answers.State | None, Query()] = None,
    task_type: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Annotated[str | None, Query(pattern="^[0-9]{1,18}$")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> HttpResponse:
    """Pages by `cursor`: send the `next_cursor` of the page before."""
    wanted: dict[str, Any] = {"state": state, "task_type": task_type}
    if cursor:
        wanted["number__lt"] = int(cursor)
    rows = request.auth.agent.escalations.filter(
        **{name: value for name, value in wanted.items() if value is not None}
    )
    # One more than is shown says whether another page follows.
    cases = list(rows.order_by("-number")[: limit + 1])
    page, more = cases[:limit], len(cases) > limit
    decisions = effect.in_effect_for(page)
    items = [documents.escalation(case, decision=decisions.get(case.number)) for case in page]
    last = str(page[-1].number) if more else None
    headers = exchange.unread(request, "state", "task_type", "cursor", "limit")
    return exchange.answer(request, {"items": items, "next_cursor": last}, headers=headers)


@router.get(
    "/escalations/{id}",
    response=openapi.answers({200: answers.Escalation}, 404),
    summary="How an escalation stands",
)
def one(request: AgentRequest, id: ID) -> HttpResponse:  # noqa: A002
    """The answer of the POST, as it is now."""
    return exchange.answer(request, whole(own(request, id)), headers=exchange.unread(request))


def own(request: AgentRequest, id: str) -> Escalation:  # noqa: A002
    """The agent's own escalation. Raises NotFound for another's as for none."""
    case = request.auth.agent.escalations.filter(id=id).first()
    if case is None:
        raise refusals.NotFound("not_found", f"There is no escalation {id[:64]} of yours.")
    return case


def whole(case: Escalation) -> documents.Document:
    """The answer about one escalation, as it is now."""
    decided = effect.in_effect(case) if case.closed_at or case.taken_over_at else None
    position = documents.position(case) if case.state == State.WAITING else None
    outlook = _outlook(case, position) if position else None
    return documents.escalation(case, decision=decided, position=position, outlook=outlook)


def _outlook(case: Escalation, position: int) -> Outlook:
    return ports.outlook(
        task_type=case.task_type,
        skills=requirements.skills_of(case.requirement_id),
        units=case.units,
        level=case.level,
        ahead=position - 1,
        now=clock.now(),
    )


def _in_flight(error: OperationalError) -> Exception:
    """A writer that had to wait too long for another one of the same key."""
    # Told by the words, as a connection that is lost raises the same class.
    waited = "lock" in str(error)
    return refusals.Conflict("busy", "The first call is still in flight.") if waited else error
