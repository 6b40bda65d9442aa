"""Supervisors hear of a case whose time ended without an answer."""

from datetime import datetime
from typing import Any

from console.database.gathering import Together
from escalations.models import Escalation
from escalations.policy.ladder import ALERT_LEVEL
from escalations.record import kinds
from escalations.record.kind import Whom
from routing.alerts import notices
from routing.alerts.audiences import ON_SHIFT, Crowd
from routing.alerts.notices import PlannedNotice
from routing.models import Notice


def follow(*, escalation: Escalation, kind: str, together: Together, **_: Any) -> None:
    """Tell them in the transaction of the move; for the signal `moved`."""
    if Whom.LEADERS in kinds.of(kind).notified:
        together(_tell_all, escalation)


def _tell_all(cases: list[Escalation], now: datetime) -> None:
    crowd = Crowd(now)
    notices.tell_all([_line(case, crowd) for case in cases], now=now)


def _line(case: Escalation, crowd: Crowd) -> PlannedNotice:
    _, leaders = crowd.told(ON_SHIFT, case)
    kind = Notice.Kind.ALERT if case.level == ALERT_LEVEL else Notice.Kind.BREACH
    text = f"{case} was not answered in time and is at level {case.level} now."
    return PlannedNotice([one.id for one in leaders], kind, text, case)
