"""The layer of one process, beside the one that Channels brings."""

import asyncio
import threading

import pytest
from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer, channel_layers

from console.hints.layers import InProcessLayer


async def received(layer, channel, count):
    async with asyncio.timeout(10):
        return [await layer.receive(channel) for _ in range(count)]


async def a_channel(layer, *groups):
    channel = await layer.new_channel()
    for group in groups:
        await layer.group_add(group, channel)
    return channel


def elsewhere(layer, group, message):
    """Sends from another thread, in an event loop of its own."""
    thread = threading.Thread(target=lambda: asyncio.run(layer.group_send(group, message)))
    thread.start()
    return thread


async def test_a_group_reaches_all_its_channels_in_order_and_no_other():
    layer = InProcessLayer()
    one, two = await a_channel(layer, "hints"), await a_channel(layer, "hints")
    other = await a_channel(layer, "others")
    for n in range(3):
        await layer.group_send("hints", {"n": n})
    await layer.send(other, {"n": 9})
    expected = [{"n": 0}, {"n": 1}, {"n": 2}]
    assert await received(layer, one, 3) == await received(layer, two, 3) == expected
    assert await received(layer, other, 1) == [{"n": 9}]


async def test_another_thread_wakes_a_channel_that_waits():
    layer = InProcessLayer()
    channel = await a_channel(layer, "hints")
    waiting = asyncio.create_task(received(layer, channel, 1))
    await asyncio.sleep(0.05)
    elsewhere(layer, "hints", {"n": 1})
    assert await waiting == [{"n": 1}]


async def test_nothing_is_dropped():
    layer = InProcessLayer()
    channel = await a_channel(layer, "hints")
    for n in range(5_000):
        await layer.group_send("hints", {"n": n})
    assert [one["n"] for one in await received(layer, channel, 5_000)] == list(range(5_000))


async def test_whoever_left_gets_nothing_more():
    layer = InProcessLayer()
    channel = await a_channel(layer, "hints", "others")
    await layer.group_discard("hints", channel)
    await layer.group_send("hints", {"n": 1})
    await layer.group_send("others", {"n": 2})
    assert await received(layer, channel, 1) == [{"n": 2}]
    waiting = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    await layer.group_send("others", {"n": 3})
    await layer.send(channel, {"n": 4})
    assert layer._channels == {}


async def test_a_channel_of_a_loop_that_ended_is_no_obstacle():
    layer = InProcessLayer()
    thread = threading.Thread(target=lambda: asyncio.run(a_channel(layer, "hints")))
    thread.start()
    thread.join()
    channel = await a_channel(layer, "hints")
    await layer.group_send("hints", {"n": 1})
    assert await received(layer, channel, 1) == [{"n": 1}]


async def test_flush_leaves_a_layer_like_new():
    layer = InProcessLayer()
    await a_channel(layer, "hints")
    await layer.flush()
    assert (layer._channels, layer._groups) == ({}, {})


def test_one_process_is_configured_with_it(settings):
    settings.CHANNEL_LAYERS = {"hints": {"BACKEND": "console.hints.layers.InProcessLayer"}}
    assert isinstance(channel_layers["hints"], InProcessLayer)


async def test_the_layer_that_channels_brings_drops_and_does_not_wake():
    """Why there is one of our own; where this fails, it may go."""
    layer = InMemoryChannelLayer()
    channel = await a_channel(layer, "hints")
    for n in range(150):
        await layer.group_send("hints", {"n": n})
    assert len(await received(layer, channel, 100)) == 100
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await layer.receive(channel)
    for n in range(100):
        await layer.send(channel, {"n": n})
    with pytest.raises(ChannelFull):
        await layer.send(channel, {"n": 100})
