"""The next half hour: which cases will go over time if everybody goes on as they usually do.

A calculation over plain numbers. The queue is served in the order of matching's cost of delay;
each case goes to whoever of the able has units free first. What is expected to arrive is put in
evenly, and only where enough days were seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import exp, inf

from escalations import eligibility
from escalations.eligibility import Case, Person
from routing.matching import Terms

AHEAD_MIN = 30.0
SLOT_MIN = 5.0
SLOTS = int(AHEAD_MIN / SLOT_MIN)
ENOUGH_DAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Case):
    """One case that waits, or is expected to: times are minutes from now."""

    due: float
    arrives: float = 0.0
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand(Person):
    """One person at work. `ends` is when each unit in use is expected to be free, `until` when
    their shift is over; minutes from now."""

    free: int
    ends: tuple[float, ...] = ()
    until: float = inf
    minutes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Running:
    """One case that somebody works on."""

    due: float
    ends: float


@dataclass(frozen=True, slots=True)
class Expected:
    """What usually arrives in this half hour: how many, and over how many days that was seen."""

    days: int
    cases: Sequence[Waiting] = ()

    @property
    def enough(self) -> bool:
        """Whether so many days say anything."""
        return self.days >= ENOUGH_DAYS


@dataclass(frozen=True, slots=True)
class Slot:
    """Five minutes: how many cases go over time in it, and the share of units at work."""

    after: float
    breaches: int
    load: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """`breaches` counts those that wait or are worked on now; `coming` those that are expected."""

    breaches: int
    coming: int
    arrivals: int
    days: int
    people: int
    slots: tuple[Slot, ...]
    unmeasured: int = 0

    @property
    def knows_arrivals(self) -> bool:
        """Whether expected arrivals are in it."""
        return self.days >= ENOUGH_DAYS


def forecast(
    waiting: Sequence[Waiting],
    running: Sequence[Running],
    hands: Sequence[Hand],
    expected: Expected,
    terms: Terms,
) -> Forecast:
    """Who goes over time within half an hour; cases that are over already are not counted again."""
    coming = list(expected.cases) if expected.enough else []
    crew = _Crew(hands, terms)
    answered = [(case, crew.serve(case)) for case in _in_order([*waiting, *coming], terms)]
    late = [case for case, at in answered if _breaks(case.due, at)]
    held = [case for case in running if _breaks(case.due, case.ends)]
    new = sum(case.arrives > 0 for case in late)
    dues = [case.due for case in late] + [case.due for case in held]
    return Forecast(
        breaches=len(dues) - new,
        coming=new,
        arrivals=len(coming),
        days=expected.days,
        people=len(hands),
        slots=tuple(_slot(n, dues, crew) for n in range(SLOTS)),
        unmeasured=sum(not _is_measured(case.task_type, hands) for case in waiting),
    )


def _in_order(cases: Sequence[Waiting], terms: Terms) -> list[Waiting]:
    """By the cost of a minute's delay, dearest first; who comes later is served later."""
    return sorted(cases, key=lambda case: (case.arrives, -_cost(case, terms), case.due))


def _cost(case: Waiting, terms: Terms) -> float:
    slack = case.due - terms.usual_min
    ahead = exp(-slack / terms.worry_min) if slack > 0 else 1.0
    return case.weight * ahead / case.units


class _Crew:
    """When each unit of each person is free, as cases are given out one after another."""

    def __init__(self, hands: Sequence[Hand], terms: Terms) -> None:
        self._hands, self._usual = hands, terms.usual_min
        self._able: dict[object, list[int]] = {}
        self._free = [[0.0] * hand.free + list(hand.ends) for hand in hands]
        for units in self._free:
            heapify(units)
        self.busy = [(0.0, end) for hand in hands for end in hand.ends]
        self.units = sum(map(len, self._free))

    def serve(self, case: Waiting) -> float:
        """When it is answered; never, if nobody can take it."""
        best, at, who = inf, inf, -1
        for index in self._who(case):
            hand = self._hands[index]
            start = max(case.arrives, self._start(index, case.units))
            end = start + hand.minutes.get(case.task_type, self._usual)
            if end < best and start < hand.until:
                best, at, who = end, start, index
        if who >= 0:
            for _ in range(case.units):
                # In turns, and still the units that are free first: the end that is put back is
                # later than all of these.
                heappop(self._free[who])
                heappush(self._free[who], best)
            self.busy += [(at, best)] * case.units
        return best

    def _who(self, case: Waiting) -> list[int]:
        """Whom it is meant for; found once for all cases that ask the same."""
        barred = (*sorted(case.excluded), *sorted(map(str, case.had_part)))
        asks = (*sorted(case.skills.items()), case.strict, case.assignee, case.wanted_by, barred)
        if asks not in self._able:
            self._able[asks] = [
                index for index, one in enumerate(self._hands) if eligibility.may_take(one, case)
            ]
        return self._able[asks]

    def _start(self, index: int, units: int) -> float:
        """When so many units of theirs are free at once."""
        ends = self._free[index]
        return sorted(ends)[units - 1] if len(ends) >= units else inf


def _breaks(due: float, answered: float) -> bool:
    return 0 <= due <= AHEAD_MIN and answered > due


def _is_measured(task_type: str, hands: Sequence[Hand]) -> bool:
    return any(task_type in hand.minutes for hand in hands)


def _slot(number: int, dues: Sequence[float], crew: _Crew) -> Slot:
    first, last = number * SLOT_MIN, (number + 1) * SLOT_MIN
    breaches = sum(first <= due < last for due in dues)
    worked = sum(max(0.0, min(end, last) - max(at, first)) for at, end in crew.busy)
    room = crew.units * SLOT_MIN
    return Slot(first, breaches, round(100 * worked / room) if room else 0)
