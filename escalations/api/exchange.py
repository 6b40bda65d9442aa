"""Reading the bytes of a request and writing those of an answer."""

from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ValidationError

from escalations import refusals
from escalations.api import misnamed
from escalations.api.entrance import AgentRequest
from escalations.package import limits
from escalations.record import lines
from escalations.refusals import Fault
from escalations.schemas import faults, shapes
from escalations.text import pointers

UNREAD_MAX, UNREAD_BYTES_MAX = 10, 65_536
NO_BODY = "This call reads no body."
Read = TypeVar("Read", bound=BaseModel)


class Unsupported(refusals.Refused):
    """The body is of another media type than JSON (415)."""


def body(request: HttpRequest) -> bytes:
    """The bytes of a JSON body. Raises Unsupported, and TooLarge before reading."""
    if request.content_type != "application/json":
        raise Unsupported(
            "unsupported_media_type", "Send JSON, with the header Content-Type: application/json."
        )
    bytes_max = settings.PACKAGE_BYTES_MAX
    # What is announced is looked at first, as `request.body` reads all there is.
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > bytes_max:
        raise limits.TooLarge(
            "too_large", f"The body has {length:,} bytes; at most {bytes_max:,} are taken."
        )
    return request.body


def read(request: HttpRequest, model: type[Read]) -> tuple[Read, Any]:
    """A small body as the model, and as it was sent. Raises Invalid naming every fault."""
    sent = limits.read(body(request), bytes_max=settings.PACKAGE_BYTES_MAX).value
    try:
        return model.model_validate(sent), sent
    except ValidationError as error:
        beside = partial(shapes.beside, sent, shapes.of(model))
        named = faults.named(error, instead=beside)
        raise refusals.Invalid("The body is not valid.", errors=named) from None


def refuse_query(name: str, detail: str) -> refusals.Invalid:
    """What is wrong with a parameter of the address."""
    return refusals.Invalid(
        "The address has a parameter that cannot be used.", errors=[Fault("", f"{name} {detail}")]
    )


def answer(
    request: AgentRequest,
    document: Any,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """The document (or its bytes) as JSON, with what is left of the rate."""
    unheard = misnamed.headers(request)
    if request.method == "POST" and isinstance(document, dict):
        unheard += misnamed.parameters(request, ())
        more = [{"pointer": "", "detail": one.in_words()} for one in unheard]
        document |= {"warnings": [*document.get("warnings", ()), *more]} if more else {}
    elif unheard:
        headers = misnamed.told(unheard, headers or {})
    content = document if isinstance(document, bytes) else orjson.dumps(document)
    rate = request.rate.headers() if request.rate else {}
    return HttpResponse(
        content,
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **rate, **(headers or {})},
    )


def unread(request: HttpRequest, *known: str) -> dict[str, str]:
    """The header that names parameters of the address which this call does not have."""
    return misnamed.told(misnamed.parameters(request, known), {})


def unread_body(request: HttpRequest) -> list[Fault]:
    """What was sent to a call that reads no body, each key by its pointer; `{}` says nothing."""
    is_large = int(request.META.get("CONTENT_LENGTH") or 0) > UNREAD_BYTES_MAX
    sent = b"[]" if is_large else request.body.strip()
    if sent in (b"", b"{}", b"null"):
        return []
    try:
        said = orjson.loads(sent)
    except orjson.JSONDecodeError:
        said = None
    keys = list(said)[:UNREAD_MAX] if isinstance(said, dict) else []
    told = [pointers.escaped(key[:64]) for key in keys]
    return [Fault(f"/{key}", NO_BODY) for key in told] or [Fault("", NO_BODY)]


def replayed(is_again: bool) -> dict[str, str]:
    """The header that says that nothing was done, as it had come before."""
    return {"Idempotency-Replayed": "true"} if is_again else {}


def timestamp(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, or null."""
    return lines.timestamp(at) if at else None
