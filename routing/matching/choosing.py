"""The rule itself: what waiting costs, who fits, and handing out in the order of value."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, inf

from escalations import eligibility
from escalations.eligibility import Id
from routing.matching import eligible
from routing.matching.groups import Group, GroupTaker, Sorting
from routing.matching.work import Kept, Match, Plan, Terms, WaitingCase, Worker

TINY = 1e-9  # more than nothing, less than anything with a deadline near
Entry = tuple[bool, float, float, Id, int, int]


def match(
    cases: Iterable[WaitingCase],
    people: Iterable[Worker],
    now: float,
    terms: Terms,
    *,
    one_each: bool = False,
) -> Plan:
    """Say who is offered what now, and who is kept free for what; `one_each` at most one case to
    each person, so that what would be their second goes to the next best.

    Cases of level 4 go first. Pure and deterministic: equal values go by arrival, then by id; the
    order of the input does not matter. Nobody is given what they may not take, more than they have
    free, or what they refused before all others had the chance.
    """
    # Equal values go by the place in this list, so it must not be the order in which rows were
    # read.
    people = sorted(people, key=lambda person: person.id)
    if not any(eligibility.takes(person, now) for person in people):
        return Plan((), ())
    return _Round(people, now, terms, one_each=one_each).hand_out(cases)


def cost_of_waiting(case: WaitingCase, minutes: float, now: float, terms: Terms) -> float:
    """What a further minute of waiting is expected to cost if deciding takes so many minutes.

    Its weight once it is late; before, the cost of being late times the chance that it will be,
    if the further wait is about `worry_min`. The same form for an expiry.
    """
    worry = terms.worry_min
    if case.due_min <= now:
        rate, missed = case.weight, 0.0
    else:
        # Not below 0: once a case is sure to be late, the chance of it is 1 and does not grow.
        slack = max(0.0, case.due_min - now - minutes)
        rate = case.weight * (terms.late_costs_min + worry) / worry * exp(-slack / worry)
        missed = terms.late_costs_min + max(0.0, case.expires_min - case.due_min)
    # Without an expiry this would be infinity times nothing, which is no number.
    if case.expires_min < inf:
        lost = case.weight * (missed + terms.expired_costs_min)
        rate += lost / worry * exp(-max(0.0, case.expires_min - now) / worry)
    return rate


def worth_below(case: WaitingCase, minutes: float, now: float, terms: Terms) -> float:
    """What the answer of somebody below its wished level saves a minute; at or below 0, it waits.

    Such an answer is worth less, so that a case with time left waits for somebody at its level,
    unless it has no deadline to wait for.
    """
    less = case.weight * terms.below_costs_min / terms.worry_min
    worth = cost_of_waiting(case, minutes, now, terms) - less
    return max(worth, TINY) if case.due_min == inf else worth


@dataclass(slots=True)
class _Line:
    """The cases of one group in the order of cost, before its people in the order of fit.

    Their best pair is always the first case with the first person, so that one entry stands for
    all. The people are found when it comes to the front; `best` bounds the fit until then.
    """

    group: Group
    costs: list[tuple[float, float, Id, int]]
    seats: list[GroupTaker] | None
    best: float
    number: int = 0
    case: int = 0
    seat: int = 0

    @property
    def first(self) -> WaitingCase:
        return self.group.cases[self.costs[self.case][3]]


class _Round:
    """One handing out: what is left of everybody's room while the most valuable go first."""

    def __init__(
        self, people: list[Worker], now: float, terms: Terms, *, one_each: bool = False
    ) -> None:
        self.people, self.now, self.terms, self.one_each = people, now, terms, one_each
        self.sorting = Sorting(people, now, terms)
        self.room = [person.free if eligibility.takes(person, now) else 0 for person in people]
        self.left = sum(self.room)
        self.limits = [dict(person.limits) for person in people]
        self.lines: list[_Line] = []
        self.heap: list[Entry] = []
        self.dearest: list[tuple[float, float, Id, int]] = []
        self.sorted = False
        self.gone: set[Id] = set()
        self.matches: list[Match] = []
        self.kept: list[Kept] = []

    def hand_out(self, cases: Iterable[WaitingCase]) -> Plan:
        for group in self.sorting.groups(cases):
            self._line_up(group)
        while self.heap and self.left:
            line = self.lines[heapq.heappop(self.heap)[5]]
            if line.seats is None:
                self._find_seats(line)
            else:
                self._settle(line, line.seats[line.seat])
        return Plan(tuple(self.matches), tuple(self.kept))

    def _line_up(self, group: Group) -> None:
        number, costs = len(self.lines), []
        for index, case in enumerate(group.cases):
            cost = cost_of_waiting(case, group.quickest, self.now, self.terms)
            costs.append((-cost, case.arrived_min, case.id, index))
            self.dearest.append((-cost, case.arrived_min, case.id, number))
        costs.sort()
        self._push(_Line(group, costs, None, self.sorting.best(group)))

    def _find_seats(self, line: _Line) -> None:
        """Those at the wished level stay in this line; those below it get one of their own."""
        group = line.group
        seats = group.seats = self.sorting.seats(group)
        # Room is kept free only where nobody has enough, so that whoever has less is out of it
        # here.
        if any(seat.room >= group.units for seat in seats):
            seats = [seat for seat in seats if seat.room >= group.units]
        line.seats = [seat for seat in seats if seat.ring == 0]
        below = [seat for seat in seats if seat.ring > 0]
        if below:
            # Below the wished level a case is worth something else, so these stand in an order of
            # their own.
            lower = sorted(
                (-self._worth_below(group, group.cases[index]), arrived, case, index)
                for _, arrived, case, index in line.costs
            )
            worth = [one for one in lower if one[0] < 0]
            self._push(_Line(line.group, worth, below, 0))
        self._again(line)

    def _worth_below(self, group: Group, case: WaitingCase) -> float:
        return worth_below(case, group.quickest, self.now, self.terms)

    def _push(self, line: _Line) -> None:
        line.number = len(self.lines)
        self.lines.append(line)
        self._again(line)

    def _again(self, line: _Line) -> None:
        """Put the line back at the value of its best pair, if it still has one."""
        costs, seats = line.costs, line.seats
        while line.case < len(costs) and costs[line.case][2] in self.gone:
            line.case += 1
        while seats and line.seat < len(seats) and self.room[seats[line.seat].person] == 0:
            line.seat += 1
        if line.case == len(costs) or (seats is not None and line.seat == len(seats)):
            return
        cost, arrived, case, _ = costs[line.case]
        suits, person = line.best, -1
        if seats is not None:
            suits, person = seats[line.seat].suits, seats[line.seat].person
        # Costs are negative, since a heap gives the smallest first; equal ones go by arrival, then
        # by id. The number comes last, because it is no reason, only the way back to the line.
        later = not line.group.is_alert
        heapq.heappush(self.heap, (later, cost * suits, arrived, case, person, line.number))

    def _settle(self, line: _Line, seat: GroupTaker) -> None:
        """Give the case, or keep room for it, or go on to the next person."""
        case = line.first
        if case.id not in self.gone:
            if self._room(seat.person, case) >= case.units:
                self._give(line, seat, case)
            else:
                self._keep(line.group, seat.person, case)
                line.seat += 1
        self._again(line)

    def _room(self, person: int, case: WaitingCase) -> int:
        return min(self.room[person], self.limits[person].get(case.task_type, case.units))

    def _keep(self, group: Group, index: int, case: WaitingCase) -> None:
        """Keep what this person has free, if nobody else fits and the rest is free soon."""
        person, room = self.people[index], self.room[index]
        limited = self.limits[index].get(case.task_type, case.units) < case.units
        if room == 0 or limited or any(seat.room >= case.units for seat in group.seats):
            return
        until = eligible.fits_at(person, case.units, self.now, room)
        latest = min(self.now + self.terms.keep_free_min, case.expires_min)
        if until is not None and until <= latest and until < person.on_shift_until_min:
            self._use(index, room)
            self.gone.add(case.id)
            self.kept.append(Kept(person.id, case.id, until, case.units))

    def _give(self, line: _Line, seat: GroupTaker, case: WaitingCase) -> None:
        person = self.people[seat.person]
        could = [one for one in line.group.seats if one.room >= case.units]
        cost = -cost_of_waiting(case, line.group.quickest, self.now, self.terms)
        second = self._second(line.group, seat, cost, case)
        self.gone.add(case.id)
        self.matches.append(
            Match(
                case=case.id,
                person=person.id,
                value=-line.costs[line.case][0] * seat.suits,
                place=1 + sum(one.suits > seat.suits for one in could),
                of=len(could),
                runner_up=None if second is None else self.people[-second[1]].id,
                runner_up_value=None if second is None else second[0],
                ring=seat.ring,
                minutes=seat.minutes,
                left_min=case.due_min - self.now,
                waited_min=self.now - case.arrived_min,
                costlier=self._costlier(seat.person, cost),
                known=case.known_to == person.id,
                named=eligibility.is_asked_for(person, case),
                missing=eligibility.missing(person, case.skills) if seat.ring else (),
                nobody_on_shift=seat.ring > line.group.ring,
                is_alert=case.is_alert,
            )
        )
        # Only now: the numbers above tell of the moment of the choice.
        self._use(seat.person, self.room[seat.person] if self.one_each else case.units)
        if case.task_type in self.limits[seat.person]:
            self.limits[seat.person][case.task_type] -= case.units

    def _use(self, index: int, units: int) -> None:
        self.room[index] -= units
        self.left -= units

    def _second(
        self, group: Group, seat: GroupTaker, cost: float, case: WaitingCase
    ) -> tuple[float, int] | None:
        """At what value it would be offered to whom, if this person were not here."""
        worth = self._worth_below(group, case)
        # The place of a person is negative, so that of equal values `max` takes the first, as
        # handing out does.
        others = [
            ((worth if one.ring else -cost) * one.suits, -one.person)
            for one in group.seats
            if one is not seat and self._room(one.person, case) >= case.units
        ]
        return max((one for one in others if one[0] > 0), default=None)

    def _costlier(self, index: int, cost: float) -> int:
        """How many that wait, and that this person could take now, cost more by waiting."""
        if not self.sorted:
            self.dearest.sort()
            self.sorted = True
        person, room, found = self.people[index].id, self.room[index], 0
        for dearer, _, case, number in self.dearest:
            if dearer >= cost:
                break
            group = self.lines[number].group
            could = group.units <= room and person in group.asked.rings and case not in self.gone
            found += could and eligibility.interrupts(self.people[index], group.cases[0])
        return found
