"""Celery inside the web process: one worker and one beat, each in a thread, nothing on disk.

All work is rows in the database, so what is under way when the process ends is found again.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

THREADS = 2
PAUSE_S = 1
STOP_TIMEOUT_S = 5

log = structlog.get_logger(__name__)


class Embedded:
    """The worker and the beat of the embedded default; start once, stop once."""

    def __init__(self, delay_s: float = 0) -> None:
        """The delay leaves the processor to the first page, as loading Celery takes long."""
        self._delay_s = delay_s
        self._stopped = threading.Event()
        self._beat: Any = None
        self._threads = [
            threading.Thread(target=self._keep, args=(part,), name=part.__name__, daemon=True)
            for part in (self._run_worker, self._run_beat)
        ]

    def start(self) -> None:
        """Returns at once; Celery is loaded in the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Takes no new task, and lets those under way finish for a few seconds.

        The loops themselves may sleep for some seconds and are left to end with the process.
        """
        self._stopped.set()
        # The threads have not loaded Celery yet, so that there is nothing to stop.
        if self._beat is None:
            return
        from console.celery import state

        # An exit status, at which Celery stops: only None and False are none.
        state.should_stop = 0
        self._beat.stop()
        until = time.monotonic() + STOP_TIMEOUT_S
        while state.active_requests and time.monotonic() < until:
            time.sleep(PAUSE_S / 100)

    def _keep(self, part: Callable[[], None]) -> None:
        """Runs a part again if it ends before it should."""
        self._stopped.wait(self._delay_s)
        while not self._stopped.is_set():
            try:
                part()
            except Exception as error:
                log.exception("tasks_failed", part=part.__name__, error=str(error))
            self._stopped.wait(PAUSE_S)

    def _run_worker(self) -> None:
        from console.celery import app

        worker: Any = app.WorkController(
            pool_cls="threads",
            concurrency=THREADS,
            hostname="embedded",
            without_gossip=True,
            without_heartbeat=True,
            without_mingle=True,
        )
        worker.start()

    def _run_beat(self) -> None:
        from console.celery import Scheduler, Service, app

        self._beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
        self._beat.start()
