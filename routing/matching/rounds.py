"""Handing out in rounds: look at the front of the queue, match, offer, and look again.

The running dispatch and the routing benchmark both go through here; they differ only in where what
they look at comes from, and in what an offer does.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from escalations.eligibility import Id
from routing.matching.choosing import match
from routing.matching.work import Match, Terms, WaitingCase, Worker

FIRST_OF_EACH = 40
LOOKED_AT_MAX = 4_000


@dataclass(frozen=True, slots=True)
class Picture:
    """What waits, who is there, and by which terms; cases and people go by their numbers.

    `looked_at` is how many cases of each requirement these are. `kept` are the cases left out for
    somebody else, who is asked for by name and takes from the list: by number the name.
    """

    cases: list[WaitingCase]
    people: list[Worker]
    terms: Terms
    offer_s: int
    now: float
    looked_at: Mapping[int, int] = field(default_factory=dict)
    kept: Mapping[Id, str] = field(default_factory=dict)

    @property
    def idle(self) -> set[Id]:
        """Who of these has nothing in their hands just now."""
        return {person.id for person in self.free if not person.at_work}

    @property
    def free(self) -> list[Worker]:
        """Who could take something now."""
        return [person for person in self.people if person.available and person.free]

    def full(self, first: int) -> set[int]:
        """The requirements of which further cases may wait behind the first ones."""
        return {number for number, count in self.looked_at.items() if count >= first}


Look = Callable[[int, Collection[int] | None], Picture]


def hand_out(look: Look, offer: Callable[[Match, Picture], bool]) -> int:
    """Offer what waits to whom it suits best, one case to each; counts the offers.

    `look` gives so many cases of each requirement, more than the usual number only of those named.
    """
    made, first = 0, FIRST_OF_EACH
    among: set[int] | None = None
    while first <= LOOKED_AT_MAX:
        seen = look(first, among)
        # Who is asked answers one thing at a time.
        plan = match(seen.cases, seen.people, seen.now, seen.terms, one_each=True)
        asked = [one.person for one in plan.matches if offer(one, seen)]
        made += len(asked)
        full = seen.full(first)
        # Looking again is worth it only while somebody is left with nothing, and either offers have
        # changed the picture or more cases stand behind the first ones.
        left = seen.idle - {*asked, *(one.person for one in plan.kept)}
        if not left or not (asked or full):
            break
        if not asked:
            # Those in front suit nobody who is free; they do not stand in the way.
            first, among = first * 10, full
    return made
