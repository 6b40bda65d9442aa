"""Hints between threads and processes: "something changed, look again".

A hint is never a fact: losing one costs a moment, because whoever listens re-reads the database
when `RESYNC` comes, and that is sent whenever hints may have been missed.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from console.hints import carrying

Message = dict[str, Any]

RESYNC = carrying.RESYNC
BACKLOG_MAX = 1_000


class Listener:
    """What one part of the process hears, oldest first. Iterate over it without end.

    A listener that falls too far behind loses its backlog and hears one `RESYNC` instead, so it
    never holds up others or grows.
    """

    def __init__(self) -> None:
        self._backlog: deque[Message] = deque()
        self._ready = asyncio.Event()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        while not self._backlog:
            # `hear` runs in this very loop, so nothing comes between the look and the waiting.
            self._ready.clear()
            await self._ready.wait()
        return self._backlog.popleft()

    def drain(self) -> list[Message]:
        """Everything heard so far, without waiting."""
        heard = list(self._backlog)
        self._backlog.clear()
        return heard

    def hear(self, message: Message) -> None:
        """Called in the listener's own event loop only."""
        if len(self._backlog) >= BACKLOG_MAX:
            self._backlog.clear()
            self._backlog.append(RESYNC)
        # One is enough: whoever hears it reads everything again.
        if message is not RESYNC or RESYNC not in self._backlog:
            self._backlog.append(message)
        self._ready.set()


class _Room:
    """The listeners of one event loop, by the escalation they follow ("" follows all)."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.listeners: dict[str, set[Listener]] = {}
        self.sender = carrying.Sender()
        self.receiving = loop.create_task(carrying.HintReceiver(self.spread).receive())

    def publish(self, message: Message) -> None:
        if carrying.leave_process():
            self.spread(message)
        self.sender.send(message)

    def spread(self, message: Message) -> None:
        if message is RESYNC:
            hearing = {one for group in self.listeners.values() for one in group}
        else:
            about = str(message.get("escalation", ""))
            hearing = self.listeners.get("", set()) | self.listeners.get(about, set())
        for listener in hearing:
            listener.hear(message)


_rooms: dict[asyncio.AbstractEventLoop, _Room] = {}
_lock = threading.Lock()


@contextmanager
def listen(escalation: str = "") -> Iterator[Listener]:
    """Hears every message from here on, or only those about one escalation.

    Subscribe first, read the database second, wait third: then nothing falls between.
    Call it inside the event loop that will iterate.
    """
    room = _room_of(asyncio.get_running_loop())
    listener = Listener()
    room.listeners.setdefault(escalation, set()).add(listener)
    try:
        yield listener
    finally:
        room.listeners[escalation].discard(listener)
        if not room.listeners[escalation]:
            del room.listeners[escalation]
        if not room.listeners:
            _shut(room)


def publish(message: Message) -> None:
    """Tells every listener of every process, from any thread. Never raises, never waits.

    Call it after commit. Give `escalation` its id so that those who follow only it can hear it.
    The listeners of this process hear it at once, and not by way of a Redis that may be away; in
    one process without Redis the layer is as quick.
    """
    rooms = _open_rooms()
    # One loop sends for the process: of a hint sent from each, the others would hear as many.
    sent = any(_call(room, room.publish, message) for room in rooms[:1])
    if carrying.leave_process():
        for room in rooms[1:]:
            _call(room, room.spread, message)
        if not sent:
            carrying.send(message)


def spread(message: Message) -> None:
    """Tells the listeners of this process only."""
    for room in _open_rooms():
        _call(room, room.spread, message)


def _open_rooms() -> list[_Room]:
    with _lock:
        # A loop that was ended from outside has left no word here.
        for room in [room for room in _rooms.values() if room.loop.is_closed()]:
            del _rooms[room.loop]
        return list(_rooms.values())


def _call(room: _Room, function: Callable[[Message], None], message: Message) -> bool:
    """Whether the room's event loop will call the function: it may have been closed just now."""
    try:
        room.loop.call_soon_threadsafe(function, message)
    except RuntimeError:
        return False
    else:
        return True


def _room_of(loop: asyncio.AbstractEventLoop) -> _Room:
    with _lock:
        if loop not in _rooms:
            _rooms[loop] = _Room(loop)
        return _rooms[loop]


def _shut(room: _Room) -> None:
    with _lock:
        _rooms.pop(room.loop, None)
    room.receiving.cancel()
