"""Whoever decided a case hears that somebody reversed it."""

from datetime import datetime
from typing import Any

from escalations.access import Viewer
from escalations.models import Escalation
from routing.alerts import notices
from routing.models import Notice


def follow(
    *, escalation: Escalation, by: Viewer | None, kind: str, now: datetime, **_: Any
) -> None:
    """Hears `moves.moved`."""
    decider = escalation.decided_by_id
    if kind == "reversed" and by is not None and decider not in {None, by.user_id}:
        text = f"{by.name} reversed your decision on {escalation.case_number}."
        notices.tell([decider], Notice.Kind.TAKEN, text, escalation, now=now)
