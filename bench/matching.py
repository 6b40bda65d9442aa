"""One plan of matching ÷ the simplest rule that a peer documents, on the same cases and people.

That rule takes the cases by weight, then by age, and gives each to whoever has been free longest.
It weighs no pair of a case and a person and says nothing of why. Times are the processor's.
"""

import argparse
import gc
import random
import time
from collections.abc import Callable
from math import inf

from bench.figures import Ratio, median
from routing.matching import Id, Terms, WaitingCase, Worker, match

NOW = 10_000.0
TYPES = ("billing", "refund", "legal", "technical", "identity")
WEIGHTS = (10.0, 4.0, 2.0, 1.0)
SIZES = ((10, 50, 33), (50, 500, 33), (200, 2_000, 118))


def measure(given: argparse.Namespace) -> list[Ratio]:
    return [
        Ratio(
            f"a plan, {staff} people and {waiting:,} waiting ÷ by weight and age",
            *_both(staff, waiting, given.rounds),
            unit="ms",
            goal=goal,
        )
        for staff, waiting, goal in SIZES
    ]


def simplest(cases: list[WaitingCase], people: list[Worker], now: float) -> list[tuple[Id, Id]]:
    """The dearest, then oldest case first, each to the first with the skill and room for it."""
    room = {person.id: person.free for person in people if person.available and person.free > 0}
    found: list[tuple[Id, Id]] = []
    for case in sorted(cases, key=lambda case: (-case.weight, case.arrived_min)):
        if not room:
            break
        for person in people:
            if (
                room.get(person.id, 0) >= case.units
                and case.refused.get(person.id, -inf) <= now
                and all(person.skills.get(one, 0) >= level for one, level in case.skills.items())
            ):
                found.append((case.id, person.id))
                room[person.id] -= case.units
                if room[person.id] == 0:
                    del room[person.id]
                break
    return found


def snapshot(staff: int, waiting: int) -> tuple[list[WaitingCase], list[Worker]]:
    """A moment with a long queue: a third of the people have a unit free."""
    chance = random.Random(f"{staff} {waiting}")
    return (
        [_case(number, staff, chance) for number in range(waiting)],
        [_person(number, chance) for number in range(staff)],
    )


def _both(staff: int, waiting: int, rounds: int) -> tuple[float, float]:
    cases, people = snapshot(staff, waiting)
    ours, limit = [], []
    for _ in range(rounds):
        ours.append(_took_ms(lambda: match(cases, people, NOW, Terms())))
        limit.append(_took_ms(lambda: simplest(cases, people, NOW)))
    return median(ours), median(limit)


def _took_ms(work: Callable[[], object], times: int = 5) -> float:
    gc.collect()
    began = time.process_time()
    for _ in range(times):
        work()
    return 1000 * (time.process_time() - began) / times


def _case(number: int, staff: int, chance: random.Random) -> WaitingCase:
    task_type = chance.choices(TYPES, (30, 22, 12, 22, 14))[0]
    arrived = NOW - chance.uniform(0, 80)
    due = arrived + chance.choice((20, 45, 90, 180))
    return WaitingCase(
        id=number,
        task_type=task_type,
        skills={task_type: chance.choices((1, 2, 3), (40, 40, 20))[0]},
        arrived_min=arrived,
        due_min=due,
        weight=chance.choices(WEIGHTS, (10, 25, 40, 25))[0],
        strict=chance.random() < 0.15,
        expires_min=max(due, NOW) + chance.uniform(10, 60) if chance.random() < 0.15 else inf,
        units=2 if task_type == "legal" else 1,
        known_to=chance.randrange(staff) if chance.random() < 0.3 else None,
    )


def _person(number: int, chance: random.Random) -> Worker:
    units = chance.choice((2, 2, 3))
    free = int(number % 3 == 0)
    return Worker(
        id=number,
        skills={one: chance.choice((1, 2, 3)) for one in chance.sample(TYPES, 3)},
        free=free,
        units=units,
        available=True,
        on_shift_until_min=NOW + 240,
        minutes={one: chance.uniform(6, 20) for one in TYPES},
        running=tuple((1, NOW + chance.uniform(1, 20)) for _ in range(units - free)),
    )
