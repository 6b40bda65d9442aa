"""Telling browsers and waiting agents: hints on commit, never facts."""

from functools import partial

from django.db import transaction

from console import hub, nudge
from escalations.models import Escalation


def announce(escalation: Escalation) -> None:
    """Say on commit that the escalation changed; whoever may see it reads it again."""
    message = {
        "type": "escalation",
        "escalation": escalation.id,
        "number": escalation.number,
        "version": escalation.version,
    }
    transaction.on_commit(partial(hub.publish, message), robust=True)


def wake_deliveries() -> None:
    """Have due deliveries looked at now instead of at the next sweep."""
    nudge.nudge("deliver")
