"""Escalating, asking how it stands, and fetching the decision."""

from typing import Annotated, Any

from django.db import OperationalError
from django.http import HttpResponse
from ninja import Header, Query, Router

from console import clock
from escalations import intake, lifecycle, refusals
from escalations.api import documents, exchange, openapi
from escalations.api.entrance import Entrance, Request
from escalations.models import Escalation, State
from escalations.schemas import answers
from escalations.schemas.additions import Addition
from escalations.schemas.decision import Decision

WAIT_S_MAX = 60
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
    request: Request,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", description=openapi.KEY)
    ] = None,
) -> HttpResponse:
    """Stores the package, judged. The same key and body again give the same escalation (200)."""
    now = clock.now()
    body = exchange.body(request)
    try:
        accepted = intake.accept(request.auth, body, idempotency_key=idempotency_key, now=now)
    except OperationalError as error:
        raise _in_flight(error) from error
    case = accepted.escalation
    headers = {"Location": f"/api/v1/escalations/{case.id}"}
    if not accepted.created:
        headers["Idempotency-Replayed"] = "true"
    status = 201 if accepted.created else 200
    return exchange.answer(request, _whole(case), status=status, headers=headers)


@router.get(
    "/escalations",
    response=openapi.answers({200: answers.Page}, 422),
    summary="List your escalations, newest first",
)
def several(
    request: Request,
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
    cases = list(rows.order_by("-number")[: limit + 1])
    page, more = cases[:limit], len(cases) > limit
    decisions = documents.in_effect_for(page, now=clock.now())
    items = [documents.escalation(case, decision=decisions.get(case.number)) for case in page]
    last = str(page[-1].number) if more else None
    return exchange.answer(request, {"items": items, "next_cursor": last})


@router.get(
    "/escalations/{id}",
    response=openapi.answers({200: answers.Escalation}, 404),
    summary="How an escalation stands",
)
def one(request: Request, id: ID) -> HttpResponse:  # noqa: A002
    """The answer of the POST, as it is now."""
    return exchange.answer(request, _whole(own(request, id)))


@router.get(
    "/escalations/{id}/decision",
    response=openapi.answers({200: Decision, 202: answers.Undecided}, 404, 422),
    summary="Wait for the decision",
)
def decision(
    request: Request,
    id: ID,  # noqa: A002
    wait: Annotated[int, Query(ge=0, le=WAIT_S_MAX, description=openapi.WAIT)] = 0,
) -> HttpResponse:
    """200 as soon as it is in effect; 202 if it is not after `wait` seconds. Then ask again."""
    case = own(request, id)
    decided = documents.in_effect(case, now=clock.now())
    if decided is not None:
        return exchange.answer(request, decided.body.encode())
    else:
        return exchange.answer(request, documents.undecided(case), status=202)


@router.post(
    "/escalations/{id}/revision",
    response=openapi.answers({200: answers.Escalation}, 404, 409, 413, 415, 422),
    summary="Send a new version of the package",
    openapi_extra=openapi.body("Package"),
)
def revision(request: Request, id: ID) -> HttpResponse:  # noqa: A002
    """Judged anew; approvals of the older version are void. Refused once it is decided."""
    case = intake.revise(request.auth, own(request, id), exchange.body(request), now=clock.now())
    return exchange.answer(request, _whole(case))


@router.post(
    "/escalations/{id}/context",
    response=openapi.answers({200: answers.Escalation}, 404, 409, 413, 415, 422),
    summary="Append messages, logs or steps",
    openapi_extra=openapi.body("Addition"),
)
def context(request: Request, id: ID) -> HttpResponse:  # noqa: A002
    """Only while it is open. A decision on the older text is refused from now on."""
    _, said = exchange.read(request, Addition)
    agent = request.auth.agent.name
    case = lifecycle.add_context(own(request, id), said, agent=agent, now=clock.now())
    return exchange.answer(request, _whole(case))


@router.post(
    "/escalations/{id}/cancel",
    response=openapi.answers({200: answers.Escalation}, 404, 409),
    summary="Say that it is no longer needed",
)
def cancel(request: Request, id: ID) -> HttpResponse:  # noqa: A002
    """A decision that is not in effect yet is dropped. Refused once one is."""
    agent = request.auth.agent.name
    case = lifecycle.cancel(own(request, id), agent=agent, now=clock.now())
    return exchange.answer(request, _whole(case))


def own(request: Request, id: str) -> Escalation:  # noqa: A002
    """The agent's own escalation. Raises NotFound for another's as for none."""
    case = request.auth.agent.escalations.filter(id=id).first()
    if case is None:
        raise refusals.NotFound("not_found", f"There is no escalation {id[:64]} of yours.")
    return case


def _whole(case: Escalation) -> documents.Document:
    decided = documents.in_effect(case, now=clock.now()) if case.closed_at else None
    position = documents.position(case) if case.state == State.WAITING else None
    return documents.escalation(case, decision=decided, position=position)


def _in_flight(error: OperationalError) -> Exception:
    """A writer that had to wait too long for another one of the same key."""
    waited = "lock" in str(error)
    return refusals.Conflict("busy", "The first call is still in flight.") if waited else error
