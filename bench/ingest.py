"""Ingest: commits/s of `intake.accept` ÷ pgbench inserting the very same rows, one connection."""

import argparse
import os
import re
import time
from itertools import count
from pathlib import Path
from typing import Any

from bench import package
from bench.figures import Ratio, median
from bench.ground import Ground

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
        figure, limit = median(ours), median(theirs)
        return [Ratio("commits of intake", figure, limit, "/s", goal=0.80, at_least=True)]


def accept_for(key: Any, seeds: "count[int]", seconds: float) -> float:
    """Commits per second of the rule behind the agents' POST."""
    from console import clock
    from escalations import intake

    bodies = [package.body(next(seeds)) for _ in range(int(seconds * 2000))]
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        intake.accept(key, bodies[done], now=clock.now())
        done += 1
    return done / (time.perf_counter() - started)


def pgbench(ground: Ground, script: Path) -> float:
    """Transactions per second of the same rows without any of our code."""
    printed = ground.run(
        "pgbench", *ground.address(), "-n", "-f", str(script), "-c", "1", "-T", str(TURN_S), "baton"
    )
    found = re.search(r"^tps = ([\d.]+)", printed, re.MULTILINE)
    assert found, printed
    return float(found[1])


def statement() -> str:
    """The rows of one accepted package as one statement, each time under fresh ids."""
    from escalations.models import Escalation, Event, Package

    case = Escalation.objects.latest("number")
    number = "(SELECT number FROM escalation)"
    fresh = {"id": f"'esc_' || {FRESH}", "idempotency_key": f"'bench-' || {FRESH}"}
    line = {"chain": f"'esc_' || {FRESH}", "escalation_id": number}
    parts = (
        f"escalation AS ({_insert(case, fresh)} RETURNING number)",
        f"package AS ({_insert(Package.objects.get(escalation=case), {'escalation_id': number})})",
    )
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
