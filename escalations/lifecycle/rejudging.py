"""An answer that meets a rule which the proposal did not is held for what that rule asks."""

from datetime import datetime
from typing import Any

from escalations.lifecycle import approvals, arriving, moves, standing
from escalations.lifecycle.answers import Answer
from escalations.lifecycle.choices import Choice
from escalations.masking import masks
from escalations.models import Escalation, requirements
from escalations.policy import versions
from escalations.record import lines, vouching
from escalations.refusals import Conflict
from escalations.text import formatting
from escalations.triage import answer_judging
from escalations.triage.answer_judging import CaseTerms, More
from escalations.triage.verdict import DISPOSITIONS, PRIORITIES

JSON = dict[str, Any]
MAY_NOT_DECIDE_IT = "rights"
VOTED = ("approvals", "reasons")
COLUMNS = (
    *VOTED,
    "policy_version",
    "level",
    "disposition",
    "priority",
    "rank",
    "requirement",
    "alert_at",
)


def more(escalation: Escalation, package: JSON, answer: Answer, *, now: datetime) -> More | None:
    """What this answer asks for beyond what the case does, under the policy in force."""
    sent = answer_judging.content(package, answer.actions, answer.response)
    # What leaves as it was proposed was judged when it came.
    if sent is None:
        return None
    document = versions.current().document
    return answer_judging.more(
        sent,
        document,
        terms(escalation),
        shown=_shown(package, answer),
        now=now,
        proposed=package,
    )


def foreseen(escalation: Escalation, choice: Choice, *, now: datetime) -> str:
    """What sending this would meet now, as a sentence while it is typed; empty where nothing.

    Raises Invalid for an answer that cannot be.
    """
    package = escalation.packages.get(version=escalation.package_version).document
    stands = approvals.stands(escalation)
    answer = standing.answer(package, choice, stands, now=now)
    found = more(escalation, package, answer, now=now)
    if found is None:
        return ""
    elif found.only_approvals:
        people = found.verdict.approvals
        return f"{found.sentence} Sent, it is your part: {people} others have to approve it."
    else:
        return f"{found.sentence} Sent, it is held, and the case asks for that first."


def _shown(package: JSON, answer: Answer) -> tuple[JSON, JSON] | None:
    """What people see of what would leave, and of what was proposed; None where all of it."""
    seen = masks.of(package)
    if not seen.places:
        return None
    said = masks.decision(package, {"actions": answer.actions, "response": answer.response})
    sent = answer_judging.content(seen.document, said["actions"], said["response"])
    return sent or seen.document, seen.document


def terms(escalation: Escalation) -> CaseTerms:
    """What the case asks for as it stands."""
    return CaseTerms(
        level=escalation.level,
        approvals=escalation.approvals,
        skills=requirements.skills_of(escalation.requirement_id),
        rules={reason["rule"] for reason in escalation.reasons},
    )


def ask_more_people(escalation: Escalation, more: More) -> JSON:
    """So many as the answer asks for must approve it, and the reasons say why; the facts of it."""
    escalation.approvals = max(more.verdict.approvals, escalation.approvals)
    escalation.reasons = _reasons(escalation, more)
    return {
        "approvals": escalation.approvals,
        "rules": [one.rule for one in more.reasons],
        "shown": vouching.shown(escalation, vouching.salt_of(escalation)),
    }


def hold(escalation: Escalation, more: More, *, now: datetime) -> Conflict:
    """Raise the case as far as the answer asks for, under the lock; the refusal of this press.

    The next one counts under these terms. Whoever has the case and may not decide it under them,
    or is below their skills, loses it.
    """
    # Read anew: the caller's is changed by what it was about to write.
    escalation = moves.locked(escalation)
    verdict, had = more.verdict, escalation.requirement_id
    level = max(verdict.level, escalation.level)
    changes = {
        "policy_version": versions.current().number,
        "level": level,
        "disposition": DISPOSITIONS[level],
        "priority": max(escalation.priority, verdict.priority, key=PRIORITIES.index),
        "requirement_id": requirements.id_for(_skills(had, more)),
    }
    arriving.judge_anew(escalation, changes, now=now)
    # Who approved did so under the terms of then, which may have asked for less of them.
    voided = approvals.void(escalation, now=now)
    facts = {
        **({"voided": voided} if voided else {}),
        **ask_more_people(escalation, more),
        **_facts(escalation),
    }
    escalation = moves.move(
        escalation,
        "answer_held",
        before=escalation.state,
        by=None,
        now=now,
        facts=facts,
        columns=(*moves.COLUMNS, *COLUMNS),
        left=requirements.skills_of(had) if had != escalation.requirement_id else None,
    )
    # After the move, because it is a move of its own.
    arriving.left_to_who_may(
        escalation, had=had, keeps_hold=False, reason=MAY_NOT_DECIDE_IT, now=now
    )
    return Conflict("held_by_rule", not_sent(more), at=now)


def not_sent(more: More) -> str:
    """Why a press does not count: "Not sent: the amount is €99,999.00; …"."""
    return f"Not sent: {formatting.inside(more.sentence)}"


def _skills(requirement: int, more: More) -> dict[str, int]:
    skills = dict(requirements.skills_of(requirement))
    for name, grade in more.verdict.skills.items():
        skills[name] = max(grade, skills.get(name, 0))
    return skills


def _reasons(escalation: Escalation, more: More) -> list[JSON]:
    said = [
        {**one.as_json(), "sentence": f"Edited by a person: {formatting.inside(one.sentence)}"}
        for one in more.reasons
    ]
    return [*said, *escalation.reasons]


def _facts(escalation: Escalation) -> JSON:
    return {
        "task_type": escalation.task_type,
        "level": escalation.level,
        "disposition": escalation.disposition,
        "priority": escalation.priority,
        "requirement": escalation.requirement_id,
        "to_skills": requirements.key(requirements.skills_of(escalation.requirement_id)),
        "policy_version": versions.current().number,
        "respond_by": lines.timestamp(escalation.respond_by),
        "re_escalates": escalation.re_escalates.id if escalation.re_escalates else None,
    }
