"""Why a case stands where it does on a person's list, in a sentence."""

from django.db.models import Q

from escalations import access
from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.policy import priority

LOOKED_AT = 100


def sentence(escalation: Escalation, viewer: Viewer) -> str:
    """How many stand before it, and by what the list is ordered; empty for what is answered."""
    if escalation.state == State.SNOOZED:
        return "What is snoozed stands by the time at which it comes back."
    elif escalation.closed_at:
        return ""
    elif escalation.offered_to_id == viewer.user_id:
        return "What is offered to you stands before all else."
    said = priority.sentence(
        level=escalation.level,
        priority=escalation.priority,
        respond_by=escalation.respond_by,
        ahead=_ahead(escalation, viewer),
    )
    return f"{said}."


def _ahead(escalation: Escalation, viewer: Viewer) -> int | None:
    """How many of their own come before it; None where they are too many to be counted."""
    free = Escalation.objects.waiting().within(
        access.requirements_for(viewer), asked=viewer.username
    )
    theirs = free | Escalation.objects.with_person(viewer.user_id)
    rank, number = escalation.rank, escalation.number
    before = theirs.filter(Q(rank__lt=rank) | Q(rank=rank, number__lt=number))
    found = before[: LOOKED_AT + 1].count()
    return found if found <= LOOKED_AT else None
