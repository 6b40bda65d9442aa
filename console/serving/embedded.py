"""Celery's tasks inside the web process: its schedule and its functions, without its messages.

Celery's own worker and beat, in threads and with a broker in memory, took 20 ms of each second to
say "look now" four times. All work is rows in the database, so what is under way when the process
ends is found again.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.db import close_old_connections

from console.hints import nudge

THREADS = 2
STOP_TIMEOUT_S = 5

log = structlog.get_logger(__name__)


class Embedded:
    """The worker and the beat of the embedded default; start once, stop once."""

    def __init__(self, delay_s: float = 0) -> None:
        """The delay leaves the processor to the first page, as loading Celery takes long."""
        self._delay_s = delay_s
        self._stopped = threading.Event()
        self._changed = threading.Condition()
        # In the order in which they were asked for, and those that run now.
        self._asked: dict[str, None] = {}
        self._under_way: set[str] = set()
        self._loading = threading.Lock()
        self._threads = [
            threading.Thread(target=self._begin, args=(part,), name=name, daemon=True)
            for name, part in [("beat", self._beat), *[("worker", self._work)] * THREADS]
        ]

    def start(self) -> None:
        """Returns at once; Celery is loaded in the threads."""
        nudge.send_by(self.ask)
        for thread in self._threads:
            thread.start()

    def ask(self, task: str) -> None:
        """Have the task of this name run from its beginning after this call: once, however often it
        is asked for until then, and never beside itself."""
        with self._changed:
            self._asked[task] = None
            self._changed.notify()

    def stop(self) -> None:
        """Takes no new task, and lets those under way finish for a few seconds."""
        nudge.send_by(None)
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._under_way, timeout=STOP_TIMEOUT_S)

    def _begin(self, part: Callable[[], None]) -> None:
        if not self._stopped.wait(self._delay_s):
            part()

    def _celery(self) -> Any:
        """With every task. Its modules cannot be loaded by two threads at once."""
        with self._loading:
            from console.celery import app

            app.loader.import_default_modules()
            return app

    def _beat(self) -> None:
        schedule = self._celery().conf.beat_schedule
        every = {entry["task"]: entry["schedule"] for entry in schedule.values()}
        due = {task: time.monotonic() + seconds for task, seconds in every.items()}
        while due and not self._stopped.wait(max(0, min(due.values()) - time.monotonic())):
            now = time.monotonic()
            for task in [task for task, at in due.items() if at <= now]:
                self.ask(task)
                # Not from when it was due: after a sleep of the machine one look is enough.
                due[task] = now + every[task]

    def _work(self) -> None:
        run = self._celery().tasks
        while task := self._taken():
            close_old_connections()
            try:
                run[task]()
            except Exception:  # the next look begins anew
                log.exception("task_failed", task=task)
            finally:
                close_old_connections()
                self._done(task)

    def _taken(self) -> str:
        """The next task that does not run now; empty when there is nothing more to do."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped.is_set() or self._next())
            task = "" if self._stopped.is_set() else self._next()
            if task:
                del self._asked[task]
                self._under_way.add(task)
            return task

    def _next(self) -> str:
        return next((task for task in self._asked if task not in self._under_way), "")

    def _done(self, task: str) -> None:
        with self._changed:
            self._under_way.discard(task)
            self._changed.notify_all()
