"""Limits on the head of a request, before anybody knows whose it is: bytes, headers and time.

uvicorn has none of these with its fast parser: a head could grow for ever, and a connection that
never says what it wants is kept.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

BYTES_MAX = 32 * 1024
HEADERS_MAX = 100
TIMEOUT_S = 10
# Of a body in chunks, what is not its content may be as much as this for each byte that is.
FRAMING = 8

TOO_LARGE = "The head of a request has at most 32 KiB and 100 headers."
TOO_SLOW = "The head of the request did not arrive within 10 seconds."


class HeadTooLarge(Exception):
    """The head breaks a limit; the parser hands this on as an error of its own."""


class LimitedHttp(HttpToolsProtocol):
    """uvicorn's protocol, which says 431 or 408 and hangs up where a head breaks a limit."""

    _late: asyncio.TimerHandle | None = None
    _reading, _begun = 0, False
    _beside = _content = _headers = 0
    _too_large = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        # Whoever only sends empty lines between two requests begins none.
        if self._late is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()
        self._reading = len(data)
        self._beside += self._reading
        super().data_received(data)
        # After the parser, which knows what of it was content; it keeps what is not complete.
        if self._beside > BYTES_MAX + FRAMING * self._content and not self._too_large:
            self._too_large = True
            self.send_400_response(TOO_LARGE)

    def on_message_begin(self) -> None:
        # What came with the end of the request before is not counted against this one.
        self._beside = 0 if self._begun else self._reading
        self._begun = True
        self._content = self._headers = 0
        super().on_message_begin()
        self._await_head()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._require(len(self.url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers += len(name) + len(value) + 4
        super().on_header(name, value)
        self._require(len(self.url) + self._headers)

    def on_headers_complete(self) -> None:
        self._head_is_here()
        # Each further byte is content, or frames it.
        self._beside = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._beside = max(0, self._beside - len(body))
        self._content += len(body)
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Also for what broke a limit, told with the status that this has."""
        self._head_is_here()
        if self.transport.is_closing():
            return
        if self._is_answering():
            self.transport.close()
            return
        if self.cycle is not None:
            # Whoever works on it hears that nobody waits, and says nothing after this.
            self.cycle.disconnected = True
        if self._too_large:
            self._refuse(b"431 Request Header Fields Too Large", TOO_LARGE)
        else:
            super().send_400_response(msg)

    def _require(self, size: int) -> None:
        if size > BYTES_MAX or len(self.headers) > HEADERS_MAX:
            self._too_large = True
            raise HeadTooLarge

    def _await_head(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(TIMEOUT_S, self._give_up)

    def _head_is_here(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._late = None
        if self.transport.is_closing():
            return
        self._refuse(b"408 Request Timeout", TOO_SLOW)

    def _is_answering(self) -> bool:
        """Whether what is said now could be taken for the answer to a request that was whole, or
        would stand in the middle of one."""
        cycle: Any = self.cycle
        if cycle is None or cycle.response_complete:
            return False
        return bool(self.pipeline) or cycle.response_started or not cycle.more_body

    def _refuse(self, status: bytes, said: str) -> None:
        body = said.encode()
        head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n" % len(body)
        self.transport.write(
            b"HTTP/1.1 " + status + b"\r\n" + head + b"connection: close\r\n\r\n" + body
        )
        self.transport.close()
