"""Where a case is passed on to: a skill must be somebody's, or it would wait for ever; a person
is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from console.models import User
from escalations import access
from escalations.access import Viewer
from escalations.eligibility import Case
from escalations.lifecycle.taking_back import directing_back, undoing
from escalations.models import Escalation
from escalations.refusals import Invalid
from routing.alerts import notices
from routing.models import Notice
from routing.offers import crew


def follow(
    *,
    escalation: Escalation,
    by: Viewer | None,
    kind: str,
    facts: Mapping[str, Any],
    now: datetime,
    **_: Any,
) -> None:
    """Hears `moves.moved`: tells whom a case is passed on to, and takes that back with the passing
    on. Raises Invalid where nobody else who may take it has the skill, there or not."""
    if directing_back.TAKES_UP in facts:
        since = now - undoing.TAKEN_UP_WITHIN
        notices.take_back(escalation, Notice.Kind.PASSED, since=since)
    if kind != "passed_on" or by is None:
        return
    if "to_skills" in facts:
        _require_somebody_else(escalation, by)
    elif "to" in facts:
        others = User.objects.filter(username=facts["to"]).exclude(pk=by.user_id)
        text = f"{escalation.case_number} was passed on to you by {by.name}."
        ids = list(others.values_list("pk", flat=True))
        notices.tell(ids, Notice.Kind.PASSED, text, escalation, now=now)


def _require_somebody_else(escalation: Escalation, by: Viewer) -> None:
    case = access.case_to_take(escalation)
    if set(crew.who_may_take(case)) <= {by.user_id}:
        wished = case.skills.items()
        named = " and ".join(f"{skill} at {grade} or better" for skill, grade in wished)
        others = set(crew.who_may_take(Case(case.skills))) - {by.user_id}
        who = "Nobody else who may decide this case has" if others else "Nobody else has"
        detail = f"{who} {named}."
        raise Invalid.of("/to/skill", detail)
