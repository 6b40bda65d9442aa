"""Open screens that only listen, and how many of them heard of each case."""

import contextlib
import re
import selectors
import threading
from collections import defaultdict
from typing import Self

from bench.world.people import Screen

CASE = re.compile(rb"esc_[0-9a-f]+")


class Screens:
    """Sockets on one web process, read by a thread of their own until `close`."""

    def __init__(self, port: int, sessions: list[str], count: int) -> None:
        self._port, self._sessions, self._count = port, sessions, count
        self._ready = selectors.EpollSelector()
        self._closed = threading.Event()
        self._heard: dict[bytes, set[int]] = defaultdict(set)
        self.ended = 0

    def __enter__(self) -> Self:
        for number in range(self._count):
            session = self._sessions[number % len(self._sessions)]
            screen = Screen(self._port, session)
            self._ready.register(screen.socket, selectors.EVENT_READ, (number, screen))
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        self._reader.join()
        for key in list(self._ready.get_map().values()):
            key.data[1].close()
        self._ready.close()

    def deaf_to(self, case: str) -> int:
        """How many have heard nothing of this case."""
        return self._count - len(self._heard.get(case.encode(), ()))

    def forget(self, case: str) -> None:
        """What was heard of it is not needed any more."""
        self._heard.pop(case.encode(), None)

    def _read(self) -> None:
        while not self._closed.is_set():
            for key, _ in self._ready.select(0.5):
                number, screen = key.data
                try:
                    frames = screen.frames()
                except OSError:
                    frames = []
                if not frames and screen.is_closed:
                    self.ended += 1
                    with contextlib.suppress(KeyError):
                        self._ready.unregister(screen.socket)
                for frame in frames:
                    for case in set(CASE.findall(frame)):
                        self._heard[case].add(number)
