"""Refuses what no page can read: a NUL anywhere in the address, a header, a cookie or a form.

PostgreSQL keeps no text with a NUL and SQLite does, so without this the same request would be an
error on one database and a search without a result on the other. JSON bodies are checked where
they are read.
"""

from collections.abc import Callable, Iterator

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NUL = "\0"


def middleware(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answers 400 before the session is read, whose key is text of the client as well."""

    def answer_what_is_text(request: HttpRequest) -> HttpResponse:
        if any(NUL in text for text in _texts(request)):
            raise BadRequest("The request holds a NUL character.")
        return answer(request)

    return answer_what_is_text


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    yield from (value for name, value in request.META.items() if name.startswith("HTTP_"))
    # Not the header alone: `\000` between quotes is a NUL in a cookie.
    for name, value in request.COOKIES.items():
        yield name
        yield value
    for fields in (request.GET, request.POST):
        for name, values in fields.lists():
            yield name
            yield from (str(value) for value in values)
    for name, file in request.FILES.items():
        yield name
        yield getattr(file, "name", "") or ""
