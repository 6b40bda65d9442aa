"""Agents that wait: what a thousand long-polls hold, and whether every one hears its decision.

Two thirds of them wait already when their cases are decided; the decisions of the others fall
into the moment in which they begin to ask.
"""

import argparse
import asyncio
import os
import time
from typing import Any

from bench.figures import Ratio
from bench.ground import Ground, Server, allow_files, web
from bench.world import people

WAIT_S = 55
SETTLE_S = 3


def measure(given: argparse.Namespace) -> list[Ratio]:
    allow_files(given.agents * 2 + 200)
    with Ground() as ground:
        ground.create("baton")
        environment = ground.environment("baton")
        os.environ.update(environment)
        import django

        django.setup()
        with web(environment) as server:
            connections, missed, memory_kb = asyncio.run(_measure(given.agents, server))
    return [
        Ratio(f"connections held by {given.agents:,} waiting", connections, None, "", goal=20),
        Ratio("decisions missed", missed, None, "", goal=0),
        Ratio("memory for each", memory_kb, None, "KB", goal=60),
    ]


async def _measure(agents: int, server: Server) -> tuple[int, int, float]:
    token, cases = await asyncio.to_thread(_prepare, agents)
    early = cases[: agents * 2 // 3]
    await asyncio.gather(*(_ask(server.port, token, case, 0) for case in early[:20]))
    before_kb = server.memory_kb()
    waiting = [asyncio.create_task(_ask(server.port, token, case, WAIT_S)) for case in early]
    await asyncio.sleep(SETTLE_S + len(early) / 200)
    memory_kb = (server.memory_kb() - before_kb) / len(early)
    connections = await asyncio.to_thread(_connections)
    deciding = asyncio.create_task(asyncio.to_thread(_decide, cases))
    for case in cases[len(early) :]:
        waiting.append(asyncio.create_task(_ask(server.port, token, case, WAIT_S)))
        await asyncio.sleep(0.005)
    started = time.monotonic()
    await deciding
    answers = await asyncio.gather(*waiting)
    late_s = time.monotonic() - started
    missed = sum(b" 200 " not in answer for answer in answers)
    assert late_s < WAIT_S, "Somebody heard only when the wait was over."
    return connections, missed, memory_kb


async def _ask(port: int, token: str, case: str, wait_s: int) -> bytes:
    """The first line of the answer to one long-poll."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET /api/v1/escalations/{case}/decision?wait={wait_s} HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    answer = await reader.readline()
    writer.close()
    return answer


def _prepare(agents: int) -> tuple[str, list[str]]:
    """An agent's token, and its cases, whose decisions count at once."""
    from escalations.models import Escalation

    key, token = people.agent()
    people.session_of("dana")
    cases = people.cases(key, agents, first=1)
    Escalation.objects.update(undo_s=0)
    return token, cases


def _decide(cases: list[str]) -> None:
    from console import clock
    from console.models import User
    from console.people.viewers import viewer_of
    from escalations import commands

    viewer = viewer_of(User.objects.get(username="dana"))
    for case in cases:
        sent = commands.Command("approve", f"wait-{case}", case, version=1)
        commands.perform(viewer, sent, now=clock.now())


def _connections() -> int:
    """Connections to the database, but for this one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        found: Any = cursor.fetchone()
    return int(found[0])
