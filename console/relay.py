"""Carries the hub's hints between processes over one Redis channel, best effort."""

import asyncio
import threading
import time
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
import redis
import redis.asyncio
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from console import hub

CHANNEL = "baton:hints"
SEND_TIMEOUT_S = 0.5
SILENCE_TIMEOUT_S = 5
PAUSE_AFTER_FAILURE_S = 2

log = structlog.get_logger(__name__)
_process = uuid.uuid4().hex
_paused_until = 0.0


class _Talker:
    """A connection on which Redis answers nothing, so that a hint costs one write to a socket."""

    def __init__(self, url: str) -> None:
        self._lock = threading.Lock()
        pool: Any = redis.ConnectionPool.from_url(
            url,
            socket_timeout=SEND_TIMEOUT_S,
            socket_connect_timeout=SEND_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
        self._connection: Any = pool.make_connection()
        self._open = False

    def say(self, text: bytes) -> None:
        """Publish, from any thread. Raises RedisError where Redis cannot be reached."""
        with self._lock:
            # Nothing ever comes back, so what can be read is the end of the connection.
            if not self._open or self._connection.can_read(timeout=0):
                self._reopen()
            try:
                self._connection.send_command("PUBLISH", CHANNEL, text)
            except redis.RedisError:
                self._open = False
                raise

    def _reopen(self) -> None:
        self._open = False
        self._connection.disconnect()
        self._connection.connect()
        self._connection.send_command("CLIENT", "REPLY", "OFF")
        self._open = True


def send(message: hub.Message) -> None:
    """Publishes to the other processes. After a failure it stays quiet for a moment, so that a
    Redis that swallows everything costs a request half a second at most now and then."""
    global _paused_until
    if time.monotonic() < _paused_until:
        return
    try:
        _talker(settings.REDIS_URL).say(orjson.dumps({**message, "process": _process}))
    except redis.RedisError as error:
        _paused_until = time.monotonic() + PAUSE_AFTER_FAILURE_S
        log.warning("hints_not_sent", error=str(error))


async def receive(spread: Callable[[hub.Message], None]) -> None:
    """Passes on what other processes published, for ever. Whenever hints may have been missed,
    and from time to time while there is no connection, it passes on `hub.RESYNC`."""
    while True:
        try:
            await _follow(spread)
        except Exception as error:  # whatever it was, only hints were lost
            log.warning("hints_lost", error=str(error))
        spread(hub.RESYNC)
        await asyncio.sleep(PAUSE_AFTER_FAILURE_S)


async def _follow(spread: Callable[[hub.Message], None]) -> None:
    pool: Any = redis.asyncio.ConnectionPool.from_url(
        settings.REDIS_URL,
        protocol=2,
        socket_connect_timeout=PAUSE_AFTER_FAILURE_S,
        socket_timeout=SILENCE_TIMEOUT_S,
    )
    connection: Any = pool.make_connection()
    try:
        await connection.connect()
        await connection.send_command("SUBSCRIBE", CHANNEL)
        while True:
            _take(await _next(connection), spread)
    finally:
        await connection.disconnect(nowait=True)


async def _next(connection: Any) -> list[Any]:
    """The next reply; silence is answered by a ping, and more silence is a dead connection."""
    reply = await connection.read_response(timeout=SILENCE_TIMEOUT_S)
    if reply is None:
        await connection.send_command("PING", check_health=False)
        reply = await connection.read_response(timeout=SILENCE_TIMEOUT_S)
    if reply is None:
        raise redis.TimeoutError("Redis does not answer.")
    return list(reply)


def _take(reply: list[Any], spread: Callable[[hub.Message], None]) -> None:
    if reply[0] == b"subscribe":
        spread(hub.RESYNC)
    elif reply[0] == b"message":
        message = orjson.loads(reply[2])
        if message.pop("process", "") != _process:
            spread(message)


@cache
def _talker(url: str) -> _Talker:
    return _Talker(url)
