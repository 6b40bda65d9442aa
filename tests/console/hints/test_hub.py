import asyncio
import threading

import pytest

from console.hints import hub


@pytest.fixture(autouse=True)
def _one_process(settings):
    settings.REDIS_URL = ""
    settings.CHANNEL_LAYERS = {"hints": {"BACKEND": "console.hints.layers.InProcessLayer"}}


async def heard(listener, count):
    async with asyncio.timeout(10):
        return [await anext(listener) for _ in range(count)]


async def test_every_listener_hears_in_order():
    with hub.listen() as one, hub.listen() as two:
        hub.publish({"type": "row", "n": 1})
        hub.publish({"type": "row", "n": 2})
        expected = [{"type": "row", "n": 1}, {"type": "row", "n": 2}]
        assert await heard(one, 2) == expected
        assert await heard(two, 2) == expected


async def test_publish_from_another_thread_wakes_the_listener():
    with hub.listen() as listener:
        threading.Thread(target=hub.publish, args=({"type": "row"},)).start()
        assert await heard(listener, 1) == [{"type": "row"}]


async def test_a_follower_of_one_escalation_hears_only_that_one():
    with hub.listen("esc_1") as listener:
        hub.publish({"type": "row", "escalation": "esc_2"})
        hub.publish({"type": "row", "escalation": "esc_1"})
        hub.publish({"type": "row"})
        await asyncio.sleep(0)
        assert await heard(listener, 1) == [{"type": "row", "escalation": "esc_1"}]
        assert listener.drain() == []


async def test_a_slow_listener_gets_one_resync_and_holds_up_nobody():
    with hub.listen() as slow, hub.listen() as quick:
        for n in range(hub.BACKLOG_MAX + 5):
            hub.publish({"n": n})
            assert await heard(quick, 1) == [{"n": n}]
        backlog = slow.drain()
        assert backlog[0] is hub.RESYNC
        assert backlog[1:] == [{"n": hub.BACKLOG_MAX + n} for n in range(5)]


async def test_drain_gives_everything_without_waiting():
    with hub.listen() as listener:
        hub.publish({"n": 1})
        hub.publish({"n": 2})
        await asyncio.sleep(0.01)
        assert listener.drain() == [{"n": 1}, {"n": 2}]
        assert listener.drain() == []


async def test_nobody_is_left_after_listening():
    with hub.listen(), hub.listen("esc_1"):
        pass
    assert asyncio.get_running_loop() not in hub._rooms


def test_a_loop_that_ended_is_forgotten():
    async def leave():
        hub.listen().__enter__()

    asyncio.run(leave())
    hub.publish({"n": 1})
    assert not [room for room in hub._rooms.values() if room.loop.is_closed()]


def test_publish_without_listeners_is_fine():
    hub.publish({"n": 1})
