"""The queue page: what it costs with a long queue ÷ a short one, and ÷ its own SQL + an empty view.

The reader has eight skills of forty, one of them rare. Processor time of the web process; for the
SQL, of the database.
"""

import argparse
import json
import subprocess
import sys
from types import TracebackType
from typing import Self

from bench.figures import Ratio, median
from bench.ground import ROOT, Ground, clean, end, manage
from bench.pages import SKILLS

FEW = 1_000
TIMES = 15


def measure(given: argparse.Namespace) -> list[Ratio]:
    with Ground() as ground:
        for name, rows in (("few", FEW), ("many", given.rows)):
            ground.create(name)
            fill(ground, name, rows)
        with Pages(ground, "few") as few, Pages(ground, "many") as many:
            seen = [_turn(few, many) for _ in range(given.rounds + 1)][1:]
    cost = {name: median([one[name] for one in seen]) for name in seen[0]}
    rows = f"{given.rows:,} ÷ {FEW:,} open"
    both = cost["many sql own"] + cost["many empty own"]
    return [
        Ratio(f"page, {rows}", cost["many page own"], cost["few page own"], "µs", goal=1.10),
        Ratio(f"its SQL, {rows}", cost["many sql database"], cost["few sql database"], "µs", 1.5),
        Ratio("page ÷ raw SQL + empty view", cost["many page own"], both, "µs", goal=4),
    ]


def _turn(few: "Pages", many: "Pages") -> dict[str, float]:
    """Each side once, in turn."""
    cost = {}
    for what in ("page", "sql", "empty"):
        for name, pages in (("few", few), ("many", many)):
            for part, spent in pages.ask(what, TIMES).items():
                cost[f"{name} {what} {part}"] = spent
    return cost


class Pages:
    """A process of `bench.pages` on one database."""

    def __init__(self, ground: Ground, database: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.pages"],
            cwd=ROOT,
            env={**clean(), **ground.environment(database)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, what: str, times: int) -> dict[str, float]:
        """What one of so many requests cost the process itself and its database connection."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{what} {times}\n")
        self._process.stdin.flush()
        cost: dict[str, float] = json.loads(self._process.stdout.readline())
        return cost

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end(self._process)


def fill(ground: Ground, database: str, rows: int) -> None:
    """So many open cases: 39 skills alike, and the last one rare."""
    code = "from bench import queue; queue.pattern()"
    manage(ground.environment(database), "shell", "--verbosity", "0", "-c", code)
    script = ground.folder / f"{database}.sql"
    script.write_text(FILL.format(rows=rows, skills=SKILLS, every=max(rows // 50, 143)))
    ground.run(
        "psql", *ground.address(), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(script), database
    )


def pattern() -> None:
    """The one case that all others are copies of."""
    from bench.world import people
    from tests import factories

    people.cases(factories.key(), 1, first=1)


FILL = """
INSERT INTO escalations_requirement (key, skills)
  SELECT 'skill-' || n || ':1', jsonb_build_object('skill-' || n, 1)
    FROM generate_series(0, {skills} - 1) AS n;
INSERT INTO escalations_escalation
  SELECT case_.* FROM generate_series(1, {rows}) AS n, LATERAL (
    SELECT copied.* FROM escalations_escalation AS pattern, jsonb_populate_record(
      pattern, jsonb_build_object(
        'number', n + 1, 'id', 'esc_' || md5(n::text), 'idempotency_key', NULL,
        'rank', 1700000000000000 + (n::bigint * 7919 % {rows}) * 1000,
        'requirement_id', (SELECT min(id) FROM escalations_requirement WHERE key <> '')
          + CASE WHEN n % {every} = 0 THEN {skills} - 1 ELSE n % ({skills} - 1) END)) AS copied
      WHERE pattern.number = 1) AS case_;
UPDATE escalations_escalation SET state = 'decided' WHERE number = 1;
VACUUM ANALYZE;
"""
