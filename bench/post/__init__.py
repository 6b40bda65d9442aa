"""POST as agents send it: 16 clients over HTTP ÷ pgbench with 16 prepared clients and the very same
rows, by the clock; and one POST ÷ `intake.accept`, both in this process, by processor time of the
process and of its database connection.
"""

import argparse
import asyncio
import re
import time
from collections.abc import Sequence
from io import BytesIO
from itertools import count
from typing import Any

from bench.figures import Ratio, median
from bench.ground import Ground, cpu_s
from bench.ingest import statement
from bench.world import package
from bench.world.desks import desk

CLIENTS, POSTS, TURN_S, ALONE = 16, 24, 3, 60
PATH = "/api/v1/escalations"


def measure(given: argparse.Namespace) -> list[Ratio]:
    from bench.world import people

    with desk() as ours:
        key, token = people.agent()
        seeds, turns = count(1), []
        people.cases(key, 10, first=next(seeds) * 1_000_000)
        script = ours.ground.folder / "rows.sql"
        script.write_text(statement())
        for turn in range(given.rounds + 1):
            spent = {
                "pgbench": pgbench(ours.ground, str(script)),
                "http": asyncio.run(posts(ours.ports, token, seeds)),
                "post": in_process(token, seeds),
                "accept": accepted(key, seeds),
            }
            if turn:  # The first one only warms everything up.
                turns.append(spent)
    cost = {name: median([turn[name] for turn in turns]) for name in turns[0]}
    return [
        Ratio(f"POST over HTTP, {CLIENTS} clients ÷ pgbench, {CLIENTS} prepared", cost["http"],
              cost["pgbench"], "/s", goal=0.35, at_least=True),
        Ratio("POST ÷ intake.accept, in process", cost["post"], cost["accept"], "µs", goal=1.8),
    ]  # fmt: skip


def pgbench(ground: Ground, script: str) -> float:
    """Transactions a second of the same rows without any of our code."""
    options = ("-n", "-M", "prepared", "-f", script, "-c", str(CLIENTS), "-T", str(TURN_S))
    printed = ground.run("pgbench", *ground.address(), *options, "-j", "2", "baton")
    rate = re.search(r"^tps = ([\d.]+)", printed, re.MULTILINE)
    assert rate, printed
    return float(rate[1])


async def posts(ports: Sequence[int], token: str, seeds: "count[int]") -> float:
    """Cases accepted a second, over one connection for each client."""
    clients = []
    for number in range(CLIENTS):
        port = ports[number % len(ports)]
        bodies = [request(package.body(next(seeds)), token, port) for _ in range(POSTS)]
        clients.append((await asyncio.open_connection("127.0.0.1", port), bodies))
    began = time.perf_counter()
    await asyncio.gather(*(client(*line, bodies) for line, bodies in clients))
    return CLIENTS * POSTS / (time.perf_counter() - began)


async def client(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: Sequence[bytes]
) -> None:
    """Send each when the one before is answered."""
    for sent in requests:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 201 " in head.split(b"\r\n", 1)[0], head[:300]
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        assert length, head[:300]
        await reader.readexactly(int(length[1]))
    writer.close()


def request(body: bytes, token: str, port: int) -> bytes:
    """The whole of it, as it goes over the line."""
    return (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def in_process(token: str, seeds: "count[int]") -> float:
    """What one POST costs behind the server, in microseconds."""
    from console.wsgi import application

    bodies = [package.body(next(seeds)) for _ in range(ALONE)]
    before_s = _spent_s()
    for body in bodies:
        post(application, body, token)
    return (_spent_s() - before_s) / ALONE * 1e6


def post(application: Any, body: bytes, token: str) -> None:
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    answer = application(environ, lambda status, headers: statuses.append(status))
    told = b"".join(answer)
    answer.close()
    assert statuses == ["201 Created"], (statuses, told[:300])


def accepted(key: Any, seeds: "count[int]") -> float:
    """What the rule behind it costs alone, in microseconds."""
    from console import clock
    from escalations import intake

    bodies = [package.body(next(seeds)) for _ in range(ALONE)]
    before_s = _spent_s()
    for body in bodies:
        intake.accept(key, body, now=clock.now())
    return (_spent_s() - before_s) / ALONE * 1e6


def _spent_s() -> float:
    from django.db import connection

    connection.ensure_connection()
    return time.process_time() + cpu_s(connection.connection.info.backend_pid)
