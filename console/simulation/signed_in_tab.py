"""One tab of one person, held by a program: it signs in, reads, sends commands, hears frames."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx
import websockets
from django.conf import settings

JSON = dict[str, Any]
# Which sessions are ours, among those that the people themselves opened.
NAME = "Baton simulate"
ANSWER_WITHIN_S = 15
HERE_EVERY_S = 15
LOST = {"type": "refused", "code": "lost"}


class NotSignedIn(Exception):
    """The name or the password is not taken any more."""


class SignedInTab:
    """A signed-in tab with its socket; used as a context, which signs out again."""

    def __init__(
        self, url: str, username: str, password: str, hear: Callable[[JSON], None]
    ) -> None:
        self._url, self._credentials = url, {"login": username, "password": password}
        self._hear = hear
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"User-Agent": NAME, "Origin": url},
            timeout=20,
            follow_redirects=True,
            trust_env=False,
        )
        self._socket: Any = None
        self._answers: dict[str, asyncio.Future[JSON]] = {}

    async def __aenter__(self) -> Self:
        """Raises NotSignedIn, or what httpx and websockets raise where nobody answers."""
        try:
            await self._sign_in()
            cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
            self._socket = await websockets.connect(
                f"{self._url.replace('http', 'ws', 1)}/ws/",
                additional_headers={"Cookie": cookies, "Origin": self._url},
                user_agent_header=NAME,
                proxy=None,
            )
        except BaseException:
            await self._http.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._socket.close()
            with contextlib.suppress(httpx.HTTPError):
                await self.post("/accounts/logout/", {})
        finally:
            # Whoever is cut off while they leave keeps no connection either.
            self._socket.transport.abort()
            await self._http.aclose()

    async def live(self) -> None:
        """Hear and beat until the socket is closed."""
        beating = asyncio.create_task(self._beat())
        try:
            async for text in self._socket:
                self._take(json.loads(text))
        finally:
            beating.cancel()

    async def ask(self, command: str, case: str, version: int = 0, **more: Any) -> JSON:
        """The `ack` or `refused` of one command; `lost` where none came."""
        frame = {"type": "command", "command": command, "id": str(uuid.uuid4())}
        answer = self._answers[frame["id"]] = asyncio.get_running_loop().create_future()
        try:
            await self._say({**frame, "escalation": case, "version": version, **more})
            return await asyncio.wait_for(answer, ANSWER_WITHIN_S)
        except (TimeoutError, websockets.WebSocketException):
            return LOST
        finally:
            del self._answers[frame["id"]]

    async def page(self, path: str) -> str:
        """The text of a page; empty where it is refused."""
        response = await self._http.get(path)
        return response.text if response.status_code == httpx.codes.OK else ""

    async def post(self, path: str, fields: JSON) -> None:
        """A form of a page. Raises httpx.HTTPStatusError where it is not taken now."""
        token = self._http.cookies.get(settings.CSRF_COOKIE_NAME) or ""
        response = await self._http.post(path, data=fields, headers={"X-CSRFToken": token})
        response.raise_for_status()

    async def _sign_in(self) -> None:
        (await self._http.get("/accounts/login/")).raise_for_status()
        await self.post("/accounts/login/", self._credentials)
        if settings.SESSION_COOKIE_NAME not in self._http.cookies:
            raise NotSignedIn(self._credentials["login"])

    async def _beat(self) -> None:
        while True:
            await self._say({"type": "here", "active": True})
            await asyncio.sleep(HERE_EVERY_S)

    async def _say(self, frame: JSON) -> None:
        await self._socket.send(json.dumps(frame))

    def _take(self, frame: JSON) -> None:
        waiting = self._answers.get(frame.get("id", ""))
        if waiting is None:
            self._hear(frame)
        elif not waiting.done():
            waiting.set_result(frame)
