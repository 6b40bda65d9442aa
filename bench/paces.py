"""How far expected minutes are off, by how many cases each person has had.

    uv run --with numpy --with scipy python -m bench.paces COPY

COPY is a copy of routing-bench: its staffs, apart from all judged days, and its spread of handle
times. The error is the root of the mean squared logarithm, of people beside each other at the same
kind of work: what all are off by together changes nobody's place.
"""

import argparse
import random
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from math import exp, log, sqrt
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.routing_policy import ASKS, TYPES
from routing.matching import paces
from routing.matching.paces import Handled, Paces

STAFFS, FIRST_STAFF = 40, 5_000
CASES = (3, 8, 16, 32)
SPREAD = 0.6  # Of one case beside the person's mean, as routing-bench draws it.

Skills = Mapping[Any, Mapping[str, int]]
Rule = Callable[[Mapping[Any, Mapping[str, Handled]], Skills], Paces]

RULES: dict[str, Rule] = {
    "all alike": lambda learnt, skills: Paces(paces.expected(learnt, {}, {}).usual),
    "without grades": lambda learnt, skills: paces.expected(learnt, {}, {}),
    "as it is": lambda learnt, skills: paces.expected(learnt, skills, ASKS),
}


def main() -> None:
    """Print one row for each rule."""
    parser = argparse.ArgumentParser(prog="python -m bench.paces", description=__doc__)
    parser.add_argument("copy", type=Path)
    given = parser.parse_args()
    sys.path.insert(0, str(given.copy))
    model, steady = import_module("model"), import_module("scenarios").PUBLIC[0]
    days = [model.build(steady, FIRST_STAFF + number) for number in range(STAFFS)]
    print(f"| cases of each person | {' | '.join(map(str, CASES))} |")
    print("| --- |" + " --- |" * len(CASES))
    for name, rule in RULES.items():
        print(f"| {name} | {' | '.join(f'{_error(days, rule, many):.3f}' for many in CASES)} |")


def _error(days: list[Any], rule: Rule, many: int) -> float:
    chance = random.Random(many)
    off = [one for day in days for one in _apart(day, rule, many, chance)]
    return sqrt(fmean(one * one for one in off))


def _apart(day: Any, rule: Rule, many: int, chance: random.Random) -> list[float]:
    """Of each kind of work how far each person is off, beside the others."""
    skills = {
        one.id: {TYPES[kind]: grade for kind, grade in enumerate(one.skills) if grade}
        for one in day.ops
    }
    learnt: dict[Any, dict[str, Handled]] = {}
    for person, theirs in skills.items():
        minutes: dict[str, list[float]] = {}
        # More of what they are better at.
        for kind in chance.choices(list(theirs), [grade**2 for grade in theirs.values()], k=many):
            mean = log(day.mean[person, TYPES.index(kind)]) - SPREAD**2 / 2
            minutes.setdefault(kind, []).append(exp(chance.gauss(mean, SPREAD)))
        found = {kind: paces.shown(spans) for kind, spans in minutes.items()}
        learnt[person] = {kind: one for kind, one in found.items() if one is not None}
    expected = rule(learnt, skills)
    apart = []
    for kind in expected.usual:
        off = [
            log(expected.of(person, theirs)[kind] / day.mean[person, TYPES.index(kind)])
            for person, theirs in skills.items()
            if kind in theirs
        ]
        apart += [one - fmean(off) for one in off]
    return apart


if __name__ == "__main__":
    main()
