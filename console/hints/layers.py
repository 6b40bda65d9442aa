"""The Channels layers of the two sizes: what carries messages inside a process, and over Redis."""

import asyncio
import threading
import uuid
from collections import deque
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import BaseChannelLayer

REDIS_TIMEOUT_S = 2

Message = dict[str, Any]

_connections: WeakKeyDictionary[asyncio.AbstractEventLoop, int] = WeakKeyDictionary()


def redis_hosts(url: str) -> list[dict[str, Any]]:
    """`hosts` of `RedisPubSubChannelLayer` with its traps closed.

    Every wait is bounded, as the layer does one thing at a time. New connections are counted:
    redis-py connects and subscribes again without a word, and what was sent in between is lost.
    """
    return [
        {
            "address": url,
            "socket_timeout": REDIS_TIMEOUT_S,
            "socket_connect_timeout": REDIS_TIMEOUT_S,
            "redis_connect_func": _connected,
        }
    ]


def connections() -> int:
    """How many connections layers have opened in the running event loop so far."""
    return _connections.get(asyncio.get_running_loop(), 0)


async def _connected(connection: Any) -> None:
    loop = asyncio.get_running_loop()
    _connections[loop] = _connections.get(loop, 0) + 1
    # redis-py leaves out what it does itself where it is given a function for it.
    await connection.on_connect()


class InProcessLayer(BaseChannelLayer):  # type: ignore[misc]
    """Channels of any event loop of this process; whoever sends may be in any thread.

    The layer that Channels brings drops what is more than 100 messages behind, and does not wake a
    channel of another event loop. This one drops nothing: who receives must keep up or be bounded.
    """

    extensions = ["groups", "flush"]

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._channels: dict[str, _Channel] = {}
        self._groups: dict[str, set[str]] = {}

    async def new_channel(self, prefix: str = "specific") -> str:
        name = f"{prefix}.{uuid.uuid4().hex}"
        with self._lock:
            self._channels[name] = _Channel(asyncio.get_running_loop())
        return name

    async def send(self, channel: str, message: Message) -> None:
        """To one channel, if it is there; never waits."""
        with self._lock:
            found = self._channels.get(channel)
        if found is not None:
            found.put(message)

    async def receive(self, channel: str) -> Message:
        """The next message of a channel that `new_channel` gave in this event loop. Whoever gives
        up waiting gives up the channel, as with the layers over Redis."""
        try:
            return await self._channels[channel].get()
        except asyncio.CancelledError:
            with self._lock:
                self._channels.pop(channel, None)
            raise

    async def group_add(self, group: str, channel: str) -> None:
        with self._lock:
            self._groups.setdefault(group, set()).add(channel)

    async def group_discard(self, group: str, channel: str) -> None:
        with self._lock:
            self._groups.get(group, set()).discard(channel)
            if not self._groups.get(group):
                self._groups.pop(group, None)

    async def group_send(self, group: str, message: Message) -> None:
        """To every channel of the group; never waits."""
        with self._lock:
            members = self._groups.get(group, set())
            found = [self._channels[name] for name in members if name in self._channels]
        for channel in found:
            channel.put(message)

    async def flush(self) -> None:
        with self._lock:
            self._channels.clear()
            self._groups.clear()


class _Channel:
    """What waits for one receiver, filled from any thread, emptied in its own event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Message] = deque()
        self._ready = asyncio.Event()

    def put(self, message: Message) -> None:
        self._waiting.append(message)
        try:
            # An event may be set in its own event loop only; this call also wakes a sleeping one.
            self._loop.call_soon_threadsafe(self._ready.set)
        except RuntimeError:
            self._waiting.clear()  # the loop is closed, so nobody receives any more

    async def get(self) -> Message:
        while not self._waiting:
            # `put` has it set by this loop, so never between these two lines.
            self._ready.clear()
            await self._ready.wait()
        return self._waiting.popleft()
