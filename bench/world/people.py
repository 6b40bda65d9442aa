"""Screens and the people before them: sign-in, sockets, commands."""

import json
import os
import socket
import struct
import time
import uuid
from collections.abc import Awaitable
from typing import Any

from bench.world import package


def session_of(
    username: str, *, role: str = "reviewer", skills: dict[str, int] | None = None
) -> str:
    """The session key of somebody who has just signed in."""
    from django.test import Client

    from console.models import User
    from routing.people import roster, units

    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(username, role=role, first_name=username)
        units.provide(user)
        roster.grade(user, skills or {})
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def agent() -> tuple[Any, str]:
    """A key of an agent that posts over HTTP, and its token."""
    from console import clock
    from escalations.agents import keys
    from escalations.record.lines import BATON
    from tests import factories

    whose = factories.key().agent
    return keys.create(whose, scopes=["escalations"], callback_hosts=[], by=BATON, now=clock.now())


def cases(key: Any, count: int, *, first: int) -> list[str]:
    """The ids of so many new waiting cases."""
    from console import clock
    from escalations import intake

    return [
        intake.accept(key, package.body(first + number), now=clock.now()).escalation.id
        for number in range(count)
    ]


def hint(number: int) -> Awaitable[None]:
    """What another process would say when this case has changed."""
    from channels.layers import get_channel_layer

    from console.hints import carrying

    message = {"type": "escalation", "escalation": "", "number": number, "version": 1}
    layer = get_channel_layer(carrying.LAYER)
    said: Awaitable[None] = layer.group_send(carrying.GROUP, carrying.together([message], "bench"))
    return said


def approval(escalation: str) -> bytes:
    """The frame of one click on Approve."""
    frame = {
        "type": "command",
        "command": "approve",
        "id": str(uuid.uuid4()),
        "escalation": escalation,
        "version": 1,
        "how": "click",
        "active_s": 4,
    }
    return json.dumps(frame).encode()


class Screen:
    """One WebSocket as a browser opens it, reduced to what costs the driver least."""

    def __init__(self, port: int, session: str = "", path: str = "/ws/") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Version: 13\r\nOrigin: http://127.0.0.1:{port}\r\n"
            f"Cookie: sessionid={session}\r\n\r\n".encode()
        )
        self._held = b""
        self.is_closed = False
        head = self._until(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise SystemExit(f"The socket was refused: {head[:200]!r}")

    def send(self, text: bytes) -> None:
        """One text frame, masked as a browser must."""
        self._send(0x81, text)

    def _send(self, kind: int, text: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(text))
        length = len(text)
        head = (
            bytes([kind, 0x80 | length]) if length < 126 else struct.pack("!BBH", kind, 254, length)
        )
        self.socket.sendall(head + mask + masked)

    def frames(self) -> list[bytes]:
        """Every whole text frame received so far; call it when the socket can be read."""
        received = self.socket.recv(1 << 20)
        self.is_closed = not received
        self._held += received
        found = []
        while (frame := self._frame()) is not None:
            found.append(frame)
        return found

    def until(self, wanted: bytes, within_s: float = 30) -> bytes:
        """The first frame that holds these bytes."""
        self.socket.settimeout(within_s)
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            for frame in self.frames():
                if wanted in frame:
                    return frame
        raise SystemExit(f"No frame with {wanted!r} came within {within_s} s.")

    def close(self) -> None:
        self.socket.close()

    def _frame(self) -> bytes | None:
        held = self._held
        if len(held) < 2:
            return None
        length, start = held[1] & 127, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            start += size
            length = int.from_bytes(held[2:start], "big")
        if len(held) < start + length:
            return None
        self._held = held[start + length :]
        if held[0] & 15 == 9:
            # The server closes a socket that leaves its pings unanswered, and on a busy machine a
            # bench lasts that long.
            self._send(0x8A, held[start : start + length])
        return held[start : start + length] if held[0] & 15 == 1 else b""

    def _until(self, end: bytes) -> bytes:
        while end not in self._held:
            received = self.socket.recv(1 << 16)
            if not received:
                raise SystemExit("The server closed the connection.")
            self._held += received
        head, _, self._held = self._held.partition(end)
        return head
