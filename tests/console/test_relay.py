"""Two processes on one real Redis."""

import asyncio
import socket
import subprocess
import sys
import time

import orjson
import pytest
import redis

from console import hub, relay
from tests.ports import free_port, wait_for_port

pytestmark = pytest.mark.services

OTHER_PROCESS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "console.settings"
from console import hub
hub.publish({"type": "row", "escalation": "esc_1", "n": int(sys.argv[1])})
"""


@pytest.fixture
def scaled(redis_url, settings):
    settings.REDIS_URL = redis_url
    relay._paused_until = 0.0


async def heard(listener, count, within_s=20):
    async with asyncio.timeout(within_s):
        return [await anext(listener) for _ in range(count)]


async def subscribed(client, within_s=20):
    async with asyncio.timeout(within_s):
        while client.pubsub_numsub(relay.CHANNEL)[0][1] == 0:
            await asyncio.sleep(0.02)


async def test_first_hint_is_resync_because_the_past_is_unknown(scaled):
    with hub.listen() as listener:
        assert await heard(listener, 1) == [hub.RESYNC]


async def test_a_hint_of_another_process_arrives(scaled, settings):
    with hub.listen() as listener:
        await heard(listener, 1)
        other = {**_environment(settings), "PYTHONPATH": "."}
        await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", OTHER_PROCESS, "7"], env=other, check=True
        )
        assert await heard(listener, 1) == [{"type": "row", "escalation": "esc_1", "n": 7}]


async def test_an_own_hint_arrives_once(scaled):
    with hub.listen() as listener:
        await heard(listener, 1)
        hub.publish({"n": 1})
        assert await heard(listener, 1) == [{"n": 1}]
        await asyncio.sleep(0.2)
        assert listener.drain() == []


async def test_rubbish_on_the_channel_is_survived(scaled, settings, monkeypatch):
    monkeypatch.setattr(relay, "PAUSE_AFTER_FAILURE_S", 0.05)
    with hub.listen() as listener:
        await heard(listener, 1)
        client = redis.Redis.from_url(settings.REDIS_URL)
        client.publish(relay.CHANNEL, b"\xff{")
        assert (await heard(listener, 1))[0] is hub.RESYNC
        await asyncio.sleep(0.3)
        await subscribed(client)
        client.publish(relay.CHANNEL, orjson.dumps({"n": 2}))
        assert (await heard(listener, 2))[-1] == {"n": 2}


async def test_a_restart_of_redis_ends_in_resync(settings, monkeypatch):
    monkeypatch.setattr(relay, "PAUSE_AFTER_FAILURE_S", 0.1)
    port = free_port()
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    with hub.listen() as listener:
        assert await heard(listener, 1) == [hub.RESYNC]
        process = _redis(port)
        try:
            client = redis.Redis(port=port)
            await subscribed(client)
            client.publish(relay.CHANNEL, orjson.dumps({"n": 3}))
            while (last := await heard(listener, 1)) == [hub.RESYNC]:
                pass
            assert last == [{"n": 3}]
        finally:
            process.terminate()
            process.wait(10)
        assert await heard(listener, 1) == [hub.RESYNC]


async def test_a_redis_that_falls_silent_is_noticed(settings, monkeypatch):
    monkeypatch.setattr(relay, "SILENCE_TIMEOUT_S", 0.2)
    monkeypatch.setattr(relay, "PAUSE_AFTER_FAILURE_S", 0.1)
    with socket.socket() as black_hole:
        black_hole.bind(("127.0.0.1", 0))
        black_hole.listen()
        settings.REDIS_URL = f"redis://127.0.0.1:{black_hole.getsockname()[1]}/0"
        with hub.listen() as listener:
            assert await heard(listener, 1) == [hub.RESYNC]


async def test_idle_connection_stays_open(scaled, monkeypatch):
    monkeypatch.setattr(relay, "SILENCE_TIMEOUT_S", 1)
    with hub.listen() as listener:
        await heard(listener, 1)
        await asyncio.sleep(3)
        assert listener.drain() == []


def test_a_lost_redis_costs_publishers_one_short_wait(settings):
    with socket.socket() as black_hole:
        black_hole.bind(("127.0.0.1", 0))
        black_hole.listen()
        settings.REDIS_URL = f"redis://127.0.0.1:{black_hole.getsockname()[1]}/0"
        relay._paused_until = 0.0
        started = time.monotonic()
        for n in range(100):
            hub.publish({"n": n})
        took = time.monotonic() - started
    assert took < 3 * relay.SEND_TIMEOUT_S


def _redis(port):
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    wait_for_port(port)
    return process


def _environment(settings):
    return {
        "REDIS_URL": settings.REDIS_URL,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "BATON_SECRET_KEY": "x" * 32,
        "BATON_DATA": str(settings.ENVIRONMENT.data),
    }
