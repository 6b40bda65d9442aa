"""Telling browsers and waiting agents: hints on commit, never facts."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from console.hints import hub, nudge
from escalations.models import Escalation


def announce(escalation: Escalation, *, left: Mapping[str, int] | None = None) -> None:
    """Say on commit that the escalation changed; whoever may see it reads it again.

    Where it asks for other skills than until now, `left` are the old ones: whoever saw it by them
    is told that it is gone.
    """
    message: dict[str, Any] = {
        "type": "escalation",
        "escalation": escalation.id,
        "number": escalation.number,
        "version": escalation.version,
    }
    # Not `if left`: no skills at all is a set as well, by which everybody saw the case.
    if left is not None:
        message["left"] = dict(left)
    # Robust: the change is committed, and a hint that fails must not look like a command that
    # failed.
    transaction.on_commit(partial(hub.publish, message), robust=True)


def spoken(escalation: Escalation, number: int) -> None:
    """Say on commit that somebody spoke in its conversation; whoever looks at the case, or waits
    for its messages, reads them. No list changes by it."""
    message = {"type": "spoken", "escalation": escalation.id, "message": number}
    transaction.on_commit(partial(hub.publish, message), robust=True)


def handed() -> None:
    """Say on commit that a case goes to another agent; agents that wait for one look again."""
    message = {"type": "handed", "escalation": "handed"}
    transaction.on_commit(partial(hub.publish, message), robust=True)


def wake_deliveries() -> None:
    """Have due deliveries looked at now instead of at the next sweep."""
    nudge.nudge("deliver")
