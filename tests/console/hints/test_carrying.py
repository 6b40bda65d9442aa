"""Two processes on one real Redis, and what becomes of hints when it goes."""

import asyncio
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest
import redis
from channels.layers import channel_layers, get_channel_layer

from console import condition
from console.hints import carrying, hub, layers
from tests.running.ports import free_port, wait_for_port

OTHER_PROCESS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "console.settings"
from console.hints import hub
hub.publish({"type": "row", "escalation": "esc_1", "n": int(sys.argv[1])})
"""


@pytest.fixture
def quick(monkeypatch):
    """Pauses and time-outs of a fraction, in the same order."""
    monkeypatch.setattr(carrying, "PROBE_S", 0.2)
    monkeypatch.setattr(carrying, "SILENCE_S", 0.5)
    monkeypatch.setattr(carrying, "PAUSE_AFTER_FAILURE_S", 0.2)


@pytest.fixture
def on(settings, monkeypatch):
    """Turns this process to a Redis, as its settings would have at its start."""

    def turn(url):
        settings.REDIS_URL = url
        hosts = layers.redis_hosts(url)
        backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
        config = {"prefix": "baton", "hosts": hosts}
        settings.CHANNEL_LAYERS = {"hints": {"BACKEND": backend, "CONFIG": config}}
        monkeypatch.setattr(carrying, "_background", None)

    return turn


@pytest.fixture
def scaled(on, redis_url):
    on(redis_url)


@contextmanager
def running_redis(port):
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        yield process
    finally:
        process.kill()
        process.wait(10)


@contextmanager
def black_hole():
    """A Redis that takes connections and answers nothing; its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


class Wire:
    """Passes bytes between the layer and a Redis until it is told to swallow them."""

    def __init__(self, port):
        self.target, self.swallows, self.streams = port, set(), []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.url = f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/0"
        return self

    async def __aexit__(self, *error):
        self._server.close()
        for writer in self.streams:
            writer.close()

    def swallow(self):
        """Every connection that there is goes half-dead; new ones work."""
        self.swallows = set(self.streams)

    async def _pass_on(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self.streams += [writer, far_writer]
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))

    async def _copy(self, reader, writer):
        while data := await reader.read(65_536):
            if writer not in self.swallows:
                writer.write(data)


async def heard(listener, count, within_s=20):
    async with asyncio.timeout(within_s):
        return [await anext(listener) for _ in range(count)]


async def say(*messages, process="other"):
    """What another process sends, over the same layer."""
    await get_channel_layer("hints").group_send(
        carrying.GROUP, carrying.together([*messages], process)
    )


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
        await asyncio.sleep(0.2)
        assert listener.drain() == []


async def test_an_own_hint_arrives_once_and_at_once(scaled):
    with hub.listen() as listener:
        await heard(listener, 1)
        threading.Thread(target=hub.publish, args=({"n": 1},)).start()
        assert await heard(listener, 1) == [{"n": 1}]
        await asyncio.sleep(0.3)
        assert listener.drain() == []


async def test_hints_of_one_moment_travel_together_and_in_order(scaled):
    layer = get_channel_layer("hints")
    channel = await layer.new_channel()
    await layer.group_add(carrying.GROUP, channel)
    with hub.listen() as listener:
        await heard(listener, 1)
        for n in range(1_000):
            hub.publish({"n": n})
        batches = []
        async with asyncio.timeout(20):
            while sum(map(len, batches)) < 1_000:
                batches.append((await layer.receive(channel))["hints"])
    sent = [batch for batch in batches if batch]
    assert [hint["n"] for batch in sent for hint in batch] == list(range(1_000))
    assert len(sent) < 20  # One, unless the machine was away for longer than a moment.


async def test_a_process_in_which_nobody_listens_sends_too(scaled):
    layer = get_channel_layer("hints")
    channel = await layer.new_channel()
    await layer.group_add(carrying.GROUP, channel)
    await asyncio.to_thread(hub.publish, {"n": 5})
    async with asyncio.timeout(20):
        assert (await layer.receive(channel))["hints"] == [{"n": 5}]


async def test_rubbish_on_the_channel_is_survived(scaled, settings, quick):
    with hub.listen() as listener:
        await heard(listener, 1)
        client = redis.Redis.from_url(settings.REDIS_URL)
        client.publish("baton__group__hints", b"\xff{")
        assert (await heard(listener, 1))[0] is hub.RESYNC
        await say({"n": 2})
        assert (await heard(listener, 1))[-1] == {"n": 2}


async def test_a_restart_of_redis_ends_in_resync(on, quick):
    port = free_port()
    on(f"redis://127.0.0.1:{port}/0")
    with hub.listen() as listener:
        assert await heard(listener, 1) == [hub.RESYNC]
        with running_redis(port):
            while True:
                try:
                    await say({"n": 3})
                    async with asyncio.timeout(0.5):
                        while (await anext(listener)) is hub.RESYNC:
                            pass
                    break
                except (redis.RedisError, TimeoutError):
                    await asyncio.sleep(0.1)
            await asyncio.sleep(0.5)
            listener.drain()
        assert await heard(listener, 1) == [hub.RESYNC]
        with running_redis(port):
            await asyncio.sleep(1.5)
            listener.drain()
            await say({"n": 4})
            assert {"n": 4} in await heard(listener, 1)


async def test_a_connection_cut_and_made_again_in_silence_ends_in_resync(
    scaled, settings, quick, monkeypatch
):
    """redis-py subscribes again by itself; what was said meanwhile would never be asked for."""
    monkeypatch.setattr(carrying, "SILENCE_S", 5)
    with hub.listen() as listener:
        await heard(listener, 1)
        await asyncio.sleep(0.5)
        assert listener.drain() == []
        redis.Redis.from_url(settings.REDIS_URL).client_kill_filter(_type="pubsub")
        assert await heard(listener, 1) == [hub.RESYNC]
        await say({"n": 1})
        assert await heard(listener, 1) == [{"n": 1}]


async def test_a_half_dead_connection_is_noticed_and_replaced(on, redis_url, quick):
    async with Wire(int(redis_url.split(":")[-1].split("/")[0])) as wire:
        on(wire.url)
        with hub.listen() as listener:
            await heard(listener, 1)
            await asyncio.sleep(0.3)
            assert listener.drain() == []
            wire.swallow()
            assert await heard(listener, 1) == [hub.RESYNC]
            await asyncio.sleep(1)
            listener.drain()
            await say({"n": 1})
            assert {"n": 1} in await heard(listener, 1)


async def test_a_redis_that_answers_nothing_is_noticed(on, quick):
    with black_hole() as url:
        on(url)
        with hub.listen() as listener:
            assert await heard(listener, 2) == [hub.RESYNC, hub.RESYNC]


class Swallows(layers.InProcessLayer):
    """Takes a cancelling that comes at one moment for one of its own, as the layer over Redis."""

    at = ""
    reached = asyncio.Event()

    async def new_channel(self, prefix="specific"):
        if self.at == "flush":
            raise ConnectionError("Redis is away.")
        return await super().new_channel(prefix)

    async def group_add(self, group, channel):
        await self._swallow("group_add")
        await super().group_add(group, channel)

    async def flush(self):
        await self._swallow("flush")

    async def _swallow(self, moment):
        if self.at == moment:
            self.reached.set()
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(3600)


@pytest.mark.parametrize("moment", ["group_add", "flush"])
async def test_a_receiver_ends_though_its_cancelling_is_swallowed(settings, monkeypatch, moment):
    settings.CHANNEL_LAYERS = {"hints": {"BACKEND": f"{__name__}.Swallows"}}
    monkeypatch.setattr(Swallows, "at", moment)
    monkeypatch.setattr(Swallows, "reached", asyncio.Event())
    receiving = asyncio.create_task(carrying.HintReceiver(lambda message: None).receive())
    await Swallows.reached.wait()
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(receiving, 5)


def test_what_a_lost_connection_costs_is_bounded():
    """Limits of a server that has not been made quick by a test."""
    assert carrying.PROBE_S + carrying.SILENCE_S <= 10
    assert layers.REDIS_TIMEOUT_S < carrying.SILENCE_S


async def test_idle_connection_stays_open(scaled, quick):
    with hub.listen() as listener:
        await heard(listener, 1)
        await asyncio.sleep(7)
        assert listener.drain() == []


async def test_others_look_again_when_hints_could_not_be_sent(on, quick):
    port = free_port()
    on(f"redis://127.0.0.1:{port}/0")
    with hub.listen() as listener:
        hub.publish({"n": 1})
        await asyncio.sleep(0.1)
        with running_redis(port):
            layer = get_channel_layer("hints")
            elsewhere = channel_layers.make_backend("hints")
            channel = await elsewhere.new_channel()
            await elsewhere.group_add(carrying.GROUP, channel)
            assert layer is not elsewhere
            async with asyncio.timeout(20):
                while not (said := (await elsewhere.receive(channel))["hints"]):
                    pass
            await elsewhere.flush()
        assert said == [hub.RESYNC]
        assert {"n": 1} in listener.drain()


@pytest.mark.parametrize("listening", [False, True])
async def test_a_lost_redis_holds_up_no_publisher(on, listening):
    with black_hole() as url:
        on(url)
        room = hub.listen() if listening else black_hole()
        with room:
            started = time.monotonic()
            for n in range(100):
                hub.publish({"n": n})
                await asyncio.sleep(0)
            assert time.monotonic() - started < 0.5


def finding():
    (found,) = [one for one in condition.everything() if one.part == "hints"]
    return found.ok, found.sentence


@pytest.mark.django_db
def test_the_doctor_sends_a_hint_and_hears_it(scaled):
    ok, sentence = finding()
    assert ok
    assert re.fullmatch(r"A hint went over Redis and back in \d+ ms\.", sentence)


@pytest.mark.django_db
def test_the_doctor_says_that_hints_do_not_come_back(on):
    with black_hole() as url:
        on(url)
        silent = finding()
    on(f"redis://127.0.0.1:{free_port()}/0")
    for ok, sentence in (silent, finding()):
        assert not ok
        assert sentence.startswith("Hints do not come back over Redis: ")


def test_a_command_ends_soon_though_redis_is_lost(settings):
    with black_hole() as url:
        environment = {**_environment(settings), "REDIS_URL": url, "PYTHONPATH": "."}
        timed = OTHER_PROCESS + "import time, atexit; started = time.monotonic()\n"
        timed += "atexit.unregister(hub.carrying._background._finish)\n"
        timed += "hub.carrying._background._finish(); print(time.monotonic() - started)"
        done = subprocess.run(
            [sys.executable, "-c", timed, "1"],
            env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
    # On a machine that is busy a warning comes before it.
    assert float(done.stdout.splitlines()[-1]) < carrying.END_TIMEOUT_S + 1


def _environment(settings):
    return {
        "REDIS_URL": settings.REDIS_URL,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "BATON_SECRET_KEY": "x" * 32,
        "BATON_DATA": str(settings.ENVIRONMENT.data),
    }
