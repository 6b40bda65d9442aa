"""Somebody types in a conversation that people have: told to whoever looks, and never stored."""

from console.hints import hub
from escalations.access import Viewer
from escalations.models import Escalation, State

# A channel shows it this long, and a screen says it again no sooner than that.
SHOWN_S, PAUSE_S = 6, 3


def of_customer(escalation: Escalation) -> None:
    """The agent says so; every screen that shows the case tells it."""
    hub.publish({"type": "typing", "escalation": escalation.id, "by": "customer"})


def of_person(viewer: Viewer, escalation: str) -> None:
    """Heard by the agent that waits for it, where this person speaks with its customer."""
    theirs = Escalation.objects.filter(id=escalation, state=State.LIVE, held_by=viewer.user_id)
    if theirs.exists():
        hub.publish({"type": "typing", "escalation": escalation, "by": "person"})
