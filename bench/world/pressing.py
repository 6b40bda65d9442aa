"""One person's commands, over a socket or as forms, sent under one id until they are answered."""

import asyncio
import json
import random
import time
from typing import Any

import httpx
import websockets

TOKEN = "t" * 32
ANSWER_WITHIN_S = 10
# A busy machine may need minutes until all processes have started again.
PATIENCE_S = 600
# While processes start again they need the processor themselves.
AGAIN_AFTER_S = (0.5, 1.5)
OPEN_S = 90
Answer = dict[str, Any]


class Nobody(Exception):
    """No answer came for so long that none will."""


class Hands:
    """Somebody who is signed in; `origin` is the public address, the ports those that serve it."""

    def __init__(self, name: str, session: str, origin: str, port: int) -> None:
        self.name = name
        self.repeated = 0
        self.last = ""
        self._origin, self._port = origin, port
        self._cookie = f"sessionid={session}; csrftoken={TOKEN}"
        self._socket: Any = None

    async def press(
        self, sent: Answer, *, http: httpx.AsyncClient | None = None, within_s: float = PATIENCE_S
    ) -> Answer:
        """The first answer: `ack` or `refused`. Without a client of HTTP it goes over the socket.

        What broke off, or came too early, is sent again just as it was. Raises Nobody.
        """
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            answer = await (self._by_form(sent, http) if http else self._by_socket(sent))
            if answer is not None and answer.get("code") != "busy":
                return answer
            self.last = str(answer or self.last)
            self.repeated += 1
            await asyncio.sleep(random.uniform(*AGAIN_AFTER_S))
        raise Nobody(f"{self.name} got no answer to {sent['command']}: {self.last}")

    async def open(self) -> None:
        """The socket, so that the first command does not wait for it. Raises OSError and others."""
        if self._socket is None:
            self._socket = await websockets.connect(
                f"ws://127.0.0.1:{self._port}/ws/",
                additional_headers={"Cookie": self._cookie},
                origin=websockets.Origin(self._origin),
                compression=None,
                ping_interval=None,
                max_queue=None,
                # The first of a process waits until it has loaded every page.
                open_timeout=OPEN_S,
            )

    async def close(self) -> None:
        """Leave without waiting for the other side."""
        if self._socket is not None:
            self._socket.transport.abort()
            self._socket = None

    async def post(
        self,
        http: httpx.AsyncClient,
        path: str,
        data: dict[str, Any],
        more: dict[str, str] | None = None,
    ) -> httpx.Response | None:
        """A form of a page; None where nobody answered."""
        headers = {
            "Accept": "application/json",
            "Cookie": self._cookie,
            "X-CSRFToken": TOKEN,
            "Origin": self._origin,
            "Host": self._origin.removeprefix("http://"),
            **(more or {}),
        }
        try:
            url = f"http://127.0.0.1:{self._port}{path}"
            return await http.post(url, data=data, headers=headers)
        except httpx.TransportError as error:
            self.last = repr(error)
            return None

    async def _by_form(self, sent: Answer, http: httpx.AsyncClient) -> Answer | None:
        fields = {**sent, **sent.get("fields", {})}
        path = f"/escalations/{sent['escalation']}/{sent['command']}/"
        data = {name: value for name, value in fields.items() if isinstance(value, str | int)}
        answer = await self.post(http, path, data)
        if answer is None or answer.status_code >= 500:
            self.last = self.last if answer is None else answer.text[:300]
            return None
        found: Answer = answer.json()
        return found

    async def _by_socket(self, sent: Answer) -> Answer | None:
        try:
            await self.open()
            await self._socket.send(json.dumps(sent))
            async with asyncio.timeout(ANSWER_WITHIN_S):
                async for text in self._socket:
                    # Most frames are about other people's cases.
                    if sent["id"] in text:
                        found: Answer = json.loads(text)
                        if found["type"] in {"ack", "refused"} and found["id"] == sent["id"]:
                            return found
        except (OSError, TimeoutError, websockets.WebSocketException, EOFError) as error:
            # Closed by a kill, or not answered in time: the same goes out again.
            self.last = repr(error)
        await self.close()
        return None
