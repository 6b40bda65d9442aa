"""Refuses a body that was packed, or written in other letters than UTF-8: it would be read as
something else, or as nothing."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from escalations.api import problems

# ASCII is UTF-8 too.
CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii"}
PACKED = "The body has the Content-Encoding {!r}. Send it as it is, without this header."
LETTERS = "The body is said to be in {!r}. Send it in UTF-8, and say so or nothing."


def middleware(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answers 415 below /api/, and 400 elsewhere, before anything of the body is read."""

    def answer_what_is_read_as_it_is(request: HttpRequest) -> HttpResponse:
        fault = _fault(request) if int(request.META.get("CONTENT_LENGTH") or 0) else ""
        if not fault:
            return answer(request)
        elif request.path_info.startswith(problems.BELOW):
            return problems.problem(415, fault, code="unsupported_media_type")
        else:
            raise BadRequest(fault)

    return answer_what_is_read_as_it_is


def _fault(request: HttpRequest) -> str:
    coding = request.META.get("HTTP_CONTENT_ENCODING", "").strip()
    if coding.lower() not in {"", "identity"}:
        return PACKED.format(coding[:64])
    charset = (request.content_params or {}).get("charset", "utf-8").strip()
    if charset.lower() not in CHARSETS:
        return LETTERS.format(charset[:64])
    return ""
