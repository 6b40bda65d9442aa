"""Why nobody yet, why nothing comes: read from the same picture and rule that hand work out."""

from dataclasses import replace
from datetime import datetime

from escalations.access import Viewer
from escalations.models import Escalation, State
from routing import matching
from routing.models import Offer
from routing.offers import crew, making, matching_input, pulling

NO_TEAM = "You take work from the list; nothing is offered to you."
READS_ONLY = "You read cases and decide none, so nothing is offered to you."
KEPT = "Kept for {}."


def why_nobody(number: int, now: datetime, to: int | None = None) -> str:
    """Why this case has not found anybody yet, as it is said to this person; empty where it does
    not wait."""
    there = crew.there(now)
    seen = matching_input.only([number], now, before=there)
    if number in seen.kept:
        return KEPT.format(seen.kept[number])
    elif not seen.cases:
        return ""
    # Of all that waits, not of this case alone: only so it shows whom the rule keeps free.
    plan = matching.match(matching_input.taken(now).cases, seen.people, seen.now, seen.terms)
    offered = {one.id for one in seen.people}
    listing = [replace(one, stands_by=one.leads) for one in there if one.id not in offered]
    return matching.why_nobody(
        seen.cases[0], seen.people, seen.now, seen.terms, plan, others=listing, to=to
    )


def why_nothing(user_id: int, now: datetime) -> str:
    """Why nothing is offered to this person now."""
    seen = matching_input.taken(now)
    me = next((person for person in seen.people if person.id == user_id), None)
    if me is None:
        found = crew.of([user_id], now)
        if not found:
            return READS_ONLY
        elif found[0].available:
            return NO_TEAM
        me = found[0]
    return matching.why_nothing(me, seen.cases, seen.people, seen.now, seen.terms)


def why_not_next(escalation: Escalation, viewer: Viewer, now: datetime) -> str:
    """What Take next does with this case for this person, by the rule that it follows; empty where
    they take nothing from the list, or it does not wait."""
    offered = escalation.state == State.OFFERED and escalation.offered_to_id == viewer.user_id
    waits = offered or escalation.state in {State.WAITING, State.SECOND}
    person = crew.by_themselves(viewer.user_id, now) if waits else None
    if person is None or not pulling.may_take(viewer):
        return ""
    first = next(pulling.in_turn(viewer, now), None)
    if first == escalation.number:
        return "Take next gives you this one."
    elif over := _passed_over(escalation.number, person, now):
        return f"Take next passes it over: {over}"
    else:
        return _goes_first(Escalation.objects.get(pk=first), escalation) if first else ""


def _goes_first(other: Escalation, escalation: Escalation) -> str:
    gives = f"Take next gives you {other.case_number} first"
    if other.state == State.OFFERED:
        return f"{gives}, which is yours to accept."
    elif (other.rank, other.number) < (escalation.rank, escalation.number):
        return f"{gives}, which stands before it."
    else:
        # The list goes by when an answer is due, and the rule by what waiting costs as well.
        return f"{gives}: waiting costs more there."


def _passed_over(number: int, person: matching.Worker, now: datetime) -> str:
    seen = matching_input.one_for(person, number, now)
    if number in seen.kept:
        return KEPT.format(seen.kept[number])
    found = [matching.why_passed_over(one, person, seen.now, seen.terms) for one in seen.cases]
    return found[0] if found else ""


def why_this_person(escalation: Escalation) -> Offer | None:
    """The offer whose stored sentence says why the case came to who has it."""
    if escalation.state not in {State.OFFERED, *State.held(), State.DECIDED}:
        return None
    offer = making.last_of(escalation)
    person = escalation.offered_to_id or escalation.held_by_id or escalation.decided_by_id
    return offer if offer is not None and offer.person_id == person else None


def why_offered(
    escalation: Escalation, to: int | None = None
) -> dict[tuple[datetime, str], tuple[datetime, str]]:
    """Until when and why, as it is said to this person, for each offer that was made of it: by its
    time and whom it was made to.

    Rows that only remember who gave a case up tell no reason, and are no offers.
    """
    made = Offer.objects.filter(escalation=escalation).exclude(why="")
    rows = made.values_list("offered_at", "person", "person__username", "until", "why")
    return {
        (at, username): (
            until,
            why if person == to else f"They were told: “{why.removesuffix('.')}”",
        )
        for at, person, username, until, why in rows
    }
