"""What becomes of the open cases if everybody goes on as they usually do: answered in time, late
but answered, or not at all by anybody at work.

A calculation over plain numbers. The queue is served in the order of matching's cost of delay;
each case goes to whoever of the able has it answered first: whom work is offered to fills every
unit, who helps themselves takes one case after another, each after a pause. What is expected to
arrive within half an hour is put in evenly, and only where enough days were seen.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import exp, inf

from escalations.eligibility import Case, Id
from routing.matching import Terms

AHEAD_MIN = 30.0
SLOT_MIN = 5.0
SLOTS = int(AHEAD_MIN / SLOT_MIN)
ENOUGH_DAYS = 3
# Of fewer, the mean of another week may well be half or twice as many.
ENOUGH_CASES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Case):
    """One case that waits, or is expected to: times are minutes from now."""

    due: float
    arrives: float = 0.0
    weight: float = 1.0
    queue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One person at work. `ends` is when each unit in use is expected to be free, `until` when
    their shift is over; minutes from now. `pause`: how long whoever helps themselves from the list
    leaves a case there before they take it; None for whom cases are offered to."""

    id: Id
    free: int
    ends: tuple[float, ...] = ()
    until: float = inf
    minutes: Mapping[str, float] = field(default_factory=dict)
    pause: float | None = None

    def at_once(self, units: int) -> int:
        """How many of so many units they work on at a time."""
        return units if self.pause is None else min(units, 1)


@dataclass(frozen=True, slots=True)
class Running:
    """One case that somebody works on."""

    due: float
    ends: float
    queue: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """What arrives in this half hour, over how many days that was seen, and how many arrived on
    them in all. `usual` is how many it is on those days, where clearly more or fewer come now."""

    days: int
    cases: Sequence[Waiting] = ()
    usual: int | None = None
    seen: int = 0

    @property
    def enough(self) -> bool:
        """Whether so many days, and so many cases on them, say anything."""
        return self.days >= ENOUGH_DAYS and self.seen >= ENOUGH_CASES


@dataclass(frozen=True, slots=True)
class Slot:
    """Five minutes: how many cases go over time in it, and the share of units at work."""

    after: float
    breaches: int
    load: int


@dataclass(slots=True)
class Fate:
    """How many cases of one queue end how; every one of them counts once."""

    in_time: int = 0
    late: int = 0
    nobody: int = 0

    @property
    def whole(self) -> int:
        """All of them."""
        return self.in_time + self.late + self.nobody

    @property
    def worst(self) -> tuple[int, int, int]:
        """The queue with most of what is worst comes first."""
        return -self.nobody, -self.late, -self.in_time


@dataclass(frozen=True, slots=True)
class Forecast:
    """`fates` by queue, of what waits or is worked on now; `coming` counts the expected ones that
    will not be answered in time. `knows_arrivals`: whether any are expected at all."""

    fates: Mapping[int, Fate]
    coming: int
    arrivals: int
    days: int
    people: int
    slots: tuple[Slot, ...]
    unmeasured: int = 0
    usual: int | None = None
    knows_arrivals: bool = False

    @property
    def total(self) -> Fate:
        """Of all queues."""
        fates = self.fates.values()
        return Fate(
            sum(fate.in_time for fate in fates),
            sum(fate.late for fate in fates),
            sum(fate.nobody for fate in fates),
        )


Able = Callable[[Case], Collection[Id]]


def forecast(
    waiting: Sequence[Waiting],
    running: Sequence[Running],
    hands: Sequence[Hand],
    expected: Expected,
    *,
    terms: Terms,
    able: Able,
) -> Forecast:
    """What becomes of each; `able` says who at work can have a case, now or once they have room."""
    coming = list(expected.cases) if expected.enough else []
    crew = _Crew(hands, terms, able)
    answered = [(case, crew.serve(case)) for case in _in_order([*waiting, *coming], terms)]
    ends = [(case.queue, case.due, at) for case, at in answered if not case.arrives]
    ends += [(case.queue, case.due, case.ends) for case in running]
    new = [case.due for case, at in answered if case.arrives and at > case.due]
    dues = [due for _, due, at in ends if at > due] + new
    return Forecast(
        fates=_fates(ends),
        coming=len(new),
        arrivals=len(coming),
        days=expected.days,
        people=len(hands),
        slots=tuple(_slot(n, dues, crew) for n in range(SLOTS)),
        usual=expected.usual,
        knows_arrivals=expected.enough,
        unmeasured=sum(not _is_measured(case.task_type, hands) for case in waiting),
    )


def _fates(ends: Sequence[tuple[int, float, float]]) -> dict[int, Fate]:
    found: dict[int, Fate] = {}
    for queue, due, at in ends:
        fate = found.setdefault(queue, Fate())
        if at == inf:
            fate.nobody += 1
        elif at > due:
            fate.late += 1
        else:
            fate.in_time += 1
    return found


def _in_order(cases: Sequence[Waiting], terms: Terms) -> list[Waiting]:
    """By the cost of a minute's delay, dearest first; who comes later is served later."""
    return sorted(cases, key=lambda case: (case.arrives, -_cost(case, terms), case.due))


def _cost(case: Waiting, terms: Terms) -> float:
    slack = case.due - terms.usual_min
    ahead = exp(-slack / terms.worry_min) if slack > 0 else 1.0
    return case.weight * ahead / case.units


class _Crew:
    """When each unit of each person is free, as cases are given out one after another."""

    def __init__(self, hands: Sequence[Hand], terms: Terms, able: Able) -> None:
        self._hands, self._usual, self._able = hands, terms.usual_min, able
        self._at = {hand.id: index for index, hand in enumerate(hands)}
        self._places: dict[int, tuple[Collection[Id], list[int]]] = {}
        self._free = [[0.0] * hand.free + list(hand.ends) for hand in hands]
        for units in self._free:
            heapify(units)
        self.busy = [
            (0.0, end)
            for hand in hands
            for end in sorted(hand.ends)[-hand.at_once(len(hand.ends)) :]
        ]
        self.units = sum(hand.at_once(hand.free + len(hand.ends)) for hand in hands)

    def serve(self, case: Waiting) -> float:
        """When it is answered; never, if nobody can take it."""
        best, at, who = inf, inf, -1
        for index in self._of(self._able(case)):
            hand = self._hands[index]
            start = max(case.arrives, self._start(index, case.units)) + (hand.pause or 0.0)
            end = start + hand.minutes.get(case.task_type, self._usual)
            if end < best and start < hand.until:
                best, at, who = end, start, index
        if who >= 0:
            for _ in range(case.units):
                # In turns, and still the units that are free first: the end that is put back is
                # later than all of these.
                heappop(self._free[who])
                heappush(self._free[who], best)
            self.busy += [(at, best)] * self._hands[who].at_once(case.units)
        return best

    def _of(self, able: Collection[Id]) -> list[int]:
        """Their places, in order. Cases that ask the same are answered by the same collection."""
        known = self._places.get(id(able))
        if known is None:
            places = sorted(self._at[one] for one in able if one in self._at)
            known = self._places[id(able)] = (able, places)
        return known[1]

    def _start(self, index: int, units: int) -> float:
        """When so many units of theirs are free at once; all, for who takes one after another."""
        ends = self._free[index]
        if self._hands[index].pause is not None:
            return max(ends) if len(ends) >= units else inf
        elif units == 1:
            return ends[0] if ends else inf
        return sorted(ends)[units - 1] if len(ends) >= units else inf


def _is_measured(task_type: str, hands: Sequence[Hand]) -> bool:
    return any(task_type in hand.minutes for hand in hands)


def _slot(number: int, dues: Sequence[float], crew: _Crew) -> Slot:
    first, last = number * SLOT_MIN, (number + 1) * SLOT_MIN
    breaches = sum(first <= due < last for due in dues)
    worked = sum(max(0.0, min(end, last) - max(at, first)) for at, end in crew.busy)
    room = crew.units * SLOT_MIN
    return Slot(first, breaches, round(100 * worked / room) if room else 0)
