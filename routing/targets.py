"""A skill that a case is passed on to must be somebody's, or it would wait for ever."""

from collections.abc import Mapping
from typing import Any

from escalations.access import Viewer
from escalations.models import Escalation
from escalations.refusals import Fault, Invalid
from routing import crew


def follow(
    *, escalation: Escalation, by: Viewer | None, kind: str, facts: Mapping[str, Any], **_: Any
) -> None:
    """Hears `moves.moved`: raises Invalid where nobody else has the skill, there or not."""
    if kind != "passed_on" or "to_skills" not in facts or by is None:
        return
    skills = escalation.requirement.skills
    if set(crew.who_have(skills)) <= {by.user_id}:
        named = " and ".join(f"{skill} at {grade} or better" for skill, grade in skills.items())
        detail = f"Nobody else has {named}."
        raise Invalid(detail, errors=[Fault("/to/skill", detail)])
