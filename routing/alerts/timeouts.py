"""Supervisors hear of a case whose time ended without an answer."""

from datetime import datetime
from typing import Any

from escalations.models import Escalation
from escalations.policy.ladder import ALERT_LEVEL
from escalations.record import kinds
from escalations.record.kind import Whom
from routing.alerts import notices
from routing.alerts.audiences import ON_SHIFT, Crowd
from routing.models import Notice


def follow(
    sender: type, *, escalation: Escalation, kind: str, now: datetime, **others: Any
) -> None:
    """Tell them in the transaction of the move; for the signal `moved`."""
    if Whom.LEADERS not in kinds.of(kind).notified:
        return
    _, leaders = Crowd(now).told(ON_SHIFT, escalation)
    is_alert = escalation.level == ALERT_LEVEL
    notices.tell(
        [one.id for one in leaders],
        Notice.Kind.ALERT if is_alert else Notice.Kind.BREACH,
        f"{escalation} was not answered in time and is at level {escalation.level} now.",
        escalation,
        now=now,
    )
