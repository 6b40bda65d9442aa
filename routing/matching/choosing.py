"""The rule itself: what waiting costs, who fits, and handing out in the order of value."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, inf

from routing.matching import eligible
from routing.matching.groups import Group, Seat, groups
from routing.matching.work import Case, Id, Kept, Match, Person, Plan, Terms

Entry = tuple[float, float, Id, int, int, int]


def match(cases: Iterable[Case], people: Iterable[Person], now: float, terms: Terms) -> Plan:
    """Say who is offered what now, and who is kept free for what.

    Pure and deterministic: equal values go by arrival, then by id; the order of the input does
    not matter. Nobody is given what they may not take, more than they have free, or what they
    refused before all others had the chance.
    """
    people = sorted(people, key=lambda person: person.id)
    if not any(eligible.takes(person, now) for person in people):
        return Plan((), ())
    return _Round(people, now, terms).hand_out(cases)


def cost_of_waiting(case: Case, minutes: float, now: float, terms: Terms) -> float:
    """What a further minute of waiting is expected to cost if deciding takes so many minutes.

    Its weight once it is late; before, the cost of being late times the chance that it will be,
    if the further wait is about `worry_min`. The same form for an expiry.
    """
    worry = terms.worry_min
    if case.due_min <= now:
        rate, missed = case.weight, 0.0
    else:
        slack = max(0.0, case.due_min - now - minutes)
        rate = case.weight * (terms.late_costs_min + worry) / worry * exp(-slack / worry)
        missed = terms.late_costs_min + max(0.0, case.expires_min - case.due_min)
    if case.expires_min < inf:
        lost = case.weight * (missed + terms.expired_costs_min)
        rate += lost / worry * exp(-max(0.0, case.expires_min - now) / worry)
    return rate


@dataclass(frozen=True, slots=True)
class _Taker:
    """A seat with its cases, dearest first."""

    group: Group
    seat: Seat
    line: list[tuple[float, Case]]


class _Round:
    """One handing out: what is left of everybody's room while the most valuable go first."""

    def __init__(self, people: list[Person], now: float, terms: Terms) -> None:
        self.people, self.now, self.terms = people, now, terms
        self.room = [person.free if eligible.takes(person, now) else 0 for person in people]
        self.limits = [dict(person.limits) for person in people]
        self.dearest: list[tuple[float, float, Id, Group]] = []
        self.gone: set[Id] = set()
        self.matches: list[Match] = []
        self.kept: list[Kept] = []

    def hand_out(self, cases: Iterable[Case]) -> Plan:
        takers = self._takers(cases)
        heap = [self._entry(taker, number, 0) for number, taker in enumerate(takers)]
        heapq.heapify(heap)
        while heap:
            *_, number, place = heapq.heappop(heap)
            taker = takers[number]
            cost, case = taker.line[place]
            if case.id not in self.gone and not self._settled(taker, cost, case):
                continue
            while place < len(taker.line) and taker.line[place][1].id in self.gone:
                place += 1
            if place < len(taker.line):
                heapq.heappush(heap, self._entry(taker, number, place))
        return Plan(tuple(self.matches), tuple(self.kept))

    def _takers(self, cases: Iterable[Case]) -> list[_Taker]:
        takers = []
        for group in groups(cases, self.people, self.now, self.terms):
            line = []
            for case in group.cases:
                cost = cost_of_waiting(case, group.quickest, self.now, self.terms)
                line.append((cost, case))
                self.dearest.append((-cost, case.arrived_min, case.id, group))
            line.sort(key=lambda one: (-one[0], one[1].arrived_min, one[1].id))
            below = self._below(line) if any(seat.ring for seat in group.seats) else []
            lines = [(seat, below if seat.ring else line) for seat in group.seats]
            takers += [_Taker(group, seat, one) for seat, one in lines if one]
        self.dearest.sort(key=lambda one: one[:3])
        return takers

    def _below(self, line: list[tuple[float, Case]]) -> list[tuple[float, Case]]:
        """What is still worth giving to somebody below the wish, whose answer is worth less."""
        less = self.terms.below_costs_min / self.terms.worry_min
        lower = [(cost - case.weight * less, case) for cost, case in line]
        worth = [one for one in lower if one[0] > 0]
        return sorted(worth, key=lambda one: (-one[0], one[1].arrived_min, one[1].id))

    def _entry(self, taker: _Taker, number: int, place: int) -> Entry:
        cost, case = taker.line[place]
        seat = taker.seat
        return -cost * seat.suits, case.arrived_min, case.id, seat.person, number, place

    def _room(self, person: int, case: Case) -> int:
        return min(self.room[person], self.limits[person].get(case.task_type, case.units))

    def _settled(self, taker: _Taker, cost: float, case: Case) -> bool:
        """Give it, or keep free for it; false if this person has no room for such cases now."""
        person = taker.seat.person
        if self._room(person, case) >= case.units:
            self._give(taker, cost, case)
        else:
            self._keep(taker, case)
        return self.room[person] > 0 and case.id in self.gone

    def _keep(self, taker: _Taker, case: Case) -> None:
        """Keep what this person has free, if nobody else fits and the rest is free soon."""
        person = self.people[taker.seat.person]
        if (
            taker.group.fits_somebody
            or self.limits[taker.seat.person].get(case.task_type, case.units) < case.units
        ):
            return
        until = eligible.fits_at(person, case.units, self.now, self.room[taker.seat.person])
        latest = min(self.now + self.terms.keep_free_min, case.expires_min)
        if until is not None and until <= latest and until < person.on_shift_until_min:
            self.room[taker.seat.person] = 0
            self.gone.add(case.id)
            self.kept.append(Kept(person.id, case.id, until, case.units))

    def _give(self, taker: _Taker, cost: float, case: Case) -> None:
        seat, group = taker.seat, taker.group
        person = self.people[seat.person]
        could = [one for one in group.seats if one.room >= case.units]
        whole = cost_of_waiting(case, group.quickest, self.now, self.terms)
        second = self._second(taker, whole, case)
        self.gone.add(case.id)
        self.matches.append(
            Match(
                case=case.id,
                person=person.id,
                value=cost * seat.suits,
                place=1 + sum(one.minutes < seat.minutes for one in could),
                of=len(could),
                runner_up=second and self.people[second[1].person].id,
                runner_up_value=second and second[0],
                ring=seat.ring,
                minutes=seat.minutes,
                left_min=case.due_min - self.now,
                waited_min=self.now - case.arrived_min,
                costlier=self._costlier(seat.person, whole),
                known=case.known_to == person.id,
                named=case.asked_for == person.id,
                missing=eligible.missing(case, person),
                nobody_on_shift=seat.ring > group.ring,
            )
        )
        self.room[seat.person] -= case.units
        if case.task_type in self.limits[seat.person]:
            self.limits[seat.person][case.task_type] -= case.units

    def _second(self, taker: _Taker, cost: float, case: Case) -> tuple[float, Seat] | None:
        """Who would be offered it if this person were not here, and at what value."""
        less = case.weight * self.terms.below_costs_min / self.terms.worry_min
        others = [
            ((cost - less if one.ring else cost) * one.suits, one)
            for one in taker.group.seats
            if one is not taker.seat and self._room(one.person, case) >= case.units
        ]
        worth = [one for one in others if one[0] > 0]
        return max(worth, key=lambda one: (one[0], -one[1].person), default=None)

    def _costlier(self, person: int, cost: float) -> int:
        """How many that wait, and that this person could take now, cost more by waiting."""
        found = 0
        for less, _, case, group in self.dearest:
            if -less <= cost:
                break
            could = group.units <= self.room[person] and person in group.people
            found += could and case not in self.gone
        return found
