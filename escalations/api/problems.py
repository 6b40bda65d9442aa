"""Every "no" of the API as `application/problem+json` (RFC 9457), never HTML or a stack trace."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from escalations import refusals
from escalations.agents import keys, rate_limit
from escalations.package import limits

CONTENT_TYPE = "application/problem+json"
BELOW = "/api/"
RETRY_S = 1
NOTHING_HERE = "There is nothing at this address."
UNEXPECTED = "Something went wrong on our side; it has been logged."
UNAVAILABLE = "Baton cannot answer at the moment; try again shortly."

# The first that fits is taken, so what others are made of comes last.
_STATUS: tuple[tuple[type[refusals.Refused], int], ...] = (
    (keys.Unknown, 401),
    (rate_limit.Exceeded, 429),
    (limits.TooLarge, 413),
    (refusals.Invalid, 422),
    (refusals.NotAllowed, 403),
    (refusals.NotFound, 404),
    (refusals.Conflict, 409),
    (refusals.Refused, 409),
)
_BY_CODE = {"unsupported_media_type": 415, "precondition_required": 428, "policy_changed": 412}
_DETAILS = {
    400: "The request cannot be read.",
    404: NOTHING_HERE,
    405: "This address does not take this method.",
    413: "The body is too large.",
    500: UNEXPECTED,
    503: UNAVAILABLE,
}


def problem(
    status: int,
    detail: str,
    *,
    code: str = "",
    headers: dict[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    """A problem document. `code` names the kind of problem for programs."""
    document = {
        "type": f"urn:baton:problem:{code}" if code else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **{name: value for name, value in members.items() if value is not None},
    }
    return HttpResponse(
        orjson.dumps(document, option=orjson.OPT_UTC_Z),
        status=status,
        content_type=CONTENT_TYPE,
        headers=headers,
    )


def of(refusal: refusals.Refused) -> HttpResponse:
    """The problem that a refusal is."""
    status = _BY_CODE.get(refusal.code) or next(
        status for kind, status in _STATUS if isinstance(refusal, kind)
    )
    errors = None
    if isinstance(refusal, refusals.Invalid):
        errors = [{"pointer": fault.pointer, "detail": fault.detail} for fault in refusal.errors]
    by = {"id": refusal.by.id, "name": refusal.by.name} if refusal.by else None
    return problem(
        status,
        refusal.detail,
        code=refusal.code,
        headers=_headers(refusal),
        errors=errors,
        by=by,
        at=refusal.at,
    )


def middleware(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Turns whatever Django itself answers below /api/ with an error into a problem document."""

    def answer_plainly(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        is_error = response.status_code >= 400 and request.path_info.startswith(BELOW)
        if is_error and not response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
            return _plain(response)
        else:
            return response

    return answer_plainly


def _plain(response: HttpResponse) -> HttpResponse:
    status = response.status_code
    detail = _DETAILS.get(status, HTTPStatus(status).description or HTTPStatus(status).phrase)
    kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response}
    return problem(status, detail, headers=kept)


def _headers(refusal: refusals.Refused) -> dict[str, str]:
    if isinstance(refusal, rate_limit.Exceeded):
        return {"Retry-After": str(refusal.rate.retry_s), **refusal.rate.headers()}
    elif isinstance(refusal, keys.Unknown):
        return {"WWW-Authenticate": "Bearer"}
    elif refusal.code == "busy":
        return {"Retry-After": str(RETRY_S)}
    else:
        return {}
