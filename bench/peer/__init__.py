"""Baton's row of the table of peers: the same work by the same definitions, in one sitting.

Packages of 10 KB, `--rows` of them open (50,000 at most); one agent and then sixteen post; a
reviewer opens the queue with all its requests, takes the next, opens it, decides; sixteen reviewers
do all of it in a loop. Two web processes on PostgreSQL with a worker and a beat.
"""

import argparse
import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Sequence

import httpx

from bench.figures import Ratio, median
from bench.ground import children
from bench.soak.memory import of
from bench.world import package
from bench.world.desks import Desk, Reviewer, desk

PEOPLE, AGENTS, POSTS, LOOKS, LOOPS = 16, 16, 20, 20, 10
ROWS_MAX = 50_000
_ROW = (
    "items", "ingest 10 KB: p50 ms, 1 client", "ingest /s, 16 clients", "queue page p50 ms (kB)",
    "open p50 ms", "next or take p50 ms", "decide p50 ms", "16 reviewers: decisions/s",
    "p50 / p99 s of a loop", "CPU ms a loop (server+PG)", "decided twice", "memory MiB (PSS)",
)  # fmt: skip


def measure(given: argparse.Namespace) -> list[Ratio]:
    from bench.world import people

    rows = min(given.rows, ROWS_MAX)
    with desk() as ours:
        sessions = [people.session_of(f"person{number}") for number in range(PEOPLE)]
        token = _filled(rows)
        ours.ground.run("psql", *ours.ground.address(), "-qc", "VACUUM ANALYZE", "baton")
        row = asyncio.run(_row(ours, rows, sessions, token))
    if given.json:
        print(json.dumps(dict(zip(_ROW, row, strict=True)), indent=2))
    else:
        print(f"| peer | {' | '.join(_ROW)} |\n|{'---|' * (len(_ROW) + 1)}")
        print(f"| Baton | {' | '.join(row)} |")
    return []


async def _row(ours: Desk, rows: int, sessions: Sequence[str], token: str) -> list[str]:
    seeds = itertools.count(rows)
    alone, _ = await _ingest(ours, token, seeds, agents=1)
    _, posts_s = await _ingest(ours, token, seeds, agents=AGENTS)
    async with ours.at_work(sessions) as reviewers:
        one = reviewers[0]
        size = await one.inbox()
        page = [await _took_s(one.inbox()) for _ in range(LOOKS)]
        steps = [await _loop(one) for _ in range(LOOKS)]
        loops, decided_s, cpu_ms = await _together(ours, reviewers)
    memory = sum(of(one)[1] for process in ours.ids for one in [process, *children(process)])
    return [
        f"{rows:,}",
        _ms(alone),
        f"{posts_s:.1f}",
        f"{_ms(page)} ({size / 1e3:.0f})",
        *(_ms([step[part] for step in steps]) for part in ("open", "next", "decide")),
        f"{decided_s:.1f}",
        f"{median(loops):.2f} / {sorted(loops)[int(len(loops) * 0.99)]:.2f}",
        cpu_ms,
        f"{await asyncio.to_thread(_decided_twice)} of {PEOPLE * LOOPS}",
        f"{memory:.0f}",
    ]


def _filled(rows: int) -> str:
    """So many waiting cases; the token of the agent that posted them."""
    from bench.world import people

    key, token = people.agent()
    people.cases(key, rows, first=0)
    return token


async def _ingest(
    ours: Desk, token: str, seeds: "itertools.count[int]", *, agents: int
) -> tuple[list[float], float]:
    """How long each post took, and posts a second."""
    took: list[float] = []
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def post(port: int) -> None:
        async with httpx.AsyncClient(headers=headers, timeout=60) as http:
            for _ in range(POSTS):
                body = package.body(next(seeds))
                began = time.perf_counter()
                url = f"http://127.0.0.1:{port}/api/v1/escalations"
                answer = await http.post(url, content=body)
                took.append(time.perf_counter() - began)
                assert answer.status_code == 201, answer.text[:300]

    began = time.perf_counter()
    ports = itertools.islice(itertools.cycle(ours.ports), agents)
    await asyncio.gather(*(post(port) for port in ports))
    return took, agents * POSTS / (time.perf_counter() - began)


async def _loop(one: Reviewer) -> dict[str, float]:
    """Take next, the case, the decision: how long each took."""
    began = time.perf_counter()
    case = await one.next()
    taken = time.perf_counter()
    version = await one.look(case)
    shown = time.perf_counter()
    assert await one.approve(case, version), case
    return {"next": taken - began, "open": shown - taken, "decide": time.perf_counter() - shown}


async def _together(ours: Desk, reviewers: Sequence[Reviewer]) -> tuple[list[float], float, str]:
    """How long each loop with the list before it took, decisions a second, and what one cost."""
    took: list[float] = []

    async def work(one: Reviewer) -> None:
        for _ in range(LOOPS):
            began = time.perf_counter()
            await one.inbox()
            await _loop(one)
            took.append(time.perf_counter() - began)

    before = ours.cpu_s, ours.ground.cpu_s()
    began = time.perf_counter()
    await asyncio.gather(*map(work, reviewers))
    seconds = time.perf_counter() - began
    own, database = (
        (now - then) * 1e3 / len(took)
        for now, then in zip((ours.cpu_s, ours.ground.cpu_s()), before, strict=True)
    )
    return took, len(took) / seconds, f"{own:.0f}+{database:.0f}"


def _decided_twice() -> int:
    """How many cases have more than one answer."""
    from django.db.models import Count

    from escalations.models import Decision

    counted = Decision.objects.values("escalation").annotate(answers=Count("pk"))
    return counted.filter(answers__gt=1).count()


async def _took_s(does: Awaitable[object]) -> float:
    began = time.perf_counter()
    await does
    return time.perf_counter() - began


def _ms(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1e3:.1f}"
