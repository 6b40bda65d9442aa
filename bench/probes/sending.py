"""One request as bytes, and what came back; nothing on the way refuses what is malformed."""

import contextlib
import http.client
import socket
from dataclasses import dataclass, field
from typing import Self

ANSWER_WITHIN_S = 30
NEVER = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """What is asked: `name` is the endpoint under which its answer is counted."""

    name: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def encoded(self, port: int) -> bytes:
        """The bytes of the request. Whatever a header or the target holds goes out as it is."""
        lines = [f"{self.method} {self.target} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body or self.method in {"POST", "PUT", "PATCH"}:
            lines.append(f"Content-Length: {len(self.body)}")
        head = "\r\n".join(lines) + "\r\n\r\n"
        return head.encode("utf-8", "surrogatepass") + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """Its status, NEVER if none came, and the first words of what was said."""

    status: int
    said: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Line:
    """One connection, opened anew whenever the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def ask(self, probe: Probe, *, whole: bool = False) -> Answer:
        """The answer. An old connection may just have been closed, a new one has to answer."""
        if self._socket is not None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                return self._ask(self._socket, probe, whole)
            self._close()
        try:
            self._socket = socket.create_connection(("127.0.0.1", self._port), ANSWER_WITHIN_S)
            return self._ask(self._socket, probe, whole)
        except (OSError, http.client.HTTPException) as error:
            self._close()
            return Answer(NEVER, repr(error))

    def _ask(self, connection: socket.socket, probe: Probe, whole: bool) -> Answer:
        # A server may answer and close before it has read all; the answer is there to be read.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(probe.encoded(self._port))
        response = http.client.HTTPResponse(connection, method=probe.method)
        try:
            response.begin()
            said = response.read().decode("utf-8", "replace")
            headers = {name.lower(): value for name, value in response.getheaders()}
            if response.will_close:
                self._close()
        finally:
            response.close()
        return Answer(response.status, said if whole else said[:300], headers)

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
