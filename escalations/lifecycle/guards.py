"""What must hold before an act, and who and when is named where it does not.

All run under the lock of the escalation and raise Conflict.
"""

from datetime import datetime, timedelta
from typing import Any

import orjson
from django.contrib.auth import get_user_model

from escalations.access import Viewer
from escalations.models import Escalation, Event, Remark, State
from escalations.record import kinds
from escalations.refusals import By, Conflict

FREE = (State.WAITING, State.SECOND)
# Of the lines that may have raised the version this many are looked through.
LINES_MAX = 50
# Longer than anybody waits for the lock of a case, by the database's time-outs.
WAIT_MAX = timedelta(minutes=2)


class Over(Conflict):
    """The time of this case ended at the latest at `moment`, and nothing was done about it yet:
    `ending.in_time` does that."""

    def __init__(self, escalation: Escalation, moment: datetime) -> None:
        super().__init__("over", "The time of this case is over.", at=escalation.expires_at)
        self.escalation, self.moment = escalation, moment


def is_over(escalation: Escalation, *, now: datetime) -> bool:
    """Whether its time ended without an answer, so that `on_timeout` has to act before all else.
    Nothing ends a conversation that people have, but they themselves."""
    ends = escalation.expires_at
    waits_on = escalation.on_timeout == "keep_waiting" or escalation.taken_over_at is not None
    return escalation.state in State.open() and not waits_on and ends is not None and ends <= now


def require_in_time(escalation: Escalation, *, now: datetime) -> None:
    """Its time goes on. Raises Over."""
    if is_over(escalation, now=now):
        raise Over(escalation, now)


def require_open(escalation: Escalation) -> None:
    """Nobody has answered yet, and it has not ended otherwise."""
    if escalation.state not in State.open():
        raise Conflict(
            "closed",
            f"This case is already {escalation.state}.",
            by=person_of(escalation),
            at=escalation.closed_at,
        )


def require_free(escalation: Escalation) -> None:
    """Nobody holds it, and it is neither offered to somebody nor put off."""
    require_open(escalation)
    if escalation.state in FREE:
        return
    who = person_of(escalation)
    name = who.name if who else "Somebody"
    if escalation.state == State.OFFERED:
        text = f"It is offered to {name} at the moment."
        raise Conflict("offered", text, by=who, at=escalation.offer_until)
    elif escalation.state == State.SNOOZED:
        text = "This case is snoozed."
        raise Conflict("snoozed", text, by=mover_of(escalation), at=escalation.snoozed_until)
    else:
        raise Conflict("held", f"{name} was faster.", by=who, at=escalation.held_at)


def is_offered_to(escalation: Escalation, by: Viewer) -> bool:
    """Whether this person has an offer of it, answered in time or not."""
    return escalation.state == State.OFFERED and escalation.offered_to_id == by.user_id


def require_offered(escalation: Escalation, by: Viewer, *, now: datetime) -> None:
    """This person has an offer of it that is not over."""
    if not is_offered_to(escalation, by):
        require_open(escalation)
        text = "This offer is over; the case went on."
        raise Conflict("offer_over", text, by=mover_of(escalation))
    # Asked of the clock as well, because an offer that is over stands until a sweep ends it.
    if escalation.offer_until is None or escalation.offer_until < now:
        text = "This offer is over; the case goes back to the queue with its age."
        raise Conflict("offer_over", text, at=escalation.offer_until)


def require_holder(escalation: Escalation, user_id: int, *, now: datetime) -> None:
    """This person holds it, and their lease runs at `now`."""
    require_held_by(escalation, user_id)
    # A sweep ends a lease some time after it is over; until then the row still says held.
    if escalation.lease_until is None or escalation.lease_until < now:
        text = "Your hold on this case ended; open it again."
        raise Conflict("lease_over", text, at=escalation.lease_until)


def require_held_by(escalation: Escalation, user_id: int) -> None:
    """It is theirs, though their lease may be over if nobody has ended it."""
    # Before `require_free`, which is content with a free case: this person had it and lost it.
    if escalation.state in {*FREE, State.OFFERED, State.SNOOZED}:
        # Also whoever never had it, and presses what stood there before it went to somebody else.
        text = "You do not hold this case now; open it again."
        raise Conflict("not_held", text, by=mover_of(escalation))
    if escalation.state not in State.held() or escalation.held_by_id != user_id:
        require_free(escalation)


def require_version(escalation: Escalation, version: int) -> None:
    """What the person saw is what stands."""
    if escalation.version != version:
        last = last_move(escalation)
        raise Conflict(
            "stale",
            "This case changed after you read it. What you wrote is kept; look at it again.",
            by=person_of(escalation) or mover_of(escalation),
            at=last.at if last else None,
        )


def is_with_people(escalation: Escalation) -> bool:
    """Whether its conversation was taken over and not handed back, even if nobody holds it now."""
    return escalation.taken_over_at is not None and escalation.state in State.open()


def is_finished_by_people(escalation: Escalation) -> bool:
    """Whether a person who had its conversation closed it: the agent goes on nowhere."""
    ended = escalation.taken_over_at is not None and escalation.state == State.DECIDED
    return ended and escalation.outcome == "taken_over"


def is_asked(escalation: Escalation) -> bool:
    """Whether it is put off because the agent was asked something, and has not answered."""
    if escalation.state != State.SNOOZED or escalation.snoozed_at is None:
        return False
    asked = escalation.remarks.filter(kind=Remark.Kind.ASKED, at=escalation.snoozed_at)
    return asked.exists()


def require_agent_goes_on(escalation: Escalation) -> None:
    """What the agent sends may still act: people have not taken its conversation over."""
    if is_with_people(escalation):
        who = person_of(escalation)
        text = (
            f"{who.name if who else 'A person'} has taken this conversation over: say and do "
            "nothing in it until it is handed back."
        )
        raise Conflict("taken_over", text, by=who, at=escalation.taken_over_at)


def require_open_to_agent(escalation: Escalation) -> None:
    """The agent may still change what it asked for."""
    require_open(escalation)
    require_agent_goes_on(escalation)


def require_nobody_speaks(escalation: Escalation) -> None:
    """It can still be answered, put off or given back: no conversation would be left behind."""
    if is_with_people(escalation):
        text = "Its conversation was taken over: hand it back, close it or pass it on."
        raise Conflict("taken_over", text, by=person_of(escalation), at=escalation.taken_over_at)


def last_move(escalation: Escalation) -> Event | None:
    """The line that raised the version last; reads and alerts come later and raise none."""
    lines = escalation.events.exclude(kind__in=kinds.beside()).order_by("-position")
    moved = (
        line for line in lines[:LINES_MAX] if "state" in orjson.loads(bytes(line.body))["facts"]
    )
    return next(moved, None)


def mover_of(escalation: Escalation) -> By | None:
    """Whoever raised the version last; None where that was the agent, or Baton itself."""
    last = last_move(escalation)
    actor = str(orjson.loads(bytes(last.body))["actor"]) if last else ""
    username = actor.removeprefix("person:")
    if username == actor:
        return None
    person = get_user_model().objects.filter(username=username).first()
    return by_of(person) if person else None


def person_of(escalation: Escalation) -> By | None:
    """Whoever holds it, is offered it or decided it."""
    person = escalation.held_by or escalation.offered_to or escalation.decided_by
    return by_of(person) if person else None


def by_of(person: Any) -> By:
    """This user as the `by` of a refusal."""
    return By(person.username, person.get_full_name() or person.username)
