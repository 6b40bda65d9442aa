"""The offers themselves: kept with the numbers of their decision, closed when the case moves on."""

from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from console.database.gathering import Together
from console.hints import hub, nudge
from console.models import User
from escalations import eligibility, lifecycle
from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.record import kinds
from escalations.record.kind import OfferEnds
from escalations.refusals import Conflict
from routing import matching, vouched
from routing.attendance import presence
from routing.matching import Match
from routing.models import Offer
from routing.offers import hands

Outcome = Offer.Outcome
BATCH = 200
# A rider has one `%s`, the number of the case (`writes.update`), so that no time goes in here.
ACCEPTING = (
    "UPDATE routing_offer SET outcome = 'accepted' WHERE escalation_id IN (%s) AND outcome = 'open'"
)


def keep(escalation: Escalation, match: Match, *, until: datetime, now: datetime) -> Offer:
    """The row of an offer that matching made, in the transaction in which the case moved, and in
    which the person's units are locked. Raises Conflict where they have another to answer, and
    where they began to work on one that is no less urgent.
    """
    # Asked here, not when the plan was made: two dispatchers have pictures of their own.
    if Offer.objects.filter(person=int(match.person), outcome=Outcome.OPEN).exists():
        raise Conflict("asked", "They are asked for something else just now.")
    in_hand = hands.of([int(match.person)], now).get(int(match.person), hands.STILL)
    if not eligibility.is_above(escalation.level, in_hand.level):
        raise Conflict("at_work", "They are working on another case just now.")
    offer = Offer.objects.create(
        escalation=escalation,
        person_id=int(match.person),
        offered_at=now,
        until=until,
        value=match.value,
        place=match.place,
        of=match.of,
        runner_up_id=None if match.runner_up is None else int(match.runner_up),
        runner_up_value=match.runner_up_value,
        ring=match.ring,
        minutes=match.minutes,
        why=matching.why(match),
    )
    _tell(offer.person_id, escalation)
    return offer


def open_for(user_id: int) -> list[Offer]:
    """What this person may accept or decline now, the oldest offer first."""
    theirs = Offer.objects.filter(person=user_id, outcome=Outcome.OPEN)
    return list(theirs.select_related("escalation", "given_by").order_by("offered_at", "pk"))


def last_of(escalation: Escalation) -> Offer | None:
    """The offer by which the case came to who has it, or the last that was made of it."""
    made = Offer.objects.filter(escalation=escalation).exclude(outcome=Outcome.RELEASED)
    return made.select_related("person", "given_by", "runner_up").order_by("-pk").first()


def sweep(now: datetime) -> int:
    """End the offers that nobody answered in time; counts."""
    found = list(over(now).order_by("offer_until", "number")[:BATCH])
    # A lost connection is no refusal: theirs go back as those of somebody who is not there.
    silent = presence.silent({case.offered_to_id or 0 for case in found}, now)
    lost = {person for person in silent if presence.lose(person, now=now)}
    ended = [case.offered_to_id in lost or lifecycle.end_offer(case, now=now) for case in found]
    return sum(ended)


def over(now: datetime) -> QuerySet[Escalation]:
    """What was offered and not answered in time."""
    return Escalation.objects.filter(state__written=(State.OFFERED,), offer_until__lt=now)


def follow(
    *,
    escalation: Escalation,
    before: str,
    by: Viewer | None,
    kind: str,
    facts: dict[str, Any],
    now: datetime,
    together: Together,
    **_: Any,
) -> str | None:
    """Hears `moves.moved`: closes the open offer unless it still stands, keeps what was given by a
    person, remembers who gave the case up, and has dispatch look again."""
    # Context and revisions move an offered case as well, and its offer stands.
    over = escalation.state != State.OFFERED or kind == "reassigned"
    rider = _close(escalation, kind, facts, now) if before == State.OFFERED and over else None
    # Not before the open row is closed: a case has one open offer.
    to, until = escalation.offered_to_id, escalation.offer_until
    if kind == "reassigned":
        # Given to who had it already: nobody gave anything up.
        if facts["from"] != facts["to"]:
            together(_remember_all, _GivenUp(escalation, Outcome.RELEASED, facts["from"]))
        if by is not None and to is not None and until is not None:
            _keep_given(escalation, by, to, until, now)
    elif before in State.held() and (gave_up := _given_up(kind)):
        username = by.username if by else facts.get("holder", "")
        reason = Offer.GONE if kind == "lease_ended" and facts.get("idle") is False else ""
        # What they hold is counted on every page of theirs, and ended without them.
        together(_remember_all, _GivenUp(escalation, gave_up, username, reason, is_told=by is None))
    if kind != "offered":  # That frees nobody, and is what dispatch itself does.
        nudge.nudge("dispatch")
    return rider


def _close(escalation: Escalation, kind: str, facts: dict[str, Any], now: datetime) -> str | None:
    """A decision is one statement without a transaction: then the answer is a rider of it."""
    ends, whose = kinds.of(kind).offer, kinds.of(kind).has
    # Accepted, and nobody has it afterwards: it was answered without being held.
    if ends is OfferEnds.ACCEPTED and whose is None:
        return ACCEPTING
    offer = Offer.objects.filter(escalation=escalation, outcome=Outcome.OPEN).first()
    if offer is None:
        return None
    offer.outcome, offer.answered_at = Outcome(ends), now
    answered = ends is not OfferEnds.WITHDRAWN
    offer.reason = str(facts.get("reason") or ("" if answered else kind))[:100]
    offer.save(update_fields=["outcome", "answered_at", "reason"])
    if offer.outcome == Outcome.MISSED:
        presence.missed(offer.person_id, since=offer.offered_at, now=now)
    elif offer.outcome == Outcome.DECLINED:
        presence.declined(offer.person_id, reason=offer.reason, now=now)
    _tell(offer.person_id, escalation)
    return None


def _given_up(kind: str) -> str:
    """How whoever held the case gave it up by this line; empty where they did not."""
    row = kinds.of(kind)
    if row.offer is OfferEnds.PASSED_ON:
        return Outcome.PASSED_ON
    else:
        return Outcome.RELEASED if row.comes_back else ""


def _keep_given(
    escalation: Escalation, by: Viewer, to: int, until: datetime, now: datetime
) -> None:
    Offer.objects.create(
        escalation=escalation,
        person_id=to,
        given_by_id=by.user_id,
        offered_at=now,
        until=until,
        why=f"{by.name}{vouched.GAVE}",
    )
    _tell(to, escalation)


class _GivenUp(NamedTuple):
    """Who gave a case up, and how."""

    escalation: Escalation
    outcome: str
    username: str
    reason: str = ""
    is_told: bool = False


def _remember_all(given_up: list[_GivenUp], now: datetime) -> None:
    """Whoever had a case and gave it up, or from whom a supervisor took it, is not offered it again
    before others."""
    found = User.objects.filter(username__in={one.username for one in given_up})
    people = dict(found.values_list("username", "pk"))
    known = [one for one in given_up if one.username in people]
    Offer.objects.bulk_create(
        Offer(
            escalation=case, person_id=people[username], offered_at=now, until=now, answered_at=now,
            outcome=outcome, reason=reason, why="",
        )
        for case, outcome, username, reason, _ in known
    )  # fmt: skip
    for case, _, username, _, is_told in known:
        if is_told:
            _tell(people[username], case)


def _tell(user_id: int, escalation: Escalation) -> None:
    message = {
        "type": "notice",
        "person": user_id,
        "kind": "offer",
        "escalation": escalation.id,
    }
    # `robust`, because the offer is stored by then: a hint that fails is logged and undoes nothing.
    transaction.on_commit(partial(hub.publish, message), robust=True)
