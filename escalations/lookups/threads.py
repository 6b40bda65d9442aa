"""Threads that ask others, so that neither a page nor a worker waits for them."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog
from django.db import DatabaseError, connections

log = structlog.get_logger(__name__)


class AskingThreads:
    """At most so many at a time; they start with the first work."""

    def __init__(self, name: str, most: int) -> None:
        self._name, self._most = name, most
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._out: set[Future[None]] = set()

    def start(self, work: Callable[[], None]) -> None:
        """Have it done, and return at once."""
        with self._lock:
            self._pool = self._pool or ThreadPoolExecutor(self._most, self._name)
            started = self._pool.submit(self._alone, work)
            self._out.add(started)
            started.add_done_callback(self._out.discard)

    def rest(self) -> None:
        """Wait until every thread is back."""
        while out := list(self._out):
            for future in out:
                future.result()
                self._out.discard(future)

    def _alone(self, work: Callable[[], None]) -> None:
        try:
            work()
        except DatabaseError as error:
            # Whoever waits goes on when the two seconds are over.
            log.warning("nobody_asked", threads=self._name, error=str(error))
        except Exception:
            log.exception("asking_failed", threads=self._name)
        finally:
            # Threads of a pool live on, and so would the connection that this one opened.
            connections.close_all()
