"""Reminders, from the times that a package names to people: each once, in the transaction of its
line."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import DatabaseError
from django.db.models import QuerySet

from escalations import lifecycle
from escalations.lifecycle import guards
from escalations.models import Escalation, State
from escalations.refusals import Refused
from routing.alerts import notices
from routing.alerts.audiences import HOLDER, Crowd
from routing.models import Notice

log = structlog.get_logger(__name__)

BATCH = 200


def sweep(now: datetime) -> int:
    """Remind of what is due, the longest due first; counts the reminders. Any number of sweepers do
    no harm, as for alerts."""
    crowd = Crowd(now)
    first = due(now).order_by("remind_at", "number")[:BATCH]
    return sum(_remind(escalation, crowd, now) for escalation in first)


def due(now: datetime) -> QuerySet[Escalation]:
    """What somebody is to be reminded of."""
    return Escalation.objects.reminding(now)


def _remind(escalation: Escalation, crowd: Crowd, now: datetime) -> bool:
    """One that cannot be reminded of now holds up no other."""
    try:
        return lifecycle.remind(escalation, now=now, tell=partial(_tell, crowd=crowd, now=now))
    except (DatabaseError, Refused) as error:
        log.warning("reminder_waits", escalation=escalation.id, error=str(error))
        return False


def _tell(escalation: Escalation, *, crowd: Crowd, now: datetime) -> Mapping[str, Any]:
    """Whoever has it, else those who could take it and are there, else who leads."""
    audience, members = crowd.told(HOLDER, escalation)
    text = f"{escalation} {_stands(escalation)}: {escalation.agent.name} asked for a reminder."
    people = [member.id for member in members]
    notices.tell(people, Notice.Kind.WARN, text, escalation, now=now)
    return {"audience": audience, "told": len(people)}


def _stands(escalation: Escalation) -> str:
    """Why there is no answer yet."""
    if guards.is_asked(escalation):
        return "waits for its agent, which was asked"
    elif escalation.state == State.SNOOZED:
        return "is snoozed"
    else:
        return "is not answered yet"
