"""Asking for a case that somebody else holds: they keep it or hand it over; silence hands it over.

The rows are the truth; notices and announcements on screen are only sooner. Every rule locks the
escalation first, so that the holder's decision, their answer and the end of the time come in turn.
"""

from datetime import datetime, timedelta
from functools import partial
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from console.database.gathering import Together
from escalations import access, lifecycle
from escalations.access import Viewer
from escalations.lifecycle import approvals, guards
from escalations.live import hints
from escalations.models import Escalation, State
from escalations.record import kinds
from escalations.record.lines import Actor
from escalations.refusals import By, Conflict, NotAllowed, Refused
from routing.alerts import notices
from routing.models import Handover, Notice, Presence
from routing.people import units

COURTESY = Handover.COURTESY
# Whoever was told that it stays where it is does not ask the same person again so soon.
ASK_AGAIN = timedelta(minutes=5)
BATCH = 200
Kind, Outcome = Notice.Kind, Handover.Outcome


@transaction.atomic
def ask(escalation: Escalation, *, by: Viewer, now: datetime) -> Escalation:
    """Ask the holder; a supervisor takes the case at once. Asking twice asks once.

    Raises Conflict if nobody else holds it, somebody asked before or the holder has just kept it,
    NotAllowed for whom the case excludes or who has no room for it.
    """
    escalation = lifecycle.locked(escalation, now=now)
    holder = _holder(escalation, by)
    # Before it counts who leads: a supervisor may be excluded too.
    approvals.require_may_hold(escalation, by)
    if by.leads:
        return _take(escalation, by, now)
    _require_room(escalation, by)
    asked = _open(escalation)
    if asked is not None and asked.asked_by_id != by.user_id:
        name = asked.asked_by.get_full_name()
        who = By(asked.asked_by.username, name)
        raise Conflict("asked", f"{name} has asked for it already.", by=who, at=asked.until)
    if asked is None:
        _require_not_kept(escalation, holder, by, now)
        Handover.objects.create(
            escalation=escalation, asked_by_id=by.user_id, holder_id=escalation.held_by_id or 0,
            asked_at=now, until=now + COURTESY,
        )  # fmt: skip
        _note(escalation, "handover_asked", by, {"from": holder.id}, now)
        text = f"{by.name} asks to take over {escalation.case_number}."
        notices.tell([escalation.held_by_id or 0], Kind.ASKED, text, escalation, now=now)
    return escalation


@transaction.atomic
def keep(escalation: Escalation, *, by: Viewer, now: datetime) -> Escalation:
    """The holder keeps the case, and whoever asked is told. Raises Conflict once it is answered."""
    escalation = lifecycle.locked(escalation, now=now)
    asked = _asked_of(escalation, by)
    _close(asked, Outcome.KEPT, now)
    _note(escalation, "handover_kept", by, {"from": asked.asked_by.username}, now)
    text = f"{by.name} keeps {escalation.case_number}."
    notices.tell([asked.asked_by_id], Kind.KEPT, text, escalation, now=now)
    return escalation


@transaction.atomic
def give(escalation: Escalation, *, by: Viewer, now: datetime) -> Escalation:
    """The holder hands it over now. Raises Conflict once it is answered, or if whoever asked
    cannot take it any more."""
    escalation = lifecycle.locked(escalation, now=now)
    asked = _asked_of(escalation, by)
    try:
        return _given(asked, escalation, f"{by.name} handed you {escalation.case_number}.", now)
    except NotAllowed:
        name = asked.asked_by.get_full_name()
        text = f"{name} cannot take it at the moment; it stays yours."
        raise Conflict("asker_full", text) from None


def open_for(user_id: int) -> list[Handover]:
    """The questions that this person asked or must answer, the oldest first."""
    theirs = Handover.objects.filter(Q(holder=user_id) | Q(asked_by=user_id), outcome=Outcome.OPEN)
    found = theirs.select_related("escalation", "holder", "asked_by")
    return list(found.order_by("asked_at", "pk"))


def sweep(now: datetime) -> int:
    """Settle what is due, or was settled by what happened meanwhile; counts. Safe to run twice."""
    found = list(due(now).order_by("until").values_list("pk", flat=True)[:BATCH])
    return sum(settle(pk, now=now) for pk in found)


def due(now: datetime) -> QuerySet[Handover]:
    """Open questions whose time came, or whose case nobody holds any more."""
    moved = ~Q(escalation__state__in=State.held())
    return Handover.objects.filter(Q(until__lte=now) | moved, outcome=Outcome.OPEN)


@transaction.atomic
def settle(number: int, *, now: datetime) -> bool:
    """Give this case to whoever asked, if its time came or nobody holds it any more and they are
    there and have room; otherwise end the question. False if nothing is due."""
    asked = Handover.objects.filter(pk=number).first()
    if asked is None:
        return False
    escalation = lifecycle.locked(asked.escalation, now=now)
    # Read anew behind the lock of the case, under which every answer is given: what was read above
    # may be answered since.
    asked = Handover.objects.select_for_update(of=("self",)).get(pk=number)
    held = escalation.state in State.held() and escalation.held_by_id == asked.holder_id
    if asked.outcome != Outcome.OPEN or (held and asked.until > now):
        return False
    if (held or escalation.state in guards.FREE) and _is_there(asked.asked_by_id):
        try:
            # A savepoint: where they cannot have it, that much is undone, and the question still
            # ends.
            with transaction.atomic():
                _given(asked, escalation, f"{escalation.case_number} is yours now.", now)
            return True
        except Refused as refused:
            _end(asked, escalation, refused.detail, now)
            return True
    _end(asked, escalation, _why_not(asked, escalation, held=held), now)
    return True


def follow(*, escalation: Escalation, before: str, kind: str, together: Together, **_: Any) -> None:
    """Hears `moves.moved`: what a holder gives back goes to whoever asked, before it is offered to
    others. Everything else is found by the sweep."""
    if before in State.held() and kinds.of(kind).comes_back:
        together(_settle_soon, escalation.pk)


def _settle_soon(numbers: list[int], now: datetime) -> None:
    asked = Handover.objects.filter(escalation__among=numbers, outcome=Outcome.OPEN)
    for pk in asked.values_list("pk", flat=True):
        # After the commit, as this move is not written yet and the next one builds on it.
        transaction.on_commit(partial(settle, pk, now=now), robust=True)


def _given(asked: Handover, escalation: Escalation, words: str, now: datetime) -> Escalation:
    """Raises NotAllowed or Conflict if they cannot have it."""
    to = access.viewer_by_id(asked.asked_by_id)
    if escalation.state in State.held():
        done = lifecycle.hand_over(escalation, holder=asked.holder_id, to=to, now=now)
        gone = f"{to.name} took over {escalation.case_number}."
        notices.tell([asked.holder_id], Kind.TAKEN, gone, escalation, now=now)
    else:
        done = lifecycle.claim(escalation, by=to, now=now)
    _close(asked, Outcome.GIVEN, now)
    notices.tell([to.user_id], Kind.GIVEN, words, escalation, now=now)
    return done


def _take(escalation: Escalation, by: Viewer, now: datetime) -> Escalation:
    """Who leads asks nobody; an open question of somebody else ends."""
    holder, asked = escalation.held_by_id or 0, _open(escalation)
    done = lifecycle.hand_over(escalation, holder=holder, to=by, now=now)
    text = f"{by.name} took over {escalation.case_number}."
    notices.tell([holder], Kind.TAKEN, text, escalation, now=now)
    if asked is not None:
        _end(asked, escalation, text, now)
    return done


def _end(asked: Handover, escalation: Escalation, why: str, now: datetime) -> None:
    _close(asked, Outcome.OVER, now)
    notices.tell([asked.asked_by_id], Kind.KEPT, why, escalation, now=now)
    hints.announce(escalation)


def _why_not(asked: Handover, escalation: Escalation, *, held: bool) -> str:
    name = asked.holder.get_full_name()
    if held or escalation.state in guards.FREE:
        return f"You were not there, so {escalation.case_number} was not handed to you."
    elif escalation.state == State.DECIDED:
        return f"{name} decided {escalation.case_number} meanwhile."
    else:
        state = escalation.get_state_display().lower()
        return f"{escalation.case_number} is not {name}’s any more: it is {state}."


def _close(asked: Handover, outcome: str, now: datetime) -> None:
    asked.outcome, asked.answered_at = outcome, now
    asked.save(update_fields=["outcome", "answered_at"])


def _note(
    escalation: Escalation, kind: str, by: Viewer, facts: dict[str, str], now: datetime
) -> None:
    lifecycle.note(escalation, kind, actor=Actor("person", by.username), facts=facts, now=now)


def _asked_of(escalation: Escalation, by: Viewer) -> Handover:
    asked = _open(escalation)
    if asked is None or asked.holder_id != by.user_id or escalation.held_by_id != by.user_id:
        raise Conflict("not_asked", "Nobody asks you for this case any more.")
    return asked


def _holder(escalation: Escalation, by: Viewer) -> By:
    if escalation.state not in State.held():
        guards.require_open(escalation)
        raise Conflict("not_held", "Nobody holds it any more; open it to take it.")
    if escalation.held_by_id == by.user_id:
        raise Conflict("yours", "You hold it already.")
    holder = guards.person_of(escalation)
    assert holder is not None, "A held case has a holder."
    return holder


def _require_room(escalation: Escalation, by: Viewer) -> None:
    taken, whole = units.load(by.user_id)
    if whole - taken < escalation.units:
        raise NotAllowed("full", "You hold as many cases as you can; decide or release one first.")


def _require_not_kept(escalation: Escalation, holder: By, by: Viewer, now: datetime) -> None:
    kept = Handover.objects.filter(
        escalation=escalation, asked_by=by.user_id, holder=escalation.held_by_id,
        outcome=Outcome.KEPT, answered_at__gt=now - ASK_AGAIN,
    ).first()  # fmt: skip
    if kept is not None and kept.answered_at is not None:
        again = kept.answered_at + ASK_AGAIN
        # Rounded up, or whoever waits so long would be refused once more.
        minutes = ceil((again - now) / timedelta(minutes=1))
        text = f"{holder.name} keeps it; you can ask again in {minutes} min."
        raise Conflict("kept", text, by=holder, at=again)


def _is_there(user_id: int) -> bool:
    there = (Presence.State.PRESENT, Presence.State.BUSY)
    return Presence.objects.filter(person=user_id, state__in=there).exists()


def _open(escalation: Escalation) -> Handover | None:
    found = Handover.objects.filter(escalation=escalation.pk, outcome=Outcome.OPEN)
    return found.select_related("asked_by").first()
