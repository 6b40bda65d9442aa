"""Work finds its person: look at what waits and who is free, match, offer.

Runs whenever something changed, and once a second. Any number of dispatchers do no harm: each
offer is made under the lock of its case, and takes units that must be free.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, transaction

from escalations import access, lifecycle
from escalations.access import Viewer
from escalations.models import Escalation
from escalations.refusals import Refused
from routing import matching, vouched
from routing.matching import Id, Match, Terms, WaitingCase
from routing.offers import crew, making, matching_input
from routing.offers.matching_input import Picture

log = structlog.get_logger(__name__)

LOOKED_AT_MAX = 4_000


def dispatch(now: datetime) -> int:
    """Offer what waits to whom it suits best, one case to each; counts the offers."""
    made, first = 0, matching_input.FIRST_OF_EACH
    among: set[int] | None = None
    while first <= LOOKED_AT_MAX:
        seen = matching_input.taken(now, first=first, among=among)
        plan = matching.match(seen.cases, seen.people, seen.now, seen.terms)
        asked = [one.person for one in _one_each(plan.matches) if _offer(one, seen, now)]
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


def in_turn(viewer: Viewer, now: datetime) -> Iterator[int]:
    """The numbers of the cases that this person could take from the list, the one to take next
    first; each further one is for where those before it went to somebody else."""
    person = crew.by_themselves(viewer.user_id, now)
    if person is None:
        return
    requirements, first = access.requirements_for(viewer), matching_input.FIRST_OF_EACH
    gone: set[Id] = set()
    while first <= LOOKED_AT_MAX:
        seen = matching_input.for_one(person, requirements, now, first=first)
        # Whoever asks for a case wants one now, and not room kept for a larger one.
        terms = replace(seen.terms, keep_free_min=0.0)
        while plan := _matches([one for one in seen.cases if one.id not in gone], seen, terms):
            for match in plan:
                gone.add(match.case)
                yield int(match.case)
        if not seen.full(first):
            return
        # Those in front suit them not at all, or went to others; more wait behind.
        first *= 10


def _matches(cases: list[WaitingCase], seen: Picture, terms: Terms) -> tuple[Match, ...]:
    return matching.match(cases, seen.people, seen.now, terms).matches if cases else ()


def _one_each(matches: Iterable[Match]) -> list[Match]:
    """The most valuable for each person."""
    best: dict[Id, Match] = {}
    # The plan is in the order of value, and may hold several for one person, who answers one thing
    # at a time; the rest is planned anew.
    for match in matches:
        best.setdefault(match.person, match)
    return list(best.values())


def _offer(match: Match, seen: Picture, now: datetime) -> bool:
    """False where the case or the person changed or is locked; that holds up no other offer, and
    the next round looks again."""
    until = now + timedelta(seconds=seen.offer_s)
    # Around the transaction, not inside it: PostgreSQL refuses whatever follows an error in one.
    try:
        with transaction.atomic():
            to = access.viewer_by_id(int(match.person))
            case = Escalation(number=int(match.case))
            facts = {"ring": match.ring, "offer": vouched.of_match(match)}
            case = lifecycle.offer(case, to=to, until=until, facts=facts, now=now)
            making.keep(case, match, until=until, now=now)
    except (DatabaseError, Refused) as error:
        log.info("offer_not_made", case=match.case, person=match.person, error=str(error))
        return False
    return True
