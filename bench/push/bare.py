"""The limit of a live push: what Redis says goes to every socket as one ready frame, no framework.

`python -m bench.push.bare PORT REDIS_URL`
"""

import asyncio
import base64
import hashlib
import re
import struct
import sys

import redis.asyncio
import uvloop

CHANNEL = "bench:frames"
_KEY = re.compile(rb"sec-websocket-key:\s*(\S+)", re.IGNORECASE)
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_open: set[asyncio.WriteTransport] = set()


class Console(asyncio.Protocol):
    """Shakes hands, and from then on only hears."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._held = b""

    def data_received(self, data: bytes) -> None:
        self._held += data
        found = _KEY.search(self._held)
        if self._transport in _open or found is None or b"\r\n\r\n" not in self._held:
            return
        accept = base64.b64encode(hashlib.sha1(found[1] + _MAGIC).digest())
        self._transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        _open.add(self._transport)

    def connection_lost(self, error: Exception | None) -> None:
        _open.discard(self._transport)


async def serve(port: int, redis_url: str) -> None:
    await asyncio.get_running_loop().create_server(Console, "127.0.0.1", port)
    heard = redis.asyncio.Redis.from_url(redis_url).pubsub()
    await heard.subscribe(CHANNEL)
    async for message in heard.listen():
        if message["type"] == "message":
            text = message["data"]
            frame = struct.pack("!BBH", 0x81, 126, len(text)) + text
            for transport in _open:
                transport.write(frame)


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), sys.argv[2]))
