"""Work finds its person: look at what waits and who is free, match, offer.

Runs whenever something changed, and once a second. Any number of dispatchers do no harm: each
offer is made under the lock of its case, and takes units that must be free.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, transaction

from escalations import access, lifecycle
from escalations.access import Viewer
from escalations.models import Escalation
from escalations.refusals import Refused
from routing import matching, vouched
from routing.matching import Id, Match
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


def next_for(viewer: Viewer, now: datetime) -> int | None:
    """The number of the case that this person should take next from the list; None if none."""
    person = crew.by_themselves(viewer.user_id, now)
    if person is None:
        return None
    seen = matching_input.for_one(person, viewer.username, access.requirements_for(viewer), now)
    plan = matching.match(seen.cases, seen.people, seen.now, seen.terms)
    return int(plan.matches[0].case) if plan.matches else None


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
