"""The adapter of routing-bench: its items and people in the words of the product's own matching.

From the project's root, on a copy of routing-bench (which collects the results):

    PYTHONPATH=. python COPY/run.py policies --external "bench.routing_policy:policy"
"""

from collections.abc import Iterable
from typing import Any

from routing.matching import Terms, WaitingCase, Worker, match

TYPES = ("billing", "refund", "legal", "technical", "identity")
TERMS = Terms()


def policy(waiting: Iterable[Any], ops: Iterable[Any], now: float) -> list[tuple[int, int]]:
    """Pairs of an item and a person: what `match` says, and nothing else."""
    plan = match([_case(item) for item in waiting], [_person(one) for one in ops], now, TERMS)
    return [(int(one.case), int(one.person)) for one in plan.matches]


def _case(item: Any) -> WaitingCase:
    return WaitingCase(
        id=item.id,
        task_type=TYPES[item.type],
        skills={TYPES[item.type]: item.level},
        arrived_min=item.created,
        due_min=item.due,
        weight=item.weight,
        strict=item.strict,
        expires_min=item.expiry,
        units=item.load,
        known_to=item.affinity if item.affinity >= 0 else None,
        refused=item.refused,
    )


def _person(one: Any) -> Worker:
    return Worker(
        id=one.id,
        skills={TYPES[number]: level for number, level in enumerate(one.skills) if level},
        free=one.capacity - one.load,
        units=one.capacity,
        available=one.available,
        on_shift_until_min=one.shift_end,
        minutes=dict(zip(TYPES, one.est, strict=True)),
        running=tuple(one.running.values()),
    )
