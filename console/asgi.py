"""The one ASGI application: sockets, waiting agents, and Django for everything else."""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from types import FrameType
from typing import Any

import structlog
from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.db import DatabaseError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

# First: it sets Django up for all that is loaded below.
from console.wsgi import application as django  # isort: skip
from console import clock, condition
from console.hints import hub
from console.serving import threads
from console.serving.bridge import Bridge
from console.serving.longpoll import LongPoll

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = structlog.get_logger(__name__)

CLOCK_S = 30


class Application:
    """Joins the parts; `stop` lets waiting agents go, so that a shutdown is quick."""

    def __init__(self) -> None:
        pages = LongPoll(Bridge(django, threads.pages, settings.PACKAGE_BYTES_MAX))
        self.stop = pages.stop
        self._router = ProtocolTypeRouter(
            {"http": pages, "websocket": _socket, "lifespan": self._live}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """From start to stop of the server. The listener keeps the process's one subscription."""
        await receive()
        await _measure_clock()
        self._stop_at_signals()
        with hub.listen("never"):
            await send({"type": "lifespan.startup.complete"})
            beside = [
                asyncio.ensure_future(_tell_what_is_missing()),
                # So that the first package need not wait for it.
                asyncio.ensure_future(asyncio.to_thread(_read_sentences)),
                asyncio.ensure_future(_follow_clock()),
            ]
            await receive()
        for one in beside:
            one.cancel()
        self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    def _stop_at_signals(self) -> None:
        """Lets waiting agents go when the signal comes, whichever way the server was started: it
        tells the application only after it has waited for them in vain."""
        # Only the main thread may, and has the server's own handlers to go on with.
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            before = signal.getsignal(name)
            if callable(before):
                signal.signal(name, partial(_stopped, loop, self.stop, before))


async def _socket(scope: Scope, receive: Receive, send: Send) -> None:
    from console.urls import sockets  # loads every page, and the server is ready sooner without

    await sockets(scope, receive, send)


def _stopped(
    loop: asyncio.AbstractEventLoop,
    stop: Callable[[], None],
    before: Callable[[int, FrameType | None], Any],
    number: int,
    frame: FrameType | None,
) -> None:
    # By the loop: a handler runs between any two steps, of those who wait as well.
    if not loop.is_closed():
        loop.call_soon_threadsafe(stop)
    before(number, frame)


def load() -> None:
    """What a web process loads while it serves, at once: processes forked afterwards share it."""
    from console.urls import sockets

    _ = sockets
    _read_sentences()


def _read_sentences() -> None:
    from escalations.policy import hard_rules

    _ = hard_rules.current().recogniser


async def _tell_what_is_missing() -> None:
    """A process that can do without something serves all the same, and says so once."""
    for found in await threads.run(condition.findings):
        if not found.ok:
            log.warning("part_missing", part=found.part, sentence=found.sentence)


async def _follow_clock() -> None:
    """The database may move to a host whose clock says otherwise."""
    while True:
        await asyncio.sleep(CLOCK_S)
        await _measure_clock()


async def _measure_clock() -> None:
    try:
        await threads.run(clock.measure)
    # Without the database the process starts all the same, and says itself that it is not ready.
    except DatabaseError as error:
        log.warning("clock_not_measured", error=str(error))


application = Application()
