"""The web process that `manage.py serve` runs, and the lock that keeps it the only one."""

import fcntl
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import uvicorn
from django.conf import settings

from console import private_files
from console.asgi import Application
from console.serving.heads import LimitedHttp

STOP_TIMEOUT_S = 5
# Longer than clients and proxies keep a connection idle (httpx 5 s, nginx and load balancers 60 s):
# whoever closes last is never sent a request on a connection that it is just closing.
KEEP_ALIVE_S = 75
FRAME_BYTES_MAX = 256 * 1024
BACKLOG = 2048
PROXY = "127.0.0.1"


class AlreadyRunning(Exception):
    """Another server works on the same data folder."""


class PortTaken(Exception):
    """Something listens there already, or this user may not."""


class Server(uvicorn.Server):
    """uvicorn that says when it is ready."""

    def __init__(self, *, ready: Callable[[], None]) -> None:
        self._ready = ready
        super().__init__(config(Application()))

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        # A start that failed is told by this flag, not by an error.
        if not self.should_exit:
            self._ready()


def config(application: Application) -> uvicorn.Config:
    """How uvicorn serves Baton, here and in the tests: on the sockets that it is given, or a free
    port of this machine."""
    return uvicorn.Config(
        application,
        port=0,
        http=LimitedHttp,
        access_log=False,
        log_config=None,
        server_header=False,
        # Without a proxy anybody on this host could choose the address that their tries count for.
        proxy_headers=settings.ENVIRONMENT.behind_proxy,
        forwarded_allow_ips=settings.ENVIRONMENT.forwarded_allow_ips or PROXY,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
        ws_max_size=FRAME_BYTES_MAX,
        ws_per_message_deflate=False,
    )


def run(server: Server, listener: socket.socket) -> None:
    """Serves until SIGINT or SIGTERM.

    uvicorn raises the signal again afterwards, which would end the process before the rest is put
    away; so the second one is ignored.
    """
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    with listener:
        server.run(sockets=[listener])


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Holds the folder's lock. Raises AlreadyRunning with the other's process id, and
    ImproperlyConfigured where nothing can be kept there."""
    with _lock(folder) as file, _opened(folder) as itself:
        private_files.file(folder / "serve.lock")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _lock_folder(itself)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(
                f"Baton already runs on {folder} as process {file.read().strip() or '?'}. "
                "Stop it, or choose another folder: BATON_DATA, or --data of serve."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock(folder: Path) -> IO[str]:
    private_files.folder(folder)
    try:
        # Not "w", which would wipe out the other's number before the lock is had.
        return open(folder / "serve.lock", "a+")
    except OSError as error:
        raise private_files.unusable(folder, error) from None


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    itself = os.open(folder, os.O_RDONLY)
    try:
        yield itself
    finally:
        os.close(itself)


def _lock_folder(itself: int) -> None:
    """The folder as well: the file may be deleted under a server, and is another one then."""
    try:
        fcntl.flock(itself, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        # Some file systems of a network lock no folder; the file is locked there all the same.
        return


def listening(host: str, port: int) -> socket.socket:
    """A socket on which connections wait to be taken. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number else str(error).rstrip(".")
        raise PortTaken(
            f"Baton cannot listen on {host}, port {port}: {reason}. "
            "Stop what listens there, or choose another with --port."
        ) from None
