"""Sixteen reviewers on the live page: Take next, the case, Approve, again and again.

Cases a second ÷ what the same people decide on the same cores without looking; Take next ÷ an empty
view behind the same session and rights, alone and with everybody at it. Processor time of all of
Baton's processes; two web processes, a worker and a beat.
"""

import argparse
import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial

from bench.figures import Ratio, median
from bench.queue import Pages
from bench.world.desks import Desk, Reviewer, desk

PEOPLE, LOOPS, TAKES = 16, 8, 2
FRESH = 2 * PEOPLE * (LOOPS + TAKES)
EMPTIES, SETTLE_S = 40, 4
Turn = Callable[[Reviewer], Awaitable[None]]


def measure(given: argparse.Namespace) -> list[Ratio]:
    from bench.world import people

    with desk() as ours, Pages(ours.ground, "baton") as pages:
        from tests import factories

        sessions = [people.session_of(f"person{number}") for number in range(PEOPLE)]
        fresh = partial(people.cases, factories.key(), FRESH)
        turns = asyncio.run(_turns(ours, pages, given.rounds, sessions, fresh))
    cost = {name: median([turn[name] for turn in turns]) for name in turns[0]}
    return [
        Ratio(f"{PEOPLE} reviewers ÷ decisions without a look", cost["loops"], cost["bare"],
              "/s", goal=0.6, at_least=True),
        Ratio("a case of theirs, server ÷ empty view", cost["loop"], cost["empty"], "µs", goal=15),
        Ratio("Take next ÷ empty view", cost["next"], cost["empty"], "µs", goal=5),
        Ratio(f"the same, {PEOPLE} at once", cost["rivals"], cost["empty"], "µs", goal=6),
    ]  # fmt: skip


async def _turns(
    ours: Desk, pages: Pages, rounds: int, sessions: Sequence[str], fresh: Callable[..., list[str]]
) -> list[dict[str, float]]:
    async with ours.at_work(sessions) as reviewers:
        turns = []
        for turn in range(rounds + 1):
            cases = await asyncio.to_thread(fresh, first=turn * FRESH)
            turns.append(await _turn(ours, pages, reviewers, iter(cases)))
    return turns[1:]  # The first one only warms everything up.


async def _turn(
    ours: Desk, pages: Pages, reviewers: Sequence[Reviewer], fresh: Iterator[str]
) -> dict[str, float]:
    """Each figure once; what one of them leaves open is decided before the next."""
    bare = {one: list(itertools.islice(fresh, LOOPS)) for one in reviewers}
    spent: dict[str, float] = {"empty": pages.ask("empty", EMPTIES)["own"]}

    async def decide(one: Reviewer) -> None:
        for case in bare[one]:
            assert await one.approve(case, 1), case

    async def work(one: Reviewer) -> None:
        for _ in range(LOOPS):
            case = await one.next()
            assert case, "There is a case for everybody."
            assert await one.approve(case, await one.look(case)), case

    held: list[tuple[Reviewer, str]] = []

    async def take(one: Reviewer) -> None:
        held.extend([(one, await one.next()) for _ in range(TAKES)])

    took_s, _ = await _spent(ours, reviewers, decide)
    spent["bare"] = PEOPLE * LOOPS / took_s
    took_s, spent["loop"] = await _spent(ours, reviewers, work)
    spent["loops"] = PEOPLE * LOOPS / took_s
    spent["loop"] /= LOOPS * PEOPLE
    for name, at_once in (("next", False), ("rivals", True)):
        _, cpu_us = await _spent(ours, reviewers, take, at_once=at_once)
        spent[name] = cpu_us / len(held)
        for one, case in held:
            assert await one.approve(case, await one.look(case)), case
        held.clear()
    return spent


async def _spent(
    ours: Desk, who: Sequence[Reviewer], does: Turn, *, at_once: bool = True
) -> tuple[float, float]:
    """Seconds until all have done it, and what it cost the server in microseconds."""
    # What the turn before left to do in the background is none of this one's.
    await asyncio.sleep(SETTLE_S)
    began, before_s = time.perf_counter(), ours.cpu_s
    if at_once:
        await asyncio.gather(*(does(one) for one in who))
    else:
        for one in who:
            await does(one)
    took_s = time.perf_counter() - began
    return took_s, (ours.cpu_s - before_s) * 1e6
