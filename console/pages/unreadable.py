"""Refuses what no page can read: a NUL, or bytes that are no UTF-8 (as half of a surrogate pair),
anywhere in the address, a header, a cookie or a form.

PostgreSQL keeps no text with a NUL and SQLite does, so without this the same request would be an
error on one database and a search without a result on the other. Django puts U+FFFD in the place of
bytes that are no text, which would then be kept as if somebody had written it. JSON bodies are
checked where they are read.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser

NUL, REPLACED = "\0", "\ufffd"
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"


def middleware(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answers 400 before the session is read, whose key is text of the client as well."""

    def answer_what_is_text(request: HttpRequest) -> HttpResponse:
        _keep_parts(request)
        if any(NUL in text for text in _texts(request)):
            raise BadRequest("The request holds a NUL character.")
        if not all(map(_is_text, _written(request))):
            raise BadRequest("The request holds bytes that are no UTF-8.")
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


def _keep_parts(request: HttpRequest) -> None:
    """Parts are read once, from the stream, unless the body was asked for before."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    fits = length.isdecimal() and int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if request.content_type == PARTS and fits:
        _ = request.body


def _written(request: HttpRequest) -> Iterator[bytes]:
    """The bytes of what Django reads as text, where they may not be text."""
    # Django writes such bytes of a path as they came, in percent signs.
    yield unquote_to_bytes(request.path_info)
    yield _plain(_bytes(request.META.get("QUERY_STRING", "")))
    for name, value in request.META.items():
        # Others on this host may set cookies as they like; ours are looked at below.
        if name.startswith("HTTP_") and name != "HTTP_COOKIE" and not value.isascii():
            yield _bytes(value)
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        if REPLACED in request.COOKIES.get(name, ""):
            yield b"\xff"
    # Somebody may have written U+FFFD: whether they did is asked of the bytes.
    if any(REPLACED in text for text in _texts(request)):
        yield from _form(request)


def _form(request: HttpRequest) -> Iterator[bytes]:
    if request.content_type == FORM:
        yield _plain(request.body)
    elif request.content_type == PARTS and hasattr(request, "_body"):
        parser = MultiPartParser(request.META, BytesIO(request.body), [], "latin-1")
        for name, texts in parser.parse()[0].lists():
            yield from (str(text).encode("latin-1") for text in (name, *texts))


def _bytes(text: str) -> bytes:
    # As WSGI has them: each byte as a letter of latin-1.
    return text.encode("latin-1", "replace")


def _plain(written: bytes) -> bytes:
    return unquote_to_bytes(written.replace(b"+", b" "))


def _is_text(written: bytes) -> bool:
    try:
        written.decode()
    except UnicodeDecodeError:
        return False
    return True
