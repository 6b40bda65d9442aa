"""Pages over many decided cases ÷ the same over a thousand: `python -m bench history`.

Each database is filled with copies of the demo world's closed cases, each with its package, lines,
answers and fact, words and a customer of its own, over the last 90 days. Processor time of the
process and of its database connection.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from bench.figures import Ratio, median
from bench.ground import ROOT, Ground, clean, end, manage, stop_on_signal
from bench.processes import in_django

FEW = 1_000
TIMES = 5
DEADLINES = 2_000
GOAL = 1.2
# By what one asks for, as `bench.history.looks` knows it.
PAGES = {
    "briefing": "briefing of a customer with every 50th case",
    "common": "search, a word of most cases",
    "often": "search, a word of every 15th",
    "both": "search, two words of many",
    "rare": "search, a word of three cases",
    "none": "search, a word of none",
    "reviewer": "search by a reviewer, a word of most",
    "audit": "audit search, a word of most",
    "audit-none": "audit search, a word of none",
    "metrics-7": "metrics, 7 days",
    "metrics-30": "metrics, 30 days",
    "metrics-90": "metrics, 90 days",
    "fold": "fold of one new case",
}


def measure(given: argparse.Namespace) -> list[Ratio]:
    """Each page at both sizes, in turn."""
    with contextlib.ExitStack() as stack:
        sizes = (("few", FEW), ("many", given.cases))
        environments = list(_filled(stack, given.store, dict(sizes)))
        looks = [stack.enter_context(_looking(environment)) for environment in environments]
        asked = [(what, number) for what in PAGES for number in (0, 1)]
        seen: dict[tuple[str, int], list[float]] = {one: [] for one in asked}
        for _ in range(given.rounds):
            for what, number in asked:
                seen[what, number].append(_ask(looks[number], what))
        code = f"from bench.history import deadlines; deadlines.rate({DEADLINES})"
        rate = float(in_django(environments[0], code))
    name = f"{{}}, {given.cases:,} ÷ {FEW:,} decided, {given.store}"
    late = f"deadlines at once, 50 people told of each, {given.store}"
    return [
        *(
            Ratio(name.format(said), median(seen[what, 1]), median(seen[what, 0]), "µs", goal=GOAL)
            for what, said in PAGES.items()
        ),
        Ratio(late, rate, None, "cases/s", goal=500, at_least=True),
    ]


def _filled(
    stack: contextlib.ExitStack, store: str, sizes: dict[str, int]
) -> Iterator[dict[str, str]]:
    """The settings of a filled database of each size."""
    stop_on_signal()
    ground = stack.enter_context(Ground()) if store == "postgresql" else None
    for name, cases in sizes.items():
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="baton-bench-"))
        environment = {"DJANGO_SETTINGS_MODULE": "console.settings", "BATON_DATA": folder}
        if ground is None:
            manage(environment, "migrate", "--verbosity", "0")
        else:
            ground.create(name)
            environment |= ground.environment(name)
        code = f"from bench.history import filling; filling.fill({cases})"
        manage(environment, "shell", "--verbosity", "0", "-c", code)
        if ground is not None:
            ground.run("psql", *ground.address(), "-q", "-c", "VACUUM ANALYZE", name)
        yield environment


@contextlib.contextmanager
def _looking(environment: dict[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """A process of `bench.history.looks` on one database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.history.looks"],
        cwd=ROOT,
        env={**clean(), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        end(process)


def _ask(process: "subprocess.Popen[str]", what: str) -> float:
    """Microseconds that one of a few such looks cost."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{what} {TIMES}\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise SystemExit(f"Nobody answered to {what!r}.")
    return float(json.loads(answer))
