"""Why a case stands where it does on a person's list, in a sentence."""

from django.db.models import Q

from escalations import access
from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.models.querysets import PLACE
from escalations.policy import priority

LOOKED_AT = 100


def sentence(escalation: Escalation, viewer: Viewer) -> str:
    """How many stand before it, and by what the list is ordered; empty for what is answered."""
    if escalation.state == State.SNOOZED:
        return "What is snoozed stands by the time at which it comes back."
    elif escalation.closed_at:
        return ""
    elif escalation.offered_to_id == viewer.user_id and escalation.level < 4:
        return "What is yours to accept stands before all else but alerts."
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
    theirs = (free | Escalation.objects.with_person(viewer.user_id)).annotate(place=PLACE)
    rank, number = escalation.rank, escalation.number
    before = theirs.filter(Q(place__lt=rank) | Q(place=rank, number__lt=number))
    found = before[: LOOKED_AT + 1].count()
    return found if found <= LOOKED_AT else None
