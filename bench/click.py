"""A click on Approve until another screen shows it ÷ a bare client doing the same transaction.

The bare client runs the very statements that the product wrote, noted in a dry run, and publishes.
"""

import argparse
import itertools
import os
import time
from typing import Any

from bench.figures import Ratio, median
from bench.ground import Ground, Server, web
from bench.world import people

CLICKS = 40
MANY = 100
Statement = tuple[str, list[Any]]


def measure(given: argparse.Namespace) -> list[Ratio]:
    with Ground() as ground:
        ground.create("baton")
        os.environ.update(ground.environment("baton"))
        import django

        django.setup()
        with web(ground.environment("baton")) as server:
            return _measure(given, server)


def _measure(given: argparse.Namespace, server: Server) -> list[Ratio]:
    from tests import factories

    key, first = factories.key(), itertools.count(0, CLICKS)
    sessions = [people.session_of(name) for name in ("dana", "amara")]
    turns: dict[str, list[tuple[float, float]]] = {"bare": [], "one": [], "many": []}
    for turn in range(given.rounds + 1):
        fresh = {name: people.cases(key, CLICKS, first=next(first)) for name in turns}
        seen = {
            "bare": bare(fresh["bare"]),
            "one": clicks(server, sessions, fresh["one"], screens=1),
            "many": clicks(server, sessions, fresh["many"], screens=MANY),
        }
        if turn:  # The first one only warms both up.
            for name, measured in seen.items():
                turns[name].append(measured)
    cpu = {name: median([cpu for cpu, _ in each]) * 1e6 for name, each in turns.items()}
    p50 = {name: median([p50 for _, p50 in each]) * 1e3 for name, each in turns.items()}
    return [
        Ratio("click: server CPU ÷ bare client", cpu["one"], cpu["bare"], "µs", goal=5),
        Ratio("click: p50 until seen elsewhere ÷ bare client", p50["one"], p50["bare"], "ms", 3),
        Ratio(f"click: CPU with {MANY} screens ÷ with 1", cpu["many"], cpu["one"], "µs", 2),
    ]


def clicks(
    server: Server, sessions: list[str], cases: list[str], *, screens: int
) -> tuple[float, float]:
    """Processor time of the server for each click, and the middle time until it is seen."""
    operator = people.Screen(server.port, sessions[0])
    others = [people.Screen(server.port, sessions[1]) for _ in range(screens)]
    for screen in (operator, *others):
        screen.until(b'"hello"')
    time.sleep(0.3)
    took_s = []
    before_s = server.cpu_s()
    for case in cases:
        started = time.perf_counter()
        operator.send(people.approval(case))
        others[-1].until(case.encode())
        took_s.append(time.perf_counter() - started)
    time.sleep(0.1)
    spent_s = server.cpu_s() - before_s
    for screen in (operator, *others):
        screen.close()
    return spent_s / len(cases), median(took_s)


def bare(cases: list[str]) -> tuple[float, float]:
    """The same rows by a client that does nothing else, and one hint for each."""
    import psycopg
    import redis
    from django.conf import settings

    noted = [_noted(case) for case in cases]
    client = redis.Redis.from_url(settings.REDIS_URL)
    took_s = []
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=1) as line:
        cursor = psycopg.RawCursor(line)
        before_s = time.process_time()
        for (statement, values), case in zip(noted, cases, strict=True):
            started = time.perf_counter()
            cursor.execute(statement, values)
            cursor.fetchall()
            client.publish("bench", case)
            took_s.append(time.perf_counter() - started)
        spent_s = time.process_time() - before_s
    return spent_s / len(cases), median(took_s)


def _noted(case: str) -> Statement:
    """The statement with which the product approves this case, which it does not run here."""
    from console import clock
    from console.database import statements
    from console.models import User
    from console.people.viewers import viewer_of
    from escalations import commands
    from escalations.lifecycle import writes

    noted: list[Statement] = []

    def note(head: str, values: list[Any], rows: Any, riders: Any = ()) -> int:
        kinds = tuple(type(row) for row in rows)
        beside = [value for row in rows for value in writes._values(row)]
        text = statements._in_its_words(writes._whole(head, kinds, riders))
        noted.append((text, [*values, *beside]))
        return 1

    written, writes._write = writes._write, note
    try:
        viewer = viewer_of(User.objects.get(username="dana"))
        sent = commands.Command("approve", f"bare-{case}", case, version=1)
        commands.perform(viewer, sent, now=clock.now())
    finally:
        writes._write = written
    return noted[0]
