"""All races, each so many rounds, on one of the two sizes."""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from typing import Any

from bench import races
from bench.ground import free_port
from bench.processes import SIZES, Processes, Start, celery, place, web
from bench.races import deciding, holding, reversing
from bench.races.judging import Wrong
from bench.races.world import World, verified

ALL = {**deciding.RACES, **holding.RACES, **reversing.RACES}
EVERY = {**ALL, **reversing.LARGE}
# Not the faults' processes: nothing is killed, so that one worker and its beat are enough.
STARTS: dict[str, list[Start]] = {
    "embedded": [web],
    "scaled": [web, web, celery("worker", "--beat")],
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.races", description=races.__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--rounds", type=int, default=200, help="of each race")
    parser.add_argument("--only", nargs="+", choices=[*EVERY], help="some races instead of all")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chosen = given.only or [*ALL]
    sys.exit(1 if story(given.size, given.rounds, chosen, given.seed) else 0)


def story(size: str, rounds: int, chosen: list[str], seed: int = 1) -> list[str]:
    """A sentence for each broken promise; the counts are printed."""
    with place(size) as ground:
        ports = [free_port() for start in STARTS[size] if start is web]
        environment = {**ground.environment, "BATON_URL": f"http://127.0.0.1:{ports[0]}"}
        os.environ.update(environment)
        import django

        django.setup()
        with Processes(STARTS[size], environment, ports):
            return asyncio.run(_run(World(ports, seed), rounds, chosen))


async def _run(world: World, rounds: int, chosen: list[str]) -> list[str]:
    await world.prepare()
    beating = asyncio.create_task(world.beat())
    wrong = []
    for name in chosen:
        began = time.monotonic()
        counts, found = await _race(world, name, rounds)
        wrong += found
        took_s = time.monotonic() - began
        print(f"{name}: {counts} in {took_s:.0f} s, wrong: {len(found)}", flush=True)
        for sentence in found[:5]:
            print(f"    {sentence[:600]}", flush=True)
    beating.cancel()
    findings = await asyncio.to_thread(verified)
    print(f"audit verify: {len(findings)} findings {findings[:3]}", flush=True)
    await world.close()
    return [*wrong, *findings]


async def _race(world: World, name: str, rounds: int) -> tuple[dict[str, Any], list[str]]:
    counts: Counter[str] = Counter()
    wrong = []
    for number in range(rounds):
        try:
            counts[f"won by {await EVERY[name](world, number)}"] += 1
        except Wrong as broken:
            wrong.append(f"{name}, round {number}: {broken}")
        await world.withdraw()
    return dict(sorted(counts.items())), wrong


if __name__ == "__main__":
    main()
