"""The conversation while a person has taken it over. `console/serving/longpoll.py` waits for it."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router

from console import clock
from console.serving import longpoll
from escalations import admission, keyed_calls, lifecycle
from escalations.api import documents, exchange, openapi
from escalations.api.decisions import WAIT_S_MAX
from escalations.api.entrance import AgentRequest, Entrance
from escalations.api.escalations import ID, own
from escalations.lifecycle import guards
from escalations.lifecycle.conversing import questions, receipts, speaking
from escalations.live import typing as typists
from escalations.models import ChatMessage, Escalation, State
from escalations.refusals import Fault, Invalid
from escalations.schemas import answers
from escalations.schemas.messages import SentMessage, SentReceipt, SentTyping
from escalations.text.blanks import is_blank

NUMBER_MAX = 2**31 - 1
ITEMS_MAX = 200

router = Router(auth=Entrance("escalations"), tags=["Conversation"])


@router.post(
    "/escalations/{id}/messages",
    response=openapi.answers({201: answers.Said, 200: answers.Said}, 404, 409, 413, 415, 422),
    summary="Pass on what the customer wrote",
    openapi_extra=openapi.body("SentMessage"),
)
def send(
    request: AgentRequest,
    id: ID,  # noqa: A002
    idempotency_key: openapi.Again = None,
) -> HttpResponse:
    """While a person has taken over. Refused before and after, and whatever the agent would say
    itself: until it is handed back only people speak to the customer."""
    said, _ = exchange.read(request, SentMessage)
    if said.id and is_blank(said.id):
        errors = [Fault("/id", admission.BLANK)]
        raise Invalid("The body is not valid.", errors=errors)
    case = own(request, id)
    if said.role == "agent":
        speaking.require_with_people(case)
        guards.require_agent_goes_on(case)
    heard: list[tuple[ChatMessage, bool]] = []

    def act() -> int:
        message, is_new = lifecycle.hear(
            case, said.text, their_id=said.id or "", author=said.author or "",
            agent=request.auth.agent.name, now=clock.now(),
        )  # fmt: skip
        heard.append((message, is_new))
        return message.number

    body, now = exchange.body(request), clock.now()
    number, is_first = keyed_calls.once(case, "messages", idempotency_key, body, act, now=now)
    message, is_new = heard[0] if heard else (case.chat_messages.get(number=number), False)
    headers = exchange.replayed(not is_first)
    told = documents.message(message) | documents.warnings(said.without_effect())
    return exchange.answer(request, told, status=201 if is_new else 200, headers=headers)


@router.get(
    "/escalations/{id}/messages",
    response=openapi.answers({200: answers.Conversation, 202: answers.Conversation}, 404, 422),
    summary="Wait for what the person says",
)
def read(
    request: AgentRequest,
    id: ID,  # noqa: A002
    after: Annotated[int, Query(ge=0, le=NUMBER_MAX, description=openapi.AFTER_MESSAGE)] = 0,
    wait: Annotated[int, Query(ge=0, le=WAIT_S_MAX, description=openapi.WAIT)] = 0,
    typing: Annotated[bool, Query(description=openapi.TYPING)] = False,
) -> HttpResponse:
    """200 as soon as anything was said after that number, and where nothing will be, because the
    case is closed; 202 if nothing was after `wait` seconds. Then ask again."""
    case = own(request, id)
    found = list(case.chat_messages.filter(number__gt=after).order_by("number")[: ITEMS_MAX + 1])
    with_people = guards.is_with_people(case)
    # The front asks again with this at the hint; nothing is kept of who types.
    person_types = typing and with_people and longpoll.TYPED_HEADER in request.META
    document = {
        "id": case.id,
        "state": str(case.state),
        "version": case.version,
        "agent_may_speak": not (with_people or guards.is_finished_by_people(case)),
        "person_types": person_types,
        "items": [documents.message(one) | _response(case, one) for one in found[:ITEMS_MAX]],
        "more": len(found) > ITEMS_MAX,
    }
    return exchange.answer(
        request,
        document,
        status=200 if person_types or _is_news(case, found) else 202,
        headers=exchange.unread(request, "after", "wait", "typing"),
    )


@router.post(
    "/escalations/{id}/receipts",
    response=openapi.answers({200: answers.Received}, 404, 409, 413, 415, 422),
    summary="Say what became of a message",
    openapi_extra=openapi.body("SentReceipt"),
)
def receive(request: AgentRequest, id: ID) -> HttpResponse:  # noqa: A002
    """Delivered, read or failed; the person sees it at the message. Also after it was handed
    back."""
    said, _ = exchange.read(request, SentReceipt)
    case = own(request, id)
    if case.taken_over_at is None:
        speaking.require_with_people(case)
    receipt = receipts.receive(
        case, said.number, said.state, reason=said.reason or "", now=clock.now()
    )
    told = {"id": case.id, "number": said.number, "state": str(receipt.state)}
    told |= {"at": exchange.timestamp(receipt.at), **documents.warnings(said.without_effect())}
    return exchange.answer(request, told)


@router.post(
    "/escalations/{id}/typing",
    response=openapi.answers({200: answers.Typed}, 404, 409, 413, 415, 422),
    summary="Say that the customer types",
    openapi_extra=openapi.body("SentTyping"),
)
def types(request: AgentRequest, id: ID) -> HttpResponse:  # noqa: A002
    """While a person has the conversation. Shown for some seconds, stored nowhere."""
    exchange.read(request, SentTyping)
    case = own(request, id)
    speaking.require_with_people(case)
    typists.of_customer(case)
    return exchange.answer(request, {"id": case.id, "shown_for_s": typists.SHOWN_S})


@router.get(
    "/escalations/{id}/question",
    response=openapi.answers({200: answers.Question, 202: answers.Undecided}, 404, 422),
    summary="Wait for a question of the person",
)
def question(
    request: AgentRequest,
    id: ID,  # noqa: A002
    wait: Annotated[int, Query(ge=0, le=WAIT_S_MAX, description=openapi.WAIT)] = 0,
) -> HttpResponse:
    """200 with what you are asked now: answer by context or by a revision. 202 if nobody asked
    within `wait` seconds."""
    case = own(request, id)
    asked, headers = questions.question(case), exchange.unread(request, "wait")
    if asked is not None:
        return exchange.answer(request, asked, headers=headers)
    else:
        return exchange.answer(request, documents.undecided(case), status=202, headers=headers)


def _response(case: Escalation, said: ChatMessage) -> dict[str, int]:
    """The first line is the `response` of the decision that says who took over, and must not reach
    the customer twice."""
    if said.number > 1:
        return {}
    taken_over = case.decisions.filter(outcome="taken_over", final=False).first()
    return {"response_of": taken_over.sequence} if taken_over else {}


def _is_news(case: Escalation, found: list[ChatMessage]) -> bool:
    return bool(found) or case.state not in State.open()
