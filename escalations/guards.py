"""What must hold before an act, and who and when is named where it does not.

All run under the lock of the escalation and raise Conflict.
"""

from datetime import datetime

from escalations.models import Escalation, State
from escalations.refusals import By, Conflict

FREE = (State.WAITING, State.SECOND)


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
    """Nobody holds it."""
    require_open(escalation)
    if escalation.state not in FREE:
        who = person_of(escalation)
        name = who.name if who else "Somebody"
        raise Conflict("held", f"{name} was faster.", by=who, at=escalation.held_at)


def require_holder(escalation: Escalation, user_id: int, *, now: datetime) -> None:
    """This person holds it, and their lease runs at `now`."""
    if escalation.state in FREE:
        raise Conflict("not_held", "This case is not held by you any more; open it again.")
    if escalation.state != State.HELD or escalation.held_by_id != user_id:
        require_free(escalation)
    if escalation.lease_until is None or escalation.lease_until < now:
        text = "Your hold on this case ended; open it again."
        raise Conflict("lease_over", text, at=escalation.lease_until)


def require_version(escalation: Escalation, version: int) -> None:
    """What the person saw is what stands."""
    if escalation.version != version:
        last = escalation.events.exclude(kind="read").order_by("-position").first()
        raise Conflict(
            "stale",
            "This case changed after you read it. What you wrote is kept; look at it again.",
            by=person_of(escalation),
            at=last.at if last else None,
        )


def person_of(escalation: Escalation) -> By | None:
    """Whoever holds it or decided it."""
    person = escalation.held_by or escalation.decided_by
    return By(person.username, person.get_full_name() or person.username) if person else None
