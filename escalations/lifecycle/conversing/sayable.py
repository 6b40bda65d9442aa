"""Neither a conversation nor a call is a way round a rule on replies, or one on amounts."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from escalations.lifecycle import moves
from escalations.lifecycle.conversing import spoken_of
from escalations.models import Escalation, State, requirements
from escalations.policy import hard_rules, versions
from escalations.refusals import Conflict
from escalations.triage import answer_judging, words
from escalations.triage.answer_judging import CaseTerms, More
from escalations.triage.verdict import HARD

JSON = dict[str, Any]
# Whoever has a conversation is no level below any, but for money above which people are alerted.
LEVEL_OF_PEOPLE, LEVEL_OF_MONEY = 4, 3
INSTEAD = "Hand back without it and let the agent ask for it, so that others can agree."
IN_THE_ANSWER = (
    "Write the call down without it and put it into your answer, so that others can agree."
)


def require(
    escalation: Escalation, package: JSON, text: str, *, told: str = "", now: datetime
) -> None:
    """Raises Conflict where these words to the customer, or money that they add, meet a rule by
    which one person, of the skills that the case asks for, may not send them. `told` is what the
    agent alone reads: of it the money counts."""
    found = more(escalation, package, text, told=told, now=now)
    if found is not None:
        raise Conflict("held_by_rule", f"{found.refusal} {_instead(escalation)}", at=now)


def foreseen(escalation: Escalation, text: str, *, told: str = "", now: datetime) -> str:
    """What these words would meet if they were sent now, as a sentence; empty where nothing."""
    found = more(escalation, moves.read(escalation).package.document, text, told=told, now=now)
    return f"{found.told} {_instead(escalation)}" if found is not None else ""


def more(
    escalation: Escalation, package: JSON, text: str, *, told: str = "", now: datetime
) -> More | None:
    """What they would need of it; None where one person may send them."""
    policy = versions.current().document
    # Nobody else says a part of it, so what asks for others is never met by one who speaks.
    skills = requirements.skills_of(escalation.requirement_id)
    level = escalation.level if _is_answered(escalation) else LEVEL_OF_PEOPLE
    terms = CaseTerms(level=level, approvals=1, skills=skills, rules=())
    amounts = spoken_of.added(escalation, package, [text, told])
    least = max(escalation.level, LEVEL_OF_MONEY) if level == LEVEL_OF_PEOPLE else level
    # Words move nothing, and nobody else sees these first: a hard rule refuses them only where it
    # asks for more than there is.
    hard = {f"{HARD}{name}" for name in hard_rules.current().by_name}
    of_money = replace(terms, level=least, rules=hard)
    return words.strongest_of(
        [
            answer_judging.spoken(package, text, policy, terms=terms, now=now) if text else None,
            words.named(package, amounts, policy, of_money, now=now),
        ]
    )


def of_step(name: str) -> str:
    """The name of a step as words, for programs write `pay_6000_eur`."""
    return re.sub(r"[_/-]+", " ", name).strip()


def _instead(escalation: Escalation) -> str:
    return IN_THE_ANSWER if _is_answered(escalation) else INSTEAD


def _is_answered(escalation: Escalation) -> bool:
    """Whether whoever calls has the case to answer it, and not the conversation."""
    return escalation.state == State.HELD
