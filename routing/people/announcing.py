"""How a change to people, skills, teams or shifts is told: a line of the record, and two hints."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from console.hints import hub, nudge
from console.models import LEADS, User
from escalations.record import lines, sheets
from escalations.record.lines import Actor

CHAIN = "people"


def note(kind: str, facts: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """Write the line in the caller's transaction; on commit dispatch looks again, and open rosters
    are read again. Raises Conflict where others write without end: then nothing is done."""
    note_all([(kind, facts)], by=by, now=now)


def note_all(told: Sequence[tuple[str, dict[str, Any]]], *, by: Actor, now: datetime) -> None:
    """The same of several lines, after all that they tell of; of none nothing is told."""
    if not told:
        return
    sheets.append_all(CHAIN, told, actor=by, at=now)
    if "dispatch" in settings.CELERY_BEAT_SCHEDULE:
        nudge.nudge("dispatch")
    transaction.on_commit(_tell_leads, robust=True)


def about(person: User, kind: str, facts: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """The same for a change to one person, who is named by their username."""
    note(kind, {"person": person.username, **facts}, by=by, now=now)


def length() -> int:
    """How many changes of people there were: the same as long as nobody changes any."""
    return lines.end_of(CHAIN).length


def about_all(
    kind: str, told: Sequence[tuple[User, dict[str, Any]]], *, by: Actor, now: datetime
) -> None:
    """One kind of change to each of these people, a line each."""
    note_all(
        [(kind, {"person": person.username, **facts}) for person, facts in told], by=by, now=now
    )


def _tell_leads() -> None:
    leads = User.objects.filter(role__in=LEADS, is_active=True)
    for person in leads.values_list("pk", flat=True):
        hub.publish({"type": "notice", "person": person, "kind": "roster", "escalation": ""})
