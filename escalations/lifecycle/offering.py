"""Offers: one case proposed to one person for a time, and what they answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from escalations.access import Viewer
from escalations.lifecycle import approvals, guards, holding, moves
from escalations.models import Escalation, Remark, State
from escalations.record import lines, vouching


@transaction.atomic
def offer(
    escalation: Escalation,
    *,
    to: Viewer,
    until: datetime,
    facts: Mapping[str, Any] | None = None,
    now: datetime,
) -> Escalation:
    """Propose a free case to one person until that time; it takes their units meanwhile.

    Raises Conflict if it is free no longer, NotAllowed if they may not decide it or hold too much.
    """
    escalation = moves.locked(escalation, now=now)
    guards.require_free(escalation)
    approvals.require_eligible(escalation, to)
    before = escalation.state
    propose(escalation, to, until=until)
    facts = {"to": to.username, "until": lines.timestamp(until), **(facts or {})}
    return moves.move(escalation, "offered", before=before, by=None, now=now, facts=facts)


@transaction.atomic
def accept(escalation: Escalation, *, by: Viewer, now: datetime) -> Escalation:
    """The person who has the offer holds the case. Raises Conflict once the offer is over."""
    current = moves.locked(escalation, now=now)
    # Accepted twice (a double click, two tabs): theirs already, and no second line.
    if current.state in State.held() and current.held_by_id == by.user_id:
        return current
    guards.require_offered(current, by, now=now)
    return holding.claim(current, by=by, now=now)


@transaction.atomic
def decline(
    escalation: Escalation, *, by: Viewer, reason: str, text: str = "", now: datetime
) -> Escalation:
    """Give the offer back with a reason; the case keeps its age. Raises Conflict once over."""
    escalation = moves.locked(escalation, now=now)
    guards.require_offered(escalation, by, now=now)
    holding.let_go(escalation)
    said = _said(by, reason, text, now) if text else []
    facts = {"from": by.username, "reason": reason}
    facts |= vouching.words(escalation, said[0]) if said else {}
    return moves.move(
        escalation, "declined", before=State.OFFERED, by=by, now=now, facts=facts, rows=said
    )


@transaction.atomic
def end_offer(escalation: Escalation, *, now: datetime) -> bool:
    """Take back an offer that was not answered in time; False if it was, or is not due."""
    escalation = moves.locked(escalation, now=now)
    person, until = escalation.offered_to, escalation.offer_until
    # Answered, taken back or prolonged since the sweep chose it.
    if escalation.state != State.OFFERED or person is None or until is None or until >= now:
        return False
    holding.let_go(escalation)
    facts = {"from": person.username}
    moves.move(escalation, "offer_missed", before=State.OFFERED, by=None, now=now, facts=facts)
    return True


@transaction.atomic
def withdraw(escalation: Escalation, *, whose: int, reason: str, now: datetime) -> bool:
    """Take an unanswered offer back from a person who is not there for it; False if it is over."""
    escalation = moves.locked(escalation, now=now)
    person = escalation.offered_to
    # Whoever asks for this read the case before: it may be another's offer by now.
    if escalation.state != State.OFFERED or person is None or person.pk != whose:
        return False
    holding.let_go(escalation)
    facts = {"from": person.username, "reason": reason}
    moves.move(escalation, "offer_withdrawn", before=State.OFFERED, by=None, now=now, facts=facts)
    return True


@transaction.atomic
def prolong(escalation: Escalation, *, whose: int, until: datetime, now: datetime) -> bool:
    """This person has until then to answer, if that is later; False if they have as long already,
    or the offer is over. No new version, no line: whom it is offered to stays the same."""
    escalation = moves.locked(escalation, now=now)
    has = escalation.offer_until
    if escalation.state != State.OFFERED or escalation.offered_to_id != whose or has is None:
        return False
    # What is over is over: its answer would have been refused already.
    if not now <= has < until:
        return False
    escalation.offer_until = until
    escalation.save(update_fields=["offer_until"])
    return True


@transaction.atomic
def take_back(escalation: Escalation, *, whose: int, reason: str, now: datetime) -> bool:
    """End the hold or the offer of a person who may not decide the case any more; it keeps its age.
    False if they have neither."""
    ended = holding.end_hold(escalation, whose=whose, reason=reason, now=now)
    return ended or withdraw(escalation, whose=whose, reason=reason, now=now)


def propose(escalation: Escalation, to: Viewer, *, until: datetime) -> None:
    """It is this person's to answer until then."""
    # First, because it also clears an offer.
    holding.let_go(escalation)
    escalation.state = State.OFFERED
    escalation.offered_to_id, escalation.offer_until = to.user_id, until


def _said(by: Viewer, reason: str, text: str, now: datetime) -> list[Remark]:
    return [
        Remark(person_id=by.user_id, kind=Remark.Kind.DECLINED, target=reason, text=text, at=now)
    ]
