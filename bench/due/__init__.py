"""How many cases a second one worker is through with, that all came due at once: `python -m bench
due`, of each kind and on both databases.

Batch by batch it takes turns with the bare rows: those that such a batch wrote, by one
`executemany` for each table, in one transaction; processor time of the worker and the database.
"""

import argparse
import json
from collections.abc import Iterator

from bench.figures import Ratio
from bench.processes import SIZES, in_django, place

GOAL = 500
BARE = 4  # Of the writing alone: each case is also judged, signed and chained.
NAMES = {
    "expired": "expired, with answer and webhook",
    "raised": "a level up, 50 people told",
    "lost": "holds ended",
    "woken": "woken",
}


def measure(given: argparse.Namespace) -> list[Ratio]:
    return [ratio for size in SIZES for ratio in _of(size, given.due)]


def _of(size: str, cases: int) -> Iterator[Ratio]:
    code = f"from bench.due import arrears; arrears.rates({cases})"
    with place(size) as found:
        rates = json.loads(in_django(found.environment, code))
    store = "SQLite" if size == "embedded" else "PostgreSQL"
    for kind, said in NAMES.items():
        one = rates[kind]
        yield Ratio(f"{said}, {store}", one["per_s"], None, "cases/s", goal=GOAL, at_least=True)
        name = f"the same ÷ its {one['rows']:.3g} bare rows, {store}"
        yield Ratio(name, one["ours"], one["bare"], "µs", goal=BARE)
