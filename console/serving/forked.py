"""Web processes forked from one that has loaded the program, so that they share what it takes.

What is loaded is most of a web process's memory, and nobody writes to it.
"""

import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator

import structlog

AGAIN_S = 1
STOP = (signal.SIGINT, signal.SIGTERM)
HEARD = (*STOP, signal.SIGCHLD)

log = structlog.get_logger(__name__)


class Forked:
    """`count` processes that each run `work(number)`, from 0; begin before any thread does."""

    def __init__(self, count: int, work: Callable[[int], None]) -> None:
        self._count, self._work = count, work
        self._running: dict[int, int] = {}
        self._line, self._end_of_line = os.pipe()

    def run(self) -> None:
        """Until SIGINT or SIGTERM, which all of them get. One that ends before is forked again
        after a second; all end with this process, even where it is killed."""
        signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
        # A collection would write to each object, and the page it is on be shared no more.
        gc.collect()
        gc.freeze()
        for number in range(self._count):
            self._fork(number)
        while signal.sigwait(HEARD) == signal.SIGCHLD:
            for process, status in self._ended():
                number = self._running.pop(process)
                log.warning("web_process_ended", process=process, status=status)
                time.sleep(AGAIN_S)
                self._fork(number)
        for process in self._running:
            os.kill(process, signal.SIGTERM)
        for process in self._running:
            os.waitpid(process, 0)

    def _ended(self) -> Iterator[tuple[int, int]]:
        # One signal may stand for several.
        for process in list(self._running):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                yield process, os.waitstatus_to_exitcode(status)

    def _fork(self, number: int) -> None:
        process = os.fork()
        if process:
            self._running[process] = number
            return
        status = 1
        try:
            self._begin()
            self._work(number)
            status = 0
        # Nothing of what the parent would do next may be done here.
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _begin(self) -> None:
        os.close(self._end_of_line)
        threading.Thread(target=self._end_with_parent, daemon=True).start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)

    def _end_with_parent(self) -> None:
        """Nothing is ever written: the line ends when its other end does."""
        os.read(self._line, 1)
        os.kill(os.getpid(), signal.SIGTERM)
