"""Whether the goals of routing are met as it runs, over routing-bench's days and over unseen ones.

    uv run --with numpy --with scipy python -m bench.routing COPY public|unseen [--seeds 20]

COPY is a copy of routing-bench. Public families are compared with its own results of the same
days. The unseen ones are drawn by a number that nothing was tuned on, and every peer works them.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from bench import routing_policy
from bench.figures import Ratio, table

GOALS = {"public": 0.65, "unseen": 0.85}
GINI = 0.10
UNSEEN = 10
HOURS = 8
Days = Mapping[str, list[dict[str, float]]]  # By family what came of each of its days.


def main() -> None:
    """Work the days, and print each family and each goal."""
    parser = argparse.ArgumentParser(prog="python -m bench.routing", description=__doc__)
    parser.add_argument("copy", type=Path)
    parser.add_argument("which", choices=GOALS)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only", default="", help="families, by name")
    given = parser.parse_args()
    sys.path.insert(0, str(given.copy))
    began = time.monotonic()
    model, policies = import_module("model"), import_module("policies")
    if given.which == "public":
        families = [one for one in import_module("scenarios").PUBLIC if _is_asked(one, given.only)]
        peers = {name: _recorded(given.copy, name) for name in policies.PEERS}
    else:
        drawn = [_unseen(number, model.Scenario) for number in range(UNSEEN)]
        families = [one for one in drawn if _is_asked(one, given.only)]
        peers = {
            name: _worked(families, policy, given.seeds) for name, policy in policies.PEERS.items()
        }
    ours = _worked(families, routing_policy.policy, given.seeds)
    names = [one.name for one in families]
    _print_families(names, ours, peers, given.seeds)
    print(table(_goals(given.which, names, ours, peers, given.seeds)))
    print(f"{len(names)} families of {given.seeds} days each, {time.monotonic() - began:.0f} s")


def _is_asked(family: Any, only: str) -> bool:
    return not only or family.name in only.split(",")


def _recorded(copy: Path, peer: str) -> Days:
    found: Days = json.loads((copy / "results" / f"runs_public_{peer}.json").read_text())
    return found


def _worked(families: Iterable[Any], policy: Any, seeds: int) -> Days:
    model, sim = import_module("model"), import_module("sim")
    return {
        one.name: [sim.simulate(model.build(one, seed), policy) for seed in range(seeds)]
        for one in families
    }


def _unseen(number: int, scenario: Any) -> Any:
    """A family that nobody chose: every property of its days is drawn."""
    chance = random.Random(f"unseen {number}")
    burst = (chance.uniform(60, 360), 30.0, chance.uniform(2, 5), chance.choice((-1, 0, 1, 3)))
    outage = (chance.uniform(100, 300), 420.0, chance.uniform(0.1, 0.4))
    hours = tuple((60.0 * hour, chance.uniform(0.5, 1.5)) for hour in range(HOURS))
    mix = tuple(chance.uniform(0.08, 0.4) for _ in routing_policy.TYPES)
    return scenario(
        f"drawn_{number}",
        rho=chance.uniform(0.75, 1.0),
        ops=chance.choice((6, 10, 14, 20)),
        profile=hours,
        bursts=(burst,) if chance.random() < 0.4 else (),
        outages=(outage,) if chance.random() < 0.4 else (),
        mix=mix,
        classes=tuple(chance.uniform(0.1, 0.4) for _ in routing_policy.LABELS),
        sla_spread=chance.choice(((0.75, 1.0, 1.5), (0.5, 1.0, 2.0), (0.4, 0.7, 1.0, 2.5))),
        vip=chance.uniform(0.05, 0.3),
        strict=chance.uniform(0.05, 0.4),
        expiring=chance.uniform(0.0, 0.5),
        affinity=chance.uniform(0.0, 0.7),
        mislabel=chance.choice((0.0, 0.0, 0.2)),
        sigma=chance.uniform(0.4, 0.9),
        decline=chance.uniform(0.0, 0.12),
        timeout=chance.uniform(0.0, 0.08),
        slowdown=chance.choice((0.0, 0.0, 0.15)),
        backlog=chance.choice((0, 0, 30)),
    )


def _of(days: Days, names: Iterable[str], seeds: int, what: str) -> list[float]:
    """Of each day number the mean over the families."""
    rows = [[day[what] for day in days[name][:seeds]] for name in names]
    return [mean(each) for each in zip(*rows, strict=True)]


def _best(peers: Mapping[str, Days], names: list[str], seeds: int) -> str:
    return min(peers, key=lambda name: mean(_of(peers[name], names, seeds, "cost")))


def _print_families(names: list[str], ours: Days, peers: Mapping[str, Days], seeds: int) -> None:
    print("| family | Baton | best peer there | its cost | against it, same days | Gini |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in names:
        best = _best(peers, [name], seeds)
        cost, its = _of(ours, [name], seeds, "cost"), _of(peers[best], [name], seeds, "cost")
        gini = mean(_of(ours, [name], seeds, "gini"))
        print(
            f"| {name} | {mean(cost):.2f} | {best} | {mean(its):.2f} | {_against(cost, its)}"
            f" | {gini:.2f} |"
        )


def _against(cost: list[float], its: list[float]) -> str:
    """In percent of the peer's mean, ± a 95 % interval over the days."""
    apart = [100 * (one - other) / mean(its) for one, other in zip(cost, its, strict=True)]
    wide = 2.1 * stdev(apart) / len(apart) ** 0.5 if len(apart) > 1 else 0.0
    return f"{mean(apart):+.0f} % ±{wide:.0f}"


def _goals(
    which: str, names: list[str], ours: Days, peers: Mapping[str, Days], seeds: int
) -> list[Ratio]:
    best = _best(peers, names, seeds)
    cost, its = _of(ours, names, seeds, "cost"), _of(peers[best], names, seeds, "cost")
    print(f"\nagainst {best}, the best peer overall: {_against(cost, its)}")
    gini = {name: mean(_of(ours, [name], seeds, "gini")) for name in names}
    invalid = sum(day["invalid"] for name in names for day in ours[name])
    return [
        Ratio(f"cost as it runs, {which} ÷ {best}", mean(cost), mean(its), "", GOALS[which]),
        Ratio("Gini of the people's load, mean", mean(gini.values()), None, "", GINI),
        Ratio("Gini of the most uneven family", max(gini.values()), None, "", GINI),
        Ratio("offers against a rule", invalid, None, "", 0),
    ]


if __name__ == "__main__":
    main()
