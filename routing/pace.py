"""How long people take for which kind of work, learnt from what they decided."""

from datetime import datetime, timedelta
from statistics import median

from escalations.models import Escalation, State
from routing.models import Pace

LATELY = timedelta(minutes=10)
LAST = 50
LEAST_MIN, MOST_MIN = 0.1, 120.0


def learn(now: datetime) -> int:
    """Bring the pace of everybody who decided lately up to date; counts the rows.

    The median of their last 50 of that kind, from taking a case up to deciding it. Learning twice
    gives the same.
    """
    lately = Escalation.objects.filter(
        state=State.DECIDED, decided_by__isnull=False, decided_at__gt=now - LATELY
    )
    pairs = lately.order_by().values_list("decided_by", "task_type").distinct()
    paces = [pace for person, kind in pairs if (pace := _pace(person, kind)) is not None]
    Pace.objects.bulk_create(
        paces,
        update_conflicts=True,
        unique_fields=["person", "task_type"],
        update_fields=["minutes", "count"],
    )
    return len(paces)


def _pace(person: int, task_type: str) -> Pace | None:
    theirs = Escalation.objects.filter(
        decided_by=person, task_type=task_type, accepted_at__isnull=False
    ).order_by("-decided_at")[:LAST]
    spans = [
        (decided_at - accepted_at).total_seconds() / 60
        for decided_at, accepted_at in theirs.values_list("decided_at", "accepted_at")
        if decided_at and accepted_at and decided_at > accepted_at
    ]
    if not spans:
        return None
    usual = min(max(median(spans), LEAST_MIN), MOST_MIN)
    return Pace(person_id=person, task_type=task_type, minutes=usual, count=len(spans))
