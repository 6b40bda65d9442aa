"""Cases that are alike to everybody, put together: who can take them, and how well they suit.

Within a group all people agree on the order of the cases, so that a plan needs no list of all
pairs of a case and a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from routing.matching import eligible
from routing.matching.work import Case, Id, Person, Terms


@dataclass(frozen=True, slots=True)
class Seat:
    """One person with something free, as a taker of one group. `ring` 0 is at the wished level."""

    person: int
    room: int
    minutes: float
    ring: int
    suits: float


@dataclass(slots=True)
class Group:
    """Cases for the same people at the same pace. `ring` is the one that time has opened."""

    ring: int
    task_type: str
    units: int
    cases: list[Case] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    people: frozenset[int] = frozenset()
    quickest: float = inf
    fits_somebody: bool = False


@dataclass(slots=True)
class _Kind:
    """Cases that ask the same of people: who on duty could ever take them, and from which ring."""

    reach: list[eligible.Reached]
    ids: set[Id]
    asked: dict[int, "_Asked"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whom a ring reaches, how quick the quickest of the nearest are, and who of all is free."""

    rings: dict[Id, int]
    nearest: int
    quickest: float
    free: list[tuple[int, int, float]]


def groups(cases: Iterable[Case], people: list[Person], now: float, terms: Terms) -> list[Group]:
    """All groups of cases that have not expired, with whoever has something free for them."""
    return _Sorting(people, now, terms).groups(cases)


class _Sorting:
    def __init__(self, people: list[Person], now: float, terms: Terms) -> None:
        self.people, self.now, self.terms = people, now, terms
        self.duty = [person for person in people if eligible.on_duty(person, now)]
        self.at = {person.id: index for index, person in enumerate(people)}
        self.kinds: dict[object, _Kind] = {}

    def groups(self, cases: Iterable[Case]) -> list[Group]:
        found: dict[object, tuple[Group, _Kind]] = {}
        for case in cases:
            if case.expires_min <= self.now:
                continue
            wishes = tuple(sorted(case.skills.items()))
            asks = (case.task_type, wishes, case.units, case.strict, case.only_lead)
            kind = self.kinds.get(asks) or self._kind(asks, case)
            ring = eligible.open_ring(case, self.now, self.terms)
            known = case.known_to if case.known_to in kind.ids else None
            like = (asks, ring, known, case.asked_for, case.id if case.refused else None)
            if like not in found:
                found[like] = Group(ring, case.task_type, case.units), kind
            found[like][0].cases.append(case)
        for group, kind in found.values():
            self._seat(group, kind)
        return [group for group, _ in found.values()]

    def _kind(self, asks: object, case: Case) -> _Kind:
        reach = []
        for person in self.duty:
            ring = eligible.ring_of(case, person, self.terms)
            if ring is not None:
                reach.append((person, ring))
        self.kinds[asks] = _Kind(reach, {person.id for person, _ in reach})
        return self.kinds[asks]

    def _seat(self, group: Group, kind: _Kind) -> None:
        """Find who has something free for these cases, and how well each of them suits."""
        case, terms = group.cases[0], self.terms
        asked = self._asked(case, group.ring, kind)
        group.quickest = asked.quickest
        if case.known_to is not None and asked.rings.get(case.known_to) == asked.nearest:
            known = self.people[self.at[case.known_to]]
            minutes = self._minutes(case, known, asked.nearest) * terms.known_faster
            group.quickest = min(asked.quickest, minutes)
        for index, ring, usual in asked.free:
            knows = self.people[index].id == case.known_to
            minutes = usual * terms.known_faster if knows else usual
            group.seats.append(self._seat_of(group, index, ring, minutes))
        group.people = frozenset(seat.person for seat in group.seats)
        group.fits_somebody = any(seat.room >= group.units for seat in group.seats)

    def _seat_of(self, group: Group, index: int, ring: int, minutes: float) -> Seat:
        person, terms = self.people[index], self.terms
        room = min(person.free, person.limits.get(group.task_type, person.free))
        spent = minutes * (1 + terms.below_returns) if ring else minutes
        fit = min(1.0, group.quickest / spent) ** terms.fit
        suits = fit / (spent**terms.shorter_first * group.units)
        return Seat(index, room, minutes, ring, suits)

    def _asked(self, case: Case, ring: int, kind: _Kind) -> _Asked:
        alike = not case.refused and case.asked_for is None
        if alike and ring in kind.asked:
            return kind.asked[ring]
        reached = eligible.asked(case, kind.reach, ring, self.now, self.terms)
        nearest = min((needed for _, needed in reached), default=0)
        quickest, free = inf, []
        for person, needed in reached:
            minutes = self._minutes(case, person, needed)
            if needed == nearest:
                quickest = min(quickest, minutes)
            if eligible.takes(person, self.now):
                free.append((self.at[person.id], needed, minutes))
        asked = _Asked({person.id: needed for person, needed in reached}, nearest, quickest, free)
        if alike:
            kind.asked[ring] = asked
        return asked

    def _minutes(self, case: Case, person: Person, ring: int) -> float:
        usual = person.minutes.get(case.task_type, self.terms.usual_min)
        return usual * self.terms.below_slower if ring else usual
