"""A supervisor gives cases to a person or back to the queue, each by itself: all that can be are,
and of each that cannot it is said who was faster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction

from console.models import User
from escalations import access, eligibility, lifecycle
from escalations.access import Viewer
from escalations.lifecycle import guards
from escalations.models import Escalation, State
from escalations.record import kinds
from escalations.record_screen import in_short
from escalations.refusals import By, Conflict, Invalid, NotAllowed, NotFound, Refused
from routing.alerts import notices
from routing.attendance import presence
from routing.models import Notice, Offer

OFFER = timedelta(seconds=120)
REASON_LENGTH = 200
REVISED = "may not have it as the agent has revised it"


@dataclass(frozen=True, slots=True)
class Wish:
    """One case to be given, at the version that the supervisor saw."""

    escalation: str
    version: int


@dataclass(frozen=True, slots=True)
class Given:
    """What became of one wish."""

    wish: Wish
    case_number: str
    refused: Refused | None = None
    to_name: str = ""


def reassign(
    wishes: Iterable[Wish],
    *,
    to: str,
    reason: str,
    by: Viewer,
    now: datetime,
    although: bool = False,
) -> list[Given]:
    """Give each case to the person with this username, who alone may answer for 120 s, or (empty)
    back to the queue. Whoever had one is told the reason.

    Somebody below the required skill only with `although`. Raises NotAllowed for who does not lead,
    Invalid for a reason that is too long or a person there is not; what goes wrong with one case is
    told in its own answer.
    """
    _require_leads(by)
    if len(reason) > REASON_LENGTH:
        raise Invalid(f"Use at most {REASON_LENGTH} characters for the reason.")
    order = _Order(_person(to) if to else None, reason.strip(), although, by, now)
    return [_answer(wish, order) for wish in wishes]


def follow(
    *,
    escalation: Escalation,
    before: str,
    kind: str,
    facts: Mapping[str, Any],
    now: datetime,
    **_: Any,
) -> None:
    """Hears `moves.moved`: what was given and not taken up returns, and the supervisor is told."""
    returned = kinds.of(kind).returned
    if before != State.OFFERED or not returned:
        return
    made = Offer.objects.filter(escalation=escalation).select_related("person")
    # Rows that remember who gave it up are no offers. Whether `making.follow` heard of this move
    # first or not, its offer is open or was answered just now.
    offer = made.exclude(outcome=Offer.Outcome.RELEASED).order_by("-pk").first()
    if offer is None or (offer.outcome != Offer.Outcome.OPEN and offer.answered_at != now):
        return
    # Who gave it to themselves saw it go.
    if offer.given_by_id not in {None, offer.person_id}:
        why = REVISED if facts.get("reason") == "revised" else returned
        text = f"{escalation.case_number} is back in the queue: {offer.person.name}"
        notices.tell(
            [offer.given_by_id],
            Notice.Kind.RETURNED,
            f"{text} {why}.",
            escalation,
            now=now,
        )


def _person(username: str) -> Viewer:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Invalid(f"There is nobody called {username} who could take it.")
    return access.viewer_of(user)


@dataclass(frozen=True, slots=True)
class _Order:
    """To whom, why and by whom: the same for all cases of one asking."""

    to: Viewer | None
    reason: str
    although: bool
    by: Viewer
    now: datetime


def _answer(wish: Wish, order: _Order) -> Given:
    escalation = Escalation.objects.filter(id=wish.escalation).first()
    if escalation is None:
        return Given(wish, wish.escalation, NotFound("not_found", "There is no such case."))
    try:
        access.as_they_may(
            order.by, lambda by: _give(escalation, wish.version, replace(order, by=by))
        )
    except Conflict as refused:
        return Given(wish, escalation.case_number, _with_who(escalation, refused))
    except Refused as refused:
        return Given(wish, escalation.case_number, _of_them(refused, order.to))
    return Given(wish, escalation.case_number, to_name=order.to.name if order.to else "")


def _require_leads(by: Viewer) -> None:
    if not by.leads:
        raise NotAllowed("not_allowed", "Only supervisors give cases to others.")


@transaction.atomic
def _give(escalation: Escalation, version: int, order: _Order) -> None:
    _require_leads(order.by)
    current = Escalation.objects.select_for_update().get(pk=escalation.pk)
    to = order.to
    # Where it has moved on, `lifecycle.reassign` says who was faster, which tells more than what
    # speaks against this person.
    if to is not None and current.version == version:
        _require_there(to)
        _require_able(current, to, order.although)
    held, offered = current.held_by_id, current.offered_to_id
    had = held or offered
    lifecycle.reassign(
        current,
        by=order.by,
        version=version,
        to=to,
        until=order.now + OFFER,
        text=order.reason,
        now=order.now,
    )
    if had is not None and had not in {order.by.user_id, to.user_id if to else None}:
        # To whom it was only offered has written nothing.
        kept = " What you wrote is kept." if held else ""
        text = f"{_taken(current.case_number, order)}{kept}"
        notices.tell([had], Notice.Kind.TAKEN, text, current, now=order.now)
    access.require_rights(order.by)


def _taken(case_number: str, order: _Order) -> str:
    target = f"to {order.to.name}" if order.to else "back to the queue"
    because = f": {order.reason.rstrip('.')}" if order.reason else ""
    return f"{order.by.name} gave {case_number} {target}{because}."


def _require_there(to: Viewer) -> None:
    """An offer to who is not available would go back at once."""
    row = presence.of([to.user_id]).get(to.user_id)
    if not presence.takes_work(row):
        state = row.get_state_display().lower() if row else "offline"
        raise NotAllowed("not_there", f"{to.name} is {state} now; it would come back at once.")


def _require_able(escalation: Escalation, to: Viewer, although: bool) -> None:
    lack = eligibility.lack(to, escalation.requirement.skills)
    if not lack:
        return
    lack = f"{to.name}: {lack[0].lower()}{lack[1:]}"
    if eligibility.bar(to, access.case_of(escalation)) == "below":
        raise NotAllowed("below", f"{lack}; this work is never given below it.")
    if not although:
        raise NotAllowed("below", f"{lack}. Tick “although” to give it all the same.")


def _of_them(refused: Refused, to: Viewer | None) -> Refused:
    """The rule speaks to whoever would hold the case; here somebody else reads it."""
    if refused.code == "full" and to is not None:
        refused = NotAllowed("full", f"{to.name} has not enough free for it.")
    return refused


def _with_who(escalation: Escalation, refused: Conflict) -> Conflict:
    """Who was faster, what they did and when, from the last line that changed it."""
    last = guards.last_move(escalation)
    if last is None:
        return refused
    document = orjson.loads(bytes(last.body))
    who = _name(str(document["actor"]))
    text = _told(last.kind, who.name if who else "Baton", document["facts"])
    return Conflict(refused.code, text, by=who or refused.by, at=last.at)


def _name(actor: str) -> By | None:
    username = actor.removeprefix("person:")
    user = User.objects.filter(username=username).first() if username != actor else None
    return By(user.username, user.name) if user else None


def _told(kind: str, who: str, facts: dict[str, Any]) -> str:
    to = _name(f"person:{facts['to']}") if facts.get("to") else None
    return in_short.told(kinds.of(kind), facts, {to.id: to.name} if to else {}, who=who)
