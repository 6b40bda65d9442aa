"""The one ASGI application: sockets, waiting agents, and Django for everything else."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.db import DatabaseError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

# First: it sets Django up for all that is loaded below.
from console.wsgi import application as django  # isort: skip
from console import clock
from console.hints import hub
from console.serving import threads
from console.serving.bridge import Bridge
from console.serving.longpoll import LongPoll

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = structlog.get_logger(__name__)


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
        with hub.listen("never"):
            await send({"type": "lifespan.startup.complete"})
            await receive()
        self.stop()
        await send({"type": "lifespan.shutdown.complete"})


async def _socket(scope: Scope, receive: Receive, send: Send) -> None:
    from console.urls import sockets  # loads every page, and the server is ready sooner without

    await sockets(scope, receive, send)


async def _measure_clock() -> None:
    try:
        await threads.run(clock.measure)
    # Without the database the process starts all the same, and says itself that it is not ready.
    except DatabaseError as error:
        log.warning("clock_not_measured", error=str(error))


application = Application()
