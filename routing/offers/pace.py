"""How long people take for which kind of work, learnt from what they decided."""

import time
from collections import defaultdict
from datetime import datetime, timedelta

from escalations.models import Escalation, State
from escalations.policy import versions
from routing.matching import Id, paces
from routing.matching.paces import Handled, Paces
from routing.models import Pace
from routing.people import roster

# Much longer than the pause between two runs, so that a run that fell out is made up for.
LATELY = timedelta(minutes=10)
FRESH_S = 30

_known: tuple[float, Paces | None] = (0.0, None)


def expected() -> Paces:
    """Everybody's minutes by kind of work. Read anew after half a minute at most: learning is
    slower, and dispatch asks several times a second."""
    global _known
    # No lock: the pair is read and replaced whole, and two threads that read at once read the same.
    looked_at, seen = _known
    if seen is None or time.monotonic() - looked_at > FRESH_S:
        learnt: dict[Id, dict[str, Handled]] = defaultdict(dict)
        rows = Pace.objects.values_list("person", "task_type", "minutes", "count")
        for person, kind, minutes, count in rows:
            # Rows from before they were counted say 0.
            learnt[person][kind] = Handled(minutes, max(1, count))
        document = versions.current().document
        kinds = {kind for theirs in learnt.values() for kind in theirs}
        asks = {kind: document.for_task_type(kind).skills for kind in kinds}
        people = [int(person) for person in learnt]
        skills = roster.skills_of_all(people).items() if people else ()
        seen = paces.expected(learnt, dict[Id, dict[str, int]](skills), asks)
        _known = (time.monotonic(), seen)
    return seen


def forget() -> None:
    """Read the paces again at the next question."""
    global _known
    _known = (0.0, None)


def learn(now: datetime) -> int:
    """Bring the pace of everybody who decided lately up to date; counts the rows.

    The middle of their last 50 of that kind, from taking a case up for the last time to deciding
    it. Learning twice gives the same.
    """
    lately = Escalation.objects.filter(
        state=State.DECIDED, decided_by__isnull=False, decided_at__gt=now - LATELY
    )
    pairs = lately.order_by().values_list("decided_by", "task_type").distinct()
    learnt = [pace for person, kind in pairs if (pace := _pace(person, kind)) is not None]
    # Two workers at once have learnt the same, so the later one may write over the first.
    Pace.objects.bulk_create(
        learnt,
        update_conflicts=True,
        unique_fields=["person", "task_type"],
        update_fields=["minutes", "count"],
    )
    forget()
    return len(learnt)


def _pace(person: int, task_type: str) -> Pace | None:
    theirs = Escalation.objects.filter(
        decided_by=person, task_type=task_type, taken_up_at__isnull=False
    ).order_by("-decided_at")[: paces.LAST]
    spans = [
        (decided_at - taken_up_at).total_seconds() / 60
        for decided_at, taken_up_at in theirs.values_list("decided_at", "taken_up_at")
        if decided_at and taken_up_at and decided_at > taken_up_at
    ]
    found = paces.shown(spans)
    return found and Pace(
        person_id=person, task_type=task_type, minutes=found.minutes, count=found.cases
    )
