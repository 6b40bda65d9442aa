"""Holds an agent's question for its decision or for messages, and no thread or connection for it.

The Django view behind it answers at once: 200 with the decision, or 202 while there is none. This
front asks it, and while the answer is 202 waits for a hint, for the moment the decision becomes
effective, or for the end of the wait, and asks again.
"""

import asyncio
import random
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import orjson

from console import clock
from console.hints import hub

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = re.compile(
    r"^/api/v1/(?:escalations/([A-Za-z0-9_]+)/(?:decision|messages|question)|(handed))$"
)
WAIT_S_MAX = 60
WAITING_MAX = 5_000
RESYNC_SPREAD_S = 2.0
PAUSE_S = 0.05
# These come one at a time, and somebody waits for each.
ALONE = frozenset({"spoken", "typing"})
OVERDUE_S = 0.5

AGAIN_HEADER, TYPED_HEADER = "HTTP_X_BATON_AGAIN", "HTTP_X_BATON_TYPED"
_again = secrets.token_urlsafe(32)

waiting = 0


class LongPoll:
    """ASGI middleware in front of the bridge to Django."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        self._stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait_s = _wait_s(scope)
        if not wait_s or waiting >= WAITING_MAX:
            await self._inner(scope, receive, send)
        else:
            await self._hold(scope, receive, send, wait_s)

    def stop(self) -> None:
        """Lets everybody who waits go with the answer of the moment, when the server stops."""
        self._stopping = True
        hub.spread(hub.RESYNC)

    async def _hold(self, scope: Scope, receive: Receive, send: Send, wait_s: int) -> None:
        global waiting
        waiting += 1
        left = asyncio.ensure_future(_until_gone(receive))
        answer = asyncio.ensure_future(self._final_answer(scope, wait_s))
        try:
            await asyncio.wait({left, answer}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                for message in answer.result():
                    await send(message)
        finally:
            waiting -= 1
            left.cancel()
            answer.cancel()

    async def _final_answer(self, scope: Scope, wait_s: int) -> list[Message]:
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        # Before asking, so that a decision in between is heard.
        with hub.listen(_escalation(scope)) as hints:
            answer = await self._ask(scope)
            while answer[0]["status"] == 202 and loop.time() < until and not self._stopping:
                within_s = min(until - loop.time(), _effective_in_s(answer))
                types = await self._news(hints, within_s, hears_typing=_hears_typing(scope))
                answer = await self._ask(_repeated(scope, types=types))
        return answer

    async def _news(
        self, hints: hub.Listener, within_s: float, *, hears_typing: bool = False
    ) -> bool:
        """Returns when there is something to look at, or when the time is over; whether that is
        only that a person types."""
        types = False
        try:
            async with asyncio.timeout(within_s):
                hint = await anext(hints)
                while _is_typing(hint) and not (hears_typing and hint["by"] == "person"):
                    hint = await anext(hints)
                types = _is_typing(hint)
                if hint is not hub.RESYNC:
                    # One change often sends several hints, and one look serves them all.
                    await asyncio.sleep(0 if hint.get("type") in ALONE else PAUSE_S)
                elif not self._stopping:
                    # Everybody who waits hears it at once, and the database is not to be asked by
                    # all at once.
                    await asyncio.sleep(random.uniform(0, RESYNC_SPREAD_S))  # noqa: S311
        except TimeoutError:
            pass
        hints.drain()
        return types

    async def _ask(self, scope: Scope) -> list[Message]:
        """The inner application's answer to this question, asked without a body."""
        answer: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            answer.append(message)

        await self._inner(scope, receive, send)
        return answer


def is_repeat(environ: dict[str, Any]) -> bool:
    """Whether this request is the front asking again on behalf of one that was already counted."""
    # As bytes: text that is not ASCII, which anybody may send, would raise.
    return secrets.compare_digest(str(environ.get(AGAIN_HEADER, "")).encode(), _again.encode())


def _wait_s(scope: Scope) -> int:
    """How long the agent wants to wait; 0 for everything that is not such a question."""
    if scope["type"] != "http" or scope["method"] != "GET" or not PATH.match(scope["path"]):
        return 0
    wanted = parse_qs(scope["query_string"].decode("latin1")).get("wait", [""])[-1]
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 4:
        return min(int(wanted), WAIT_S_MAX)
    return 0


def _escalation(scope: Scope) -> str:
    found = PATH.match(scope["path"])
    # What is handed to an agent is about cases that it does not know: hints of it go by one name.
    return (found[1] or found[2]) if found else ""


def _hears_typing(scope: Scope) -> bool:
    wanted = parse_qs(scope["query_string"].decode("latin1")).get("typing", [""])[-1]
    return wanted.lower() in {"true", "1"}


def _is_typing(hint: hub.Message) -> bool:
    return bool(hint.get("type") == "typing")


def _repeated(scope: Scope, *, types: bool = False) -> Scope:
    typed = [(b"x-baton-typed", b"1")] if types else []
    headers = [*scope["headers"], (b"x-baton-again", _again.encode()), *typed]
    return {**scope, "headers": headers}


def _effective_in_s(answer: list[Message]) -> float:
    """When to look again for a decision inside its undo window; never, if there is none."""
    try:
        document = orjson.loads(b"".join(message.get("body", b"") for message in answer))
        effective_at = datetime.fromisoformat(document["effective_at"])
    except (ValueError, KeyError, TypeError):
        return float(WAIT_S_MAX)
    ahead_s = (effective_at - clock.now()).total_seconds()
    # Just after the moment, as asked before it the answer is 202 again. Where it is past and the
    # answer still 202, clocks differ a little: soon, but not without a pause.
    return ahead_s + 0.001 if ahead_s > 0 else OVERDUE_S


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
