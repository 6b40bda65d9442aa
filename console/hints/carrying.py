"""Carries hints between processes over the Channels layer `hints`, best effort.

One group, and in it one channel for each event loop that listens, which in a server is one for the
process. Hints of the same moment travel together, as what costs is the message that carries them.
"""

import asyncio
import atexit
import os
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from channels.layers import channel_layers, get_channel_layer
from django.conf import settings

from console.hints import layers

Message = dict[str, Any]

LAYER = "hints"
GROUP = "hints"
RESYNC: Message = {"type": "resync"}
SPACING_S = 0.05
PROBE_S = 2
SILENCE_S = 5
PAUSE_AFTER_FAILURE_S = 2
END_TIMEOUT_S = 2

log = structlog.get_logger(__name__)
_process = uuid.uuid4().hex


def leave_process() -> bool:
    """Whether the layer reaches other processes, so that this one must not wait for its echo."""
    return bool(settings.REDIS_URL)


def together(hints: list[Message], process: str, probe: str = "") -> Message:
    """What travels: hints of one process, or none where it only probes the layer."""
    return {"type": "hints", "process": process, "hints": hints, "probe": probe}


class Sender:
    """Sends from one event loop, one message at a time, without anybody waiting for it."""

    def __init__(self) -> None:
        self._outgoing: list[Message] = []
        self._sending: asyncio.Task[None] | None = None
        self._hurries = asyncio.Event()

    def send(self, message: Message) -> None:
        """Call it in the event loop. What cannot be sent is replaced by one `RESYNC`, later."""
        self._outgoing.append(message)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.get_running_loop().create_task(self._send())

    async def finish(self) -> None:
        """Until everything so far is sent, or could not be."""
        if self._sending is not None:
            self._hurries.set()
            await asyncio.wait([self._sending])

    async def _send(self) -> None:
        while self._outgoing:
            batch, self._outgoing = self._outgoing, []
            try:
                await _layer().group_send(GROUP, together(batch, _process))
            except Exception as error:  # whatever it was, only hints were lost
                log.warning("hints_not_sent", error=str(error))
                await asyncio.sleep(PAUSE_AFTER_FAILURE_S)
                # The others do not know that they missed something, and it is not kept for them.
                self._outgoing = [RESYNC]
            else:
                await self._pause(SPACING_S if leave_process() else 0)

    async def _pause(self, within_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._hurries.wait()


class HintReceiver:
    """Hears in one event loop what any process sends."""

    def __init__(self, hear: Callable[[Message], None]) -> None:
        self._hear = hear
        self._probe = ""
        self._came_back = asyncio.Event()

    async def receive(self) -> None:
        """For ever. Whenever hints may have been missed, and from time to time while there is no
        connection, `RESYNC` is heard."""
        while True:
            try:
                await self._follow()
            except Exception as error:  # whatever it was, only hints were lost
                log.warning("hints_lost", error=str(error) or type(error).__name__)
            self._hear(RESYNC)
            await _drop_connections()
            await asyncio.sleep(PAUSE_AFTER_FAILURE_S)

    async def _follow(self) -> None:
        layer = _layer()
        channel = await layer.new_channel()
        # Whoever gives up `layer.receive` is unsubscribed, so no time-out may surround it: one task
        # receives for ever, and this one finds out whether it hears.
        receiving = asyncio.create_task(self._receive_all(layer, channel))
        try:
            await layer.group_add(GROUP, channel)
            await self._probe_for_ever(layer, channel)
        finally:
            receiving.cancel()
            with suppress(Exception):
                await layer.group_discard(GROUP, channel)

    async def _receive_all(self, layer: Any, channel: str) -> None:
        while True:
            try:
                self._take(await layer.receive(channel))
            except Exception as error:  # what is not of ours may look like anything
                log.warning("hints_not_understood", error=str(error))
                self._hear(RESYNC)
                # A layer that fails at once would otherwise be asked without pause.
                await asyncio.sleep(PAUSE_AFTER_FAILURE_S)

    def _take(self, message: Message) -> None:
        # Own hints were heard when they were published (`hub.publish`), except where the layer is
        # the only way to be heard.
        if message["process"] != _process or not leave_process():
            for hint in message["hints"]:
                # What has travelled is a copy, and `hub` knows `RESYNC` by its identity.
                self._hear(RESYNC if hint == RESYNC else hint)
        if message["probe"] and message["probe"] == self._probe:
            self._came_back.set()

    async def _probe_for_ever(self, layer: Any, channel: str) -> None:
        """Raises TimeoutError when nothing has come back for `SILENCE_S`.

        A probe that comes back proves that the group is subscribed. Where a connection was opened
        before it was sent, the subscription is a new one, and what was sent until then is missed.
        """
        # Opens the connection that sends, which would pass for a new subscription below.
        await layer.group_send(GROUP, together([], _process))
        loop, opened_before, count = asyncio.get_running_loop(), 0, 0
        silent_at = loop.time() + SILENCE_S
        while True:
            _end_if_cancelled()
            opened, count, next_at = layers.connections(), count + 1, loop.time() + PROBE_S
            self._probe = f"{channel}:{count}"
            self._came_back.clear()
            await _send_probe(layer, together([], _process, self._probe))
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_at):
                    await self._came_back.wait()
            if self._came_back.is_set():
                silent_at = loop.time() + SILENCE_S
                if opened > opened_before:
                    opened_before = opened
                    self._hear(RESYNC)
            elif loop.time() > silent_at:
                raise TimeoutError("What is sent does not come back.")
            await asyncio.sleep(next_at - loop.time())


async def round_trip_s(within_s: float) -> float:
    """How long a hint takes over the layer and back. Raises TimeoutError or as the layer does."""
    # A layer of its own, so that nobody else loses a subscription when it is flushed below.
    layer: Any = channel_layers.make_backend(LAYER)
    channel = await layer.new_channel()
    probe = together([], _process, channel)

    async def hear() -> None:
        while (await layer.receive(channel)).get("probe") != channel:
            pass

    hearing = asyncio.create_task(hear())
    try:
        await layer.group_add(GROUP, channel)
        async with asyncio.timeout(within_s):
            while not hearing.done():
                # The first ones may overtake the subscription, which goes by another connection.
                started_at = time.monotonic()
                await layer.group_send(GROUP, probe)
                await asyncio.wait([hearing], timeout=0.25)
        return time.monotonic() - started_at
    finally:
        hearing.cancel()
        await layer.flush()


async def _send_probe(layer: Any, probe: Message) -> None:
    try:
        await layer.group_send(GROUP, probe)
    except Exception as error:
        from redis import TimeoutError as TooSlow  # the embedded default never loads it

        # A machine that stands still for a moment must not cost a good subscription: only silence
        # does. A connection that is refused or cut is no such moment.
        if not isinstance(error, TooSlow):
            raise


def send(message: Message) -> None:
    """From any thread of a process in which nobody listens, such as a Celery worker.

    Never waits: a thread with an event loop of its own sends it. When the process ends, what is
    under way gets two seconds.
    """
    global _background
    with _lock:
        if _background is None:
            _background = _Background()
        _background.send(message)


class _Background:
    def __init__(self) -> None:
        # Loads Redis' client here: a short command would be over before the thread has done so.
        _layer()
        self._loop = asyncio.new_event_loop()
        self._sender = Sender()
        threading.Thread(target=self._loop.run_forever, name="hints", daemon=True).start()
        atexit.register(self._finish)

    def send(self, message: Message) -> None:
        self._loop.call_soon_threadsafe(self._sender.send, message)

    def _finish(self) -> None:
        """A command that changed something ends at once, and its hint must still get out."""
        with suppress(TimeoutError):
            finished = asyncio.run_coroutine_threadsafe(self._sender.finish(), self._loop)
            finished.result(END_TIMEOUT_S)


_lock = threading.Lock()
_background: _Background | None = None


def _forget_background() -> None:
    """A forked process has only the thread that forked, and maybe a lock that another one held."""
    global _background, _lock, _process
    _background, _lock, _process = None, threading.Lock(), uuid.uuid4().hex


os.register_at_fork(after_in_child=_forget_background)


def _layer() -> Any:
    return get_channel_layer(LAYER)


async def _drop_connections() -> None:
    try:
        await _layer().flush()
    except Exception as error:  # the connection was lost, and closing it may say so once more
        log.warning("hints_not_dropped", error=str(error))
    _end_if_cancelled()


def _end_if_cancelled() -> None:
    """A layer over Redis takes a cancelling that comes while it connects, or drops its connections,
    for one of its own and goes on; without this look a process that stops then never ends."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
