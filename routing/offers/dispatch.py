"""Work finds its person: look at what waits and who is free, match, offer.

Runs whenever something changed, and once a second. Any number of dispatchers do no harm: each
offer is made under the lock of its case, and takes units that must be free.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, transaction

from console.database.looks import Look
from escalations import access, lifecycle
from escalations.access import Viewer
from escalations.models import Escalation
from escalations.refusals import Refused
from routing import matching, vouched
from routing.attendance import presence
from routing.matching import Id, Match, Picture, Terms, WaitingCase, rounds
from routing.offers import crew, making, matching_input

log = structlog.get_logger(__name__)
# Without either there is nothing to match.
_look = Look(lambda now: {"waiting": Escalation.objects.waiting(), "there": presence.there(now)})


def dispatch(now: datetime) -> int:
    """Offer what waits to whom it suits best, one case to each; counts the offers."""
    if not _look.at(now) >= {"waiting", "there"}:
        return 0
    return matching.hand_out(
        lambda first, among: matching_input.taken(now, first=first, among=among),
        lambda match, seen: _offer(match, seen, now),
    )


def in_turn(viewer: Viewer, now: datetime) -> Iterator[int]:
    """The numbers of the cases that this person could take from the list, the one to take next
    first; each further one is for where those before it went to somebody else."""
    person = crew.by_themselves(viewer.user_id, now)
    if person is None:
        return
    requirements, first = access.requirements_for(viewer), rounds.FIRST_OF_EACH
    gone: set[Id] = set()
    while first <= rounds.LOOKED_AT_MAX:
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
