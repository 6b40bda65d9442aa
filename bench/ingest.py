"""Ingest: commits of `intake.accept` ÷ pgbench inserting the very same rows, one connection each.

By the clock, and by processor time of client and database together, which other programs on the
machine disturb less; with that, the part that goes into reading and judging a package.
"""

import argparse
import os
import re
import resource
import time
from itertools import count
from pathlib import Path
from typing import Any

from bench.figures import Ratio, median
from bench.ground import Ground, cpu_s
from bench.world import package

TURN_S = 2
FRESH = "lpad(:n::text, 28, '0')"


def measure(given: argparse.Namespace) -> list[Ratio]:
    with Ground() as ground:
        ground.create("baton")
        os.environ.update(ground.environment("baton"))
        import django

        django.setup()
        from tests import factories

        key, seeds = factories.key(), count(1)
        accept_for(key, seeds, 0.5)
        script = ground.folder / "rows.sql"
        script.write_text(statement())
        ours, theirs = [], []
        for _ in range(given.rounds):
            theirs.append(pgbench(ground, script))
            ours.append(accept_for(key, seeds, TURN_S))
        judged_us = judging_us()
    rates = [median([rate for rate, _ in side]) for side in (ours, theirs)]
    costs = [median([cost_us for _, cost_us in side]) for side in (ours, theirs)]
    return [
        Ratio("commits of intake", *rates, "/s", goal=0.80, at_least=True),
        Ratio("the same by processor time", 1e6 / costs[0], 1e6 / costs[1], "/s", 0.80, True),
        Ratio("reading and judging ÷ limit", judged_us, costs[1], "µs", goal=0.25),
    ]


def accept_for(key: Any, seeds: "count[int]", seconds: float) -> tuple[float, float]:
    """Commits per second of the rule behind the agents' POST, and processor time of each, in µs."""
    from django.db import connection

    from console import clock
    from escalations import intake

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    done, started, before_s = 0, time.perf_counter(), time.process_time() + cpu_s(backend)
    while (took_s := time.perf_counter() - started) < seconds:
        intake.accept(key, package.body(next(seeds)), now=clock.now())
        done += 1
    return done / took_s, (time.process_time() + cpu_s(backend) - before_s) / done * 1e6


def pgbench(ground: Ground, script: Path) -> tuple[float, float]:
    """Transactions per second of the same rows without any of our code, and what each cost."""
    before_s = ground.ended_cpu_s() + _children_s()
    printed = ground.run(
        "pgbench", *ground.address(), "-n", "-f", str(script), "-c", "1", "-T", str(TURN_S), "baton"
    )
    time.sleep(0.3)  # Until PostgreSQL has put the connection's process away.
    spent_s = ground.ended_cpu_s() + _children_s() - before_s
    rate = re.search(r"^tps = ([\d.]+)", printed, re.MULTILINE)
    done = re.search(r"actually processed: (\d+)", printed)
    assert rate, printed
    assert done, printed
    return float(rate[1]), spent_s / int(done[1]) * 1e6


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def judging_us(times: int = 300) -> float:
    """Processor time to read and judge one package, which pgbench never does."""
    from console import clock
    from escalations import intake
    from escalations.schemas import package as packages

    body, before_s = package.body(), time.process_time()
    for _ in range(times):
        intake.judged(packages.read(body), now=clock.now())
    return (time.process_time() - before_s) / times * 1e6


def statement() -> str:
    """The rows of one accepted package as one statement, each time under fresh ids."""
    from escalations.models import Escalation, Event, Package, search_words

    case = Escalation.objects.latest("number")
    number = "(SELECT number FROM escalation)"
    fresh = {"id": f"'esc_' || {FRESH}", "idempotency_key": f"'bench-' || {FRESH}"}
    line = {"chain": f"'esc_' || {FRESH}", "escalation_id": number}
    parts = (
        f"escalation AS ({_insert(case, fresh)} RETURNING number)",
        f"package AS ({_insert(Package.objects.get(escalation=case), {'escalation_id': number})})",
    )
    words = ", ".join(f"'{word}'" for word in search_words.of(case))
    said = (
        f"INSERT INTO escalations_searchword (number, word) SELECT {number}, unnest(ARRAY[{words}])"
    )
    parts = (*parts, f"words AS ({said})")
    last = _insert(Event.objects.get(escalation=case), line)
    return "\\set n random(1, 9000000000000000000)\n" + f"WITH {', '.join(parts)} {last};\n"


def _insert(row: Any, instead: dict[str, str]) -> str:
    from django.db import connection

    fields = [f for f in row._meta.concrete_fields if f.get_internal_type() != "BigAutoField"]
    values = [instead.get(f.column) or _literal(connection, row, f) for f in fields]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    return f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({", ".join(values)})'


def _literal(connection: Any, row: Any, field: Any) -> str:
    value = field.get_db_prep_save(getattr(row, field.attname), connection)
    with connection.cursor() as cursor:
        return str(cursor.mogrify("%s", [value])).replace("\n", " ")
