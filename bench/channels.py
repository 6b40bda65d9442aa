"""What Channels brings beside what stands in its place here: processor time of each.

Each limit is Channels' own way, on one Redis and in one process with the figure. Where a figure no
longer stays under its goal, the reason to deviate is gone (docs/architecture.md).
"""

import argparse
import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from bench.figures import Ratio, median
from bench.ground import Ground

HINTS = 400
TOGETHER = 20
GAP_S = 0.002
FRAMES = 1_000
HEARD: dict[str, Any] = {"type": "websocket.send", "text": "x" * 1_000}
Way = Callable[[], Awaitable[float]]


def measure(given: argparse.Namespace) -> list[Ratio]:
    with Ground() as ground:
        os.environ.update(ground.environment("baton"))
        import django

        django.setup()
        return asyncio.run(_measure(given))


async def _measure(given: argparse.Namespace) -> list[Ratio]:
    def groups() -> Awaitable[float]:
        return by_groups(given.sockets)

    def fanned_out() -> Awaitable[float]:
        return by_fan_out(given.sockets)

    many = f"delivery to {given.sockets:,} sockets: fanned out in process ÷ a group of channels"
    shared = f"hint over the layer: {TOGETHER} together ÷ each alone"
    return [
        await _ratio(given, shared, hints_together, hints_alone, goal=0.5),
        await _ratio(given, many, fanned_out, groups, goal=0.5),
        await _ratio(given, "frame in: ours ÷ Channels' dispatch", frames_ours, frames_theirs, 0.9),
        await _ratio(given, "frame out: bare ÷ SessionMiddleware", out_bare, out_session, goal=0.9),
    ]


async def _ratio(
    given: argparse.Namespace, name: str, ours: Way, theirs: Way, goal: float
) -> Ratio:
    """Both take turns; the first turn only warms them up."""
    turns = [(await theirs(), await ours()) for _ in range(given.rounds + 1)][1:]
    limit, figure = (median(side) for side in zip(*turns, strict=True))
    return Ratio(name, figure * 1e6, limit * 1e6, "µs", goal)


async def hints_alone() -> float:
    """Of one hint: sent, come back over Redis, and heard."""
    return await _hints(1)


async def hints_together() -> float:
    return await _hints(TOGETHER)


async def _hints(together: int) -> float:
    from channels.layers import channel_layers

    from console.hints import carrying

    layer: Any = channel_layers.make_backend(carrying.LAYER)
    channel = await layer.new_channel()
    await layer.group_add(carrying.GROUP, channel)
    await asyncio.sleep(0.2)
    hint = {"type": "escalation", "escalation": "esc_" + "x" * 26, "number": 1, "version": 1}
    message = carrying.together([hint] * together, "bench")
    before_s = time.process_time()
    for _ in range(HINTS // together):
        await layer.group_send(carrying.GROUP, message)
        await layer.receive(channel)
        await asyncio.sleep(GAP_S)
    spent_s = time.process_time() - before_s
    await layer.flush()
    return spent_s / HINTS


async def by_groups(sockets: int) -> float:
    """Of one delivery where each socket has a channel, and all of them are in one group."""
    from channels.layers import channel_layers

    from console.hints import carrying

    layer: Any = channel_layers.make_backend(carrying.LAYER)
    delivered, everybody, events = 0, asyncio.Event(), 10

    async def serve(channel: str) -> None:
        nonlocal delivered
        while True:
            await _swallow((await layer.receive(channel))["frame"])
            delivered += 1
            if delivered == events * sockets:
                everybody.set()

    channels = [await layer.new_channel() for _ in range(sockets)]
    for channel in channels:
        await layer.group_add("screens", channel)
    serving = [asyncio.create_task(serve(channel)) for channel in channels]
    await asyncio.sleep(0.5)
    before_s = time.process_time()
    for _ in range(events):
        await layer.group_send("screens", {"type": "frame", "frame": HEARD})
        await asyncio.sleep(0.05)
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            await everybody.wait()
    spent_s = time.process_time() - before_s
    await layer.flush()  # first, so that each task does not unsubscribe by itself
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)
    return spent_s / max(delivered, 1)


async def by_fan_out(sockets: int) -> float:
    """Of one delivery where the process has one channel and pushes to every seat."""
    from channels.layers import channel_layers

    from console.hints import carrying
    from escalations.live.seats import Seat

    layer: Any = channel_layers.make_backend(carrying.LAYER)
    seats = [Seat(_swallow, None, "") for _ in range(sockets)]  # type: ignore[arg-type]
    channel = await layer.new_channel()
    await layer.group_add("screens", channel)
    await asyncio.sleep(0.5)
    before_s, events = time.process_time(), 10
    for _ in range(events):
        await layer.group_send("screens", {"type": "frame", "frame": HEARD})
        frame = (await layer.receive(channel))["frame"]
        for seat in seats:
            seat.push(frame)
        await asyncio.sleep(0.05)
    spent_s = time.process_time() - before_s
    await layer.flush()
    return spent_s / (events * sockets)


async def frames_ours() -> float:
    """Of one frame up, until the consumer has it."""
    from escalations.consumers import Console

    return await _frames(Console.dispatch)


async def frames_theirs() -> float:
    from channels.consumer import AsyncConsumer

    return await _frames(AsyncConsumer.dispatch)


async def _frames(dispatch: Any) -> float:
    from channels.generic.websocket import AsyncJsonWebsocketConsumer

    consumer = type("Consumer", (AsyncJsonWebsocketConsumer,), {"dispatch": dispatch})()
    beat = {"type": "websocket.receive", "text": '{"type": "here", "active": true}'}
    before_s = time.process_time()
    for _ in range(FRAMES):
        await consumer.dispatch(beat)
    return (time.process_time() - before_s) / FRAMES


async def out_bare() -> float:
    """Of one frame down, until the server has it."""
    return await _out(lambda inner: inner)


async def out_session() -> float:
    from channels.sessions import CookieMiddleware, SessionMiddleware

    return await _out(lambda inner: CookieMiddleware(SessionMiddleware(inner)))


async def _out(wrapped: Callable[[Any], Any]) -> float:
    spent_s = 0.0

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        nonlocal spent_s
        before_s = time.process_time()
        for _ in range(FRAMES):
            await send(HEARD)
        spent_s = time.process_time() - before_s

    await wrapped(inner)({"type": "websocket", "headers": []}, None, _swallow)
    return spent_s / FRAMES


async def _swallow(message: Any) -> None:
    """A socket that takes everything."""
