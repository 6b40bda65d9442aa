"""Baton's web process in a thread of the test, because Django's live server has no sockets."""

import threading
import time
from types import TracebackType
from typing import Self

import uvicorn


class LiveServer:
    def __init__(self) -> None:
        from console import server
        from console.asgi import Application

        self._application = Application()
        self._server = uvicorn.Server(server.config(self._application))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        _wait("The server did not start.", lambda: self._server.started, self._thread.is_alive)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.ws_url = f"ws://127.0.0.1:{port}/ws/"
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._application.stop()
        self._server.should_exit = True
        self._thread.join(60)

    def come_to_rest(self) -> None:
        """Returns when nothing is being answered any more and every socket has said goodbye, so
        that nothing of one test writes into the database of the next."""
        at_work = self._server.server_state.tasks
        _wait("The server is still at work.", lambda: not at_work, self._thread.is_alive)


def _wait(failure: str, holds, still) -> None:
    until = time.monotonic() + 60
    while not holds():
        if time.monotonic() > until or not still():
            raise RuntimeError(failure)
        time.sleep(0.005)
