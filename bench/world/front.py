"""The front of a queue that is in memory, as `first_of_each` reads it from the database.

The routing benchmark asks thousands of times a day, which a database would take hours for; a test
holds that both give the same cases.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

PRESSING = 3  # As in the statement of the database.


class Queued(NamedTuple):
    """Where one case stands; in the order of the queue."""

    rank: int
    number: int
    requirement: int
    priority: str


def first_of_each(
    queue: Iterable[Queued], *, limit: Mapping[int, int], due_now: Mapping[str, int]
) -> set[int]:
    """The numbers of the first so many of each requirement, with those that may cost most by
    waiting and those that have waited longest."""
    of: dict[int, list[Queued]] = defaultdict(list)
    for one in sorted(queue):
        of[one.requirement].append(one)
    found: set[int] = set()
    for requirement, cases in of.items():
        if requirement in limit:
            found |= _front(cases, limit[requirement], due_now)
    return found


def _front(cases: Sequence[Queued], limit: int, due_now: Mapping[str, int]) -> set[int]:
    found = {one.number for one in cases[:limit]}
    if len(cases) <= limit:
        return found
    for priority, due in due_now.items():
        of_it = [one for one in cases if one.priority == priority]
        found |= {one.number for one in of_it[:PRESSING]}
        found |= {one.number for one in [one for one in of_it if one.rank >= due][:PRESSING]}
    return found | {one.number for one in sorted(cases, key=_number)[:PRESSING]}


def _number(one: Queued) -> int:
    return one.number
