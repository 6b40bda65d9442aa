"""A conversation is no way round a rule on replies."""

from datetime import datetime
from typing import Any

from escalations.models import Escalation, requirements
from escalations.policy import versions
from escalations.refusals import Conflict
from escalations.triage import answer_judging


def require(escalation: Escalation, package: dict[str, Any], text: str, *, now: datetime) -> None:
    """Raises Conflict where these words to the customer meet a rule by which one person, of the
    skills that the case asks for, may not send them."""
    found = answer_judging.spoken(
        package,
        text,
        versions.current().document,
        skills=requirements.skills_of(escalation.requirement_id),
        now=now,
    )
    if found is not None:
        told = f"{found.refusal} Hand back and answer with it, so that others can agree."
        raise Conflict("held_by_rule", told, at=now)
