"""A conversation is no way round a rule on replies, nor one on amounts."""

from datetime import datetime
from typing import Any

from escalations.lifecycle import moves
from escalations.lifecycle.conversing import spoken_of
from escalations.models import Escalation, requirements
from escalations.policy import versions
from escalations.refusals import Conflict
from escalations.triage import answer_judging, words
from escalations.triage.answer_judging import More

INSTEAD = "Hand back without it and let the agent ask for it, so that others can agree."


def require(escalation: Escalation, package: dict[str, Any], text: str, *, now: datetime) -> None:
    """Raises Conflict where these words to the customer, or money that they add, meet a rule by
    which one person, of the skills that the case asks for, may not send them."""
    found = more(escalation, package, text, now=now)
    if found is not None:
        raise Conflict("held_by_rule", f"{found.refusal} {INSTEAD}", at=now)


def foreseen(escalation: Escalation, text: str, *, now: datetime) -> str:
    """What these words would meet if they were sent now, as a sentence; empty where nothing."""
    found = more(escalation, moves.read(escalation).package.document, text, now=now)
    return f"{found.told} {INSTEAD}" if found is not None else ""


def more(
    escalation: Escalation, package: dict[str, Any], text: str, *, now: datetime
) -> More | None:
    """What they would need of it; None where one person may send them."""
    policy = versions.current().document
    skills = requirements.skills_of(escalation.requirement_id)
    terms = answer_judging.of_speaker(package, policy, skills=skills, now=now)
    amounts = spoken_of.added(escalation, package, [text])
    return words.strongest_of(
        [
            answer_judging.spoken(package, text, policy, terms=terms, now=now),
            words.named(package, amounts, policy, terms, now=now),
        ]
    )
