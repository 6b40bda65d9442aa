"""Threads of our own for database work, each keeping its connection.

Four are enough for two cores, and sharing Django's one thread halves what a process can do.
"""

import asyncio
import select
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, ParamSpec, TypeVar

from django.db import close_old_connections, connections

P = ParamSpec("P")
T = TypeVar("T")

SIZE = 4
CLOSE_TIMEOUT_S = 5


class Pool:
    """Threads that start when first needed and may be closed and used again."""

    def __init__(self, name: str, size: int = SIZE) -> None:
        self._name = name
        self._size = size
        self._executor: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's answer, from a thread whose database connection works."""
        return await asyncio.wrap_future(self.submit(partial(function, *args, **kwargs)))

    def submit(self, function: Callable[..., T], *args: Any) -> "Future[T]":
        """Starts the function with the caller's context in a thread whose connection works."""
        # Threads of a pool inherit no context, and the lines of a request's log are told apart by
        # it.
        return self._threads().submit(copy_context().run, _connected, function, *args)

    def close(self) -> None:
        """Ends the threads and closes their connections; work under way is finished first."""
        with self._lock:
            # Taken out first, so that work which comes meanwhile starts new threads instead of
            # failing.
            executor, self._executor = self._executor, None
        if executor is None:
            return
        everybody = threading.Barrier(self._size)
        for _ in range(self._size):
            executor.submit(_close_connections, everybody)
        executor.shutdown(wait=True)

    def _threads(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(self._size, thread_name_prefix=self._name)
            return self._executor


def _connected(function: Callable[..., T], *args: Any) -> T:
    if any(_may_be_broken(one) for one in connections.all(initialized_only=True)):
        close_old_connections()
    return function(*args)


def _may_be_broken(database: Any) -> bool:
    """Whether a question to the database is due. An idle connection has nothing to read but its
    end, and looking for that costs a hundredth of asking `SELECT 1` before every piece of work."""
    line = database.connection
    if line is None or database.errors_occurred or database.vendor != "postgresql":
        return bool(database.errors_occurred)
    if line.closed:
        return True
    ends = select.poll()
    ends.register(line.fileno(), select.POLLIN)
    return bool(ends.poll(0))


def _close_connections(everybody: threading.Barrier) -> None:
    """Waits for its siblings, so that each thread of the pool takes exactly one of these."""
    try:
        everybody.wait(CLOSE_TIMEOUT_S)
    except threading.BrokenBarrierError:
        pass
    connections.close_all()


rules = Pool("rules")
pages = Pool("pages")


async def run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs database work of asynchronous code; everything but pages uses these threads."""
    return await rules.run(function, *args, **kwargs)


def close() -> None:
    """Ends all threads and their connections, at shutdown and between tests."""
    rules.close()
    pages.close()
