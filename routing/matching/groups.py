"""Cases that are alike to everybody, put together: who can take them, and how well they suit.

Within a group all people agree on the order of the cases, and all cases on the order of the
people, so that a plan needs no list of all pairs of a case and a person.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from escalations import eligibility
from escalations.eligibility import Id
from routing.matching import eligible
from routing.matching.work import Terms, WaitingCase, Worker


@dataclass(frozen=True, slots=True)
class Takers:
    """Whom a ring reaches, how quick the quickest of the nearest is, and who of all has room.

    `free` holds (index, ring, minutes, room) of each.
    """

    rings: dict[Id, int]
    nearest: int
    quickest: float
    free: list[tuple[int, int, float, int]]


class GroupTaker(NamedTuple):
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
    known_to: Id | None
    asked: Takers
    quickest: float
    is_alert: bool = False
    cases: list[WaitingCase] = field(default_factory=list)
    seats: list[GroupTaker] = field(default_factory=list)


@dataclass(slots=True)
class _Kind:
    """Cases that ask the same of people: who on duty could ever take them, and from which ring."""

    reach: list[eligible.Reached]
    ids: set[Id]
    asked: dict[int, Takers] = field(default_factory=dict)


class Sorting:
    """People at one moment, and the groups that cases fall into before them."""

    def __init__(self, people: list[Worker], now: float, terms: Terms) -> None:
        self.people, self.now, self.terms = people, now, terms
        self.duty = [person for person in people if eligibility.is_on_duty(person, now)]
        self.taking = {person.id for person in people if eligibility.takes(person, now)}
        self.turns = [(person.load, person.since_min) for person in people]
        self.at = {person.id: index for index, person in enumerate(people)}
        # Cases above the same of these levels interrupt the same people; alerts, everybody.
        self.at_work = sorted({person.at_work for person in people})
        self.kinds: dict[object, _Kind] = {}
        self.rings: dict[object, list[eligible.Reached]] = {}

    def groups(self, cases: Iterable[WaitingCase]) -> list[Group]:
        """All groups of cases that have not expired and that somebody with room can take."""
        found: dict[object, Group] = {}
        for case in cases:
            if case.expires_min <= self.now:
                continue
            wishes = tuple(sorted(case.skills.items()))
            above = inf if case.is_alert else bisect_left(self.at_work, case.level)
            asks = (case.task_type, wishes, case.units, case.strict, case.wanted_by, above)
            kind = self.kinds.get(asks) or self._kind(asks, case, wishes)
            ring = eligible.open_ring(case, self.now, self.terms)
            # Whoever cannot take it is no reason for a group of its own.
            known = case.known_to if case.known_to in kind.ids else None
            # It shares the order of its people with no other case, so that it is a group by itself.
            alone = case.id if eligible.is_particular(case) else None
            like = (asks, ring, known, alone, case.is_alert)
            group = found.get(like)
            if group is None:
                group = found[like] = self._group(case, ring, known, kind)
            group.cases.append(case)
        return [group for group in found.values() if group.asked.free]

    def seats(self, group: Group) -> list[GroupTaker]:
        """Whoever has something free for these cases, best first."""
        seats = []
        for index, ring, usual, room in group.asked.free:
            knows = self.people[index].id == group.known_to
            minutes = usual * self.terms.known_faster if knows else usual
            seats.append(GroupTaker(index, room, minutes, ring, self._suits(group, minutes, ring)))
        # Equal people get work evenly.
        seats.sort(key=lambda seat: (-seat.suits, *self.turns[seat.person], seat.person))
        return seats

    def best(self, group: Group) -> float:
        """What nobody of them exceeds in how well they suit."""
        free = group.asked.free
        soonest = min(minutes for _, _, minutes, _ in free)
        for index, _, minutes, _ in free if group.known_to is not None else ():
            if self.people[index].id == group.known_to:
                soonest = min(soonest, minutes * self.terms.known_faster)
        return self._suits(group, soonest, 0)

    def _suits(self, group: Group, minutes: float, ring: int) -> float:
        """How well somebody suits: the quickest of the nearest best, and shorter work first."""
        terms = self.terms
        spent = minutes * (1 + terms.below_returns) if ring else minutes
        # `quickest` is of the nearest ring: somebody further out who is quicker still is worth no
        # more.
        fit = min(1.0, group.quickest / spent) ** terms.fit
        return float(fit / (spent**terms.shorter_first * group.units))

    def _kind(self, asks: object, case: WaitingCase, wishes: tuple[tuple[str, int], ...]) -> _Kind:
        rings = self.rings.get(wishes)
        if rings is None:
            rings = self.rings[wishes] = self._rings(case)
        reach = [
            (person, ring)
            for person, ring in rings
            if not (case.strict and ring) and eligible.could_take(case, person)
        ]
        self.kinds[asks] = _Kind(reach, {person.id for person, _ in reach})
        return self.kinds[asks]

    def _rings(self, case: WaitingCase) -> list[eligible.Reached]:
        found = [(person, eligible.ring_by_skill(case, person, self.terms)) for person in self.duty]
        return [(person, ring) for person, ring in found if ring is not None]

    def _group(self, case: WaitingCase, ring: int, known: Id | None, kind: _Kind) -> Group:
        asked = self._asked(case, ring, kind)
        quickest = asked.quickest
        if known is not None and asked.rings.get(known) == asked.nearest:
            usual = self._minutes(case, self.people[self.at[known]], asked.nearest)
            quickest = min(quickest, usual * self.terms.known_faster)
        return Group(ring, case.task_type, case.units, known, asked, quickest, case.is_alert)

    def _asked(self, case: WaitingCase, ring: int, kind: _Kind) -> Takers:
        alike = not eligible.is_particular(case)
        if alike and ring in kind.asked:
            return kind.asked[ring]
        reach = kind.reach if alike else eligible.with_named(case, kind.reach, self.duty)
        reached = eligible.asked(case, reach, ring, self.now, self.terms)
        nearest = min((needed for _, needed in reached), default=0)
        quickest, free = inf, []
        for person, needed in reached:
            minutes = self._minutes(case, person, needed)
            if needed == nearest and minutes < quickest:
                quickest = minutes
            if person.id in self.taking and eligibility.interrupts(person, case):
                room = eligibility.room(person, case.task_type)
                if room > 0:
                    free.append((self.at[person.id], needed, minutes, room))
        asked = Takers({person.id: needed for person, needed in reached}, nearest, quickest, free)
        if alike:
            kind.asked[ring] = asked
        return asked

    def _minutes(self, case: WaitingCase, person: Worker, ring: int) -> float:
        usual = person.minutes.get(case.task_type, self.terms.usual_min)
        return usual * self.terms.below_slower if ring else usual
