"""How long somebody is expected to take: what they have shown, as far as it can be relied on.

One slow case says little of a person. What was learnt from few cases counts for little beside the
middle of everybody's at that kind of work, and the more cases there are, the more it counts.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import exp, log
from statistics import median
from typing import NamedTuple

from escalations.eligibility import Id

# With so many cases what somebody has shown counts half. By measurement: docs/performance.md.
COUNTS_HALF = 4
USUAL_MIN = 10.0  # Of work that nobody has done yet.
SOON_MIN = 1.0
LAST = 50
LEAST_MIN, MOST_MIN = 0.1, 120.0


class Handled(NamedTuple):
    """The median of somebody's handle times for one kind of work, and of how many it is."""

    minutes: float
    cases: int


class Paces(NamedTuple):
    """Expected minutes by kind of work: of whoever has shown nothing, and of those who have."""

    usual: Mapping[str, float]
    own: Mapping[Id, Mapping[str, float]]

    def of(self, person: Id) -> dict[str, float]:
        """What this person is expected to need."""
        return {**self.usual, **self.own.get(person, {})}


def shown(minutes: Sequence[float]) -> Handled | None:
    """What so many handle times show; of more than the last 50, which come first, only those."""
    lately = minutes[:LAST]
    if not lately:
        return None
    return Handled(min(max(median(lately), LEAST_MIN), MOST_MIN), len(lately))


def expected(learnt: Mapping[Id, Mapping[str, Handled]]) -> Paces:
    """What everybody is expected to need, by what they have shown."""
    everybody: dict[str, list[Handled]] = defaultdict(list)
    for theirs in learnt.values():
        for kind, one in theirs.items():
            everybody[kind].append(one)
    usual = {kind: _middle(all_) for kind, all_ in everybody.items()}
    return Paces(
        usual,
        {
            person: {kind: _between(one, usual[kind]) for kind, one in theirs.items()}
            for person, theirs in learnt.items()
        },
    )


def ends(since: float, minutes: float, now: float) -> float:
    """When what was begun then is expected to end."""
    end = since + minutes
    # Whoever takes longer than usual is not done any minute: it may well take as long again.
    return max(end, now + max(SOON_MIN, now - end))


def _middle(all_: list[Handled]) -> float:
    """The middle of all cases, each at the pace of who did it, so that many weigh more than one."""
    half, passed = sum(one.cases for one in all_) / 2, 0
    for one in sorted(all_):
        passed += one.cases
        if passed >= half:
            return one.minutes
    return USUAL_MIN


def _between(one: Handled, middle: float) -> float:
    """Between the two in proportion, not in minutes: one that took eight times as long is as far
    off as one that took an eighth."""
    weight = one.cases / (one.cases + COUNTS_HALF)
    return exp(weight * log(one.minutes) + (1 - weight) * log(middle))
