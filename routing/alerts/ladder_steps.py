"""Alerts, from the ladder to people: each step once, in the transaction that moves the case on."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import DatabaseError

from escalations import lifecycle
from escalations.models import Escalation
from escalations.policy.ladder import ALERT_LEVEL, Due
from escalations.refusals import Refused
from routing.alerts import notices, paging
from routing.alerts.audiences import Crowd
from routing.models import Alert, Notice

log = structlog.get_logger(__name__)

BATCH = 200


def sweep(now: datetime) -> int:
    """Raise what is due, the longest due first; counts the alerts.

    Any number of sweepers do no harm: the life cycle decides again under the lock. Whoever dies in
    between has raised nothing, and the alert stays due.
    """
    # One for all of this sweep: they are asked who is there at one moment, and read once.
    crowd = Crowd(now)
    due = Escalation.objects.alerting(now).order_by("alert_at", "number")
    return sum(_raise(escalation, crowd, now) for escalation in due[:BATCH])


def _raise(escalation: Escalation, crowd: Crowd, now: datetime) -> bool:
    """One that cannot be raised now holds up no other."""
    try:
        return lifecycle.raise_alert(escalation, now=now, tell=partial(_tell, crowd=crowd, now=now))
    except (DatabaseError, Refused) as error:
        log.warning("alert_waits", escalation=escalation.id, error=str(error))
        return False


def _tell(escalation: Escalation, due: Due, *, crowd: Crowd, now: datetime) -> Mapping[str, Any]:
    wanted = due.step.audience
    audience, members = crowd.told(wanted, escalation)
    alert, is_new = Alert.objects.get_or_create(
        escalation=escalation,
        step=due.number,
        defaults={"kind": due.step.name, "audience": audience, "due_at": due.at, "raised_at": now},
    )
    if is_new:
        text = _text(escalation, due, now, passed_on=audience != wanted)
        people = [member.id for member in members]
        notices.tell(people, _kind(escalation, due), text, escalation, now=now, alert=alert)
        paging.plan(alert, escalation, due, members)
    facts = {"audience": audience, "told": len(members)}
    return facts | ({"instead_of": wanted} if audience != wanted else {})


def _kind(escalation: Escalation, due: Due) -> str:
    if escalation.level == ALERT_LEVEL:
        return Notice.Kind.ALERT
    else:
        return Notice.Kind.BREACH if due.step.share is None else Notice.Kind.WARN


def _text(escalation: Escalation, due: Due, now: datetime, *, passed_on: bool) -> str:
    """What is so; the screen adds the case as it is when it is read."""
    said = _said(escalation, due, now)
    return f"{said} Whoever should hear first is not there." if passed_on else said


def _said(escalation: Escalation, due: Due, now: datetime) -> str:
    again = due.number > 1
    if escalation.level == ALERT_LEVEL:
        return f"{escalation} {'is still not answered' if again else 'needs a person at once'}."
    elif due.step.share is not None:
        return f"{escalation} is due soon."
    elif escalation.overdue_at == now:
        return f"{escalation} is late."
    else:
        return f"{escalation} is late and still not answered."
