"""Baton's web process in a thread of the test, because Django's live server has no sockets."""

import threading
import time
from types import TracebackType
from typing import Self

import uvicorn
from django.conf import settings


class LiveServer:
    def __init__(self) -> None:
        from console import server
        from console.asgi import Application

        self._application = Application()
        self._server = uvicorn.Server(server.config(self._application, host="127.0.0.1", port=0))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        until = time.monotonic() + 60
        while not self._server.started:
            if time.monotonic() > until or not self._thread.is_alive():
                raise RuntimeError("The server did not start.")
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.ws_url = f"ws://127.0.0.1:{port}/ws/"
        self._previous, settings.BATON_URL = settings.BATON_URL, self.url
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        settings.BATON_URL = self._previous
        self._application.stop()
        self._server.should_exit = True
        self._thread.join(60)
