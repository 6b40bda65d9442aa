"""The one ASGI application: sockets, waiting agents, and Django for everything else."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

from console.wsgi import application as django  # isort: skip
from console import clock, hub, threads
from console.bridge import Bridge
from console.longpoll import LongPoll
from console.sockets import SessionSockets

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = structlog.get_logger(__name__)


class Application:
    """Joins the parts; `stop` lets waiting agents go, so that a shutdown is quick."""

    def __init__(self) -> None:
        self._http = LongPoll(Bridge(django, threads.pages, settings.PACKAGE_BYTES_MAX))
        self.stop = self._http.stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await _socket(scope, receive, send)
        else:
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """From start to stop of the server. The listener keeps the process's one subscription."""
        await receive()
        await _measure_clock()
        with hub.listen("never"):
            await send({"type": "lifespan.startup.complete"})
            await receive()
        self.stop()
        await send({"type": "lifespan.shutdown.complete"})


async def _socket(scope: Scope, receive: Receive, send: Send) -> None:
    from escalations.consumers import Console  # only a web process needs Channels

    if scope["path"] == "/ws/":
        await SessionSockets(Console.as_asgi())(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 4404})


async def _measure_clock() -> None:
    try:
        await threads.run(clock.measure)
    except DatabaseError as error:
        log.warning("clock_not_measured", error=str(error))


application = Application()
