"""Alerts, from the ladder to people: each step once, in the transaction that moves the case on."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import DatabaseError
from django.db.models import QuerySet

from escalations import lifecycle
from escalations.models import Escalation
from escalations.policy.ladder import ALERT_LEVEL, Due
from escalations.refusals import Refused
from routing.alerts import notices, paging
from routing.alerts.audiences import NOBODY, Crowd
from routing.models import Alert, Notice

TellAll = Callable[[Sequence[tuple[Escalation, Due]]], Sequence[Mapping[str, Any]]]

log = structlog.get_logger(__name__)

BATCH = 200
# As long as there is so much, for so long: the other parts of the sweep come after it.
GOES_ON_S = 2.0


def sweep(now: datetime) -> int:
    """Raise what is due, the longest due first; counts the alerts.

    Any number of sweepers do no harm: the life cycle decides again under the lock. Whoever dies in
    between has raised nothing, and the alert stays due.
    """
    # One for all of this sweep: they are asked who is there at one moment, and read once.
    crowd, raised = Crowd(now), 0
    first = due(now).order_by("alert_at", "number").values_list("number", flat=True)[:BATCH]
    until = time.monotonic() + GOES_ON_S
    while True:
        numbers = list(first.all())
        done = _raise_all(numbers, crowd, now)
        raised += done
        # What cannot be raised now is found first again, and waits for the next sweep.
        if len(numbers) < BATCH or not done or time.monotonic() > until:
            return raised


def due(now: datetime) -> QuerySet[Escalation]:
    """What is to raise its next alert."""
    return Escalation.objects.alerting(now)


def _raise_all(numbers: Sequence[int], crowd: Crowd, now: datetime) -> int:
    """So many in one transaction: what is written of each is little, and its commit dear. Those
    that are left out, or all where it fails, one by one."""
    tell = partial(_tell, crowd=crowd, now=now)
    try:
        raised = lifecycle.raise_alerts(numbers, now=now, tell=tell)
    except (DatabaseError, Refused) as error:
        log.warning("alerts_one_by_one", error=str(error))
        raised = set()
    left = Escalation.objects.filter(number__among=[n for n in numbers if n not in raised])
    return len(raised) + sum(_raise(case, tell, now) for case in left.order_by("alert_at"))


def _raise(escalation: Escalation, tell: TellAll, now: datetime) -> bool:
    """One that cannot be raised now holds up no other."""

    def tell_one(case: Escalation, due: Due) -> Mapping[str, Any]:
        return tell([(case, due)])[0]

    try:
        return lifecycle.raise_alert(escalation, now=now, tell=tell_one)
    except (DatabaseError, Refused) as error:
        log.warning("alert_waits", escalation=escalation.id, error=str(error))
        return False


def _tell(
    found: Sequence[tuple[Escalation, Due]], *, crowd: Crowd, now: datetime
) -> list[Mapping[str, Any]]:
    """Write whom these alerts reach, each kind of row by one statement; and say it of each."""
    numbers = [case.number for case, _ in found]
    rows = Alert.objects.filter(escalation__among=numbers) if numbers else Alert.objects.none()
    stand = set(rows.values_list("escalation", "step"))
    alerts, told, sent = [], [], []
    said: list[Mapping[str, Any]] = []
    for case, due in found:
        wanted = due.step.audience
        audience, members = crowd.told(wanted, case)
        instead = {"instead_of": wanted} if audience != wanted else {}
        said.append({"audience": audience, "told": len(members), **instead})
        # The constraint is the second fence, behind the lock.
        if (case.number, due.number) in stand:
            continue
        alert = Alert(escalation=case, step=due.number, kind=due.step.name)
        alert.audience, alert.due_at, alert.raised_at = audience, due.at, now
        alerts.append(alert)
        text = _text(case, due, now, instead_of=instead.get("instead_of"))
        people = [member.id for member in members]
        told.append(notices.PlannedNotice(people, _kind(case, due), text, case, alert))
        sent.append((alert, case, due, members))
    Alert.objects.bulk_create(alerts)
    notices.tell_all(told, now=now)
    paging.plan(sent)
    return said


def _kind(escalation: Escalation, due: Due) -> str:
    if escalation.level == ALERT_LEVEL:
        return Notice.Kind.ALERT
    else:
        return Notice.Kind.BREACH if due.step.share is None else Notice.Kind.WARN


def _text(escalation: Escalation, due: Due, now: datetime, *, instead_of: str | None) -> str:
    """What is so; the screen adds the case as it is when it is read."""
    said = _said(escalation, due, now)
    return f"{said} {NOBODY[instead_of]}" if instead_of else said


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
