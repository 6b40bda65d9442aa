"""Runs Django under WSGI behind an ASGI server, in our own pool of threads.

Django's ASGI handler starts a thread per request. This costs half as much as `a2wsgi`, because a
request hops to a thread and back once; and as the whole body is read before and the whole answer
is kept after, a slow client never holds one of the few threads. Answers are therefore finite.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from io import BytesIO
from typing import IO, Any, NamedTuple
from urllib.parse import unquote_to_bytes

import orjson
import structlog

from console.serving import fields
from console.serving.threads import Pool

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Any]
Send = Callable[[Message], Any]

log = structlog.get_logger(__name__)

BODY_TIMEOUT_S = 30
DISCARD_BYTES_MAX = 16 * 1024 * 1024
MEMORY_BYTES_MAX = 1024 * 1024
CHUNK_BYTES = 64 * 1024


class Disconnected(Exception):
    """The client left before its request was complete."""


class BodyTooLarge(Exception):
    """The body is larger than allowed."""


class Response(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: IO[bytes]


class Bridge:
    """An ASGI application for HTTP that answers with a WSGI application."""

    def __init__(self, wsgi: Callable[..., Any], pool: Pool, body_bytes_max: int) -> None:
        self._wsgi = wsgi
        self._pool = pool
        self._body_bytes_max = body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                body = await _body(scope, receive, self._body_bytes_max)
        except Disconnected:
            return
        except BodyTooLarge:
            limit = f"The body may have at most {self._body_bytes_max} bytes."
            await _refuse(send, 413, "Content Too Large", limit)
        except TimeoutError:
            late = f"The body did not arrive within {BODY_TIMEOUT_S} seconds."
            await _refuse(send, 408, "Request Timeout", late)
        else:
            job = self._pool.submit(_answer, self._wsgi, _environ(scope, body))
            try:
                answer = await asyncio.wrap_future(job)
            # A large answer is kept on a disk, which may be full.
            except OSError as error:
                log.error("answer_not_kept", exc_info=error)
                away = "Baton cannot answer at the moment; try again shortly."
                await _refuse(send, 503, "Service Unavailable", away)
            else:
                await _send(send, answer)


async def _body(scope: Scope, receive: Receive, bytes_max: int) -> bytes:
    """The whole body. Raises Disconnected or TooLarge; the latter after throwing away what a
    well-meaning client is still sending, so that it gets to read the answer."""
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > DISCARD_BYTES_MAX:
            raise BodyTooLarge
    body, more = bytearray(), True
    received = 0
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk, more = message.get("body", b""), message.get("more_body", False)
        received += len(chunk)
        if received > DISCARD_BYTES_MAX:
            raise BodyTooLarge
        if received <= bytes_max:
            body += chunk
    if received > bytes_max:
        raise BodyTooLarge
    return bytes(body)


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    root = scope.get("root_path", "")
    environ = {
        "REQUEST_METHOD": scope["method"],
        # WSGI wants the bytes of a path, each written as a letter of latin-1.
        "SCRIPT_NAME": root.encode().decode("latin1"),
        "PATH_INFO": _path(scope).decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **fields.environ(scope["headers"]),
    }
    # A body sent in chunks has no length of its own, and Django reads no further than this.
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _path(scope: Scope) -> bytes:
    """As it was sent: in `path` the server has put U+FFFD for what is no UTF-8."""
    root, raw = scope.get("root_path", ""), scope.get("raw_path")
    sent = unquote_to_bytes(raw) if raw else str(scope["path"]).encode()
    return sent.removeprefix(root.encode())


def _answer(wsgi: Callable[..., Any], environ: dict[str, Any]) -> Response:
    """Runs in a thread of the pool and leaves nothing for it to do afterwards."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
        started.append((status, headers))

    with closing(wsgi(environ, start_response)) as response:
        body = _kept(response)
    status, headers = started[-1]
    return Response(
        int(status[:3]),
        # Django writes cookies with a space before them, which a strict server does not send.
        [
            (name.lower().encode("latin1"), value.strip().encode("latin1"))
            for name, value in headers
        ],
        body,
    )


def _kept(parts: Iterable[bytes]) -> IO[bytes]:
    """The parts as one file, on disk once they are more than a little."""
    body: IO[bytes] = BytesIO()
    for part in parts:
        if body.tell() + len(part) > MEMORY_BYTES_MAX and isinstance(body, BytesIO):
            memory, body = body, tempfile.TemporaryFile()  # noqa: SIM115 - closed when sent
            body.write(memory.getvalue())
        body.write(part)
    body.seek(0)
    return body


async def _send(send: Send, answer: Response) -> None:
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    with answer.body as body:
        await send(start)
        chunk = body.read(CHUNK_BYTES)
        while len(chunk) == CHUNK_BYTES:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            chunk = body.read(CHUNK_BYTES)
        await send({"type": "http.response.body", "body": chunk})


async def _refuse(send: Send, status: int, title: str, detail: str) -> None:
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body = orjson.dumps(problem)
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        # What the client is still sending would be read as its next request.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
