"""What meets a rule that the proposal did not asks for what that rule does: an answer, which is
held for it, and what the agent adds meanwhile."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from console import clock
from escalations import ports
from escalations.lifecycle import (
    approvals,
    arriving,
    guards,
    holding,
    leaving,
    moves,
    standing,
)
from escalations.lifecycle.answers import Answer
from escalations.lifecycle.conversing import questions, spoken_of
from escalations.lifecycle.handing import targets
from escalations.masking import masks
from escalations.models import Escalation, State, requirements
from escalations.money import in_words
from escalations.policy import versions
from escalations.proposal.choices import Choice
from escalations.record import lines, vouching
from escalations.refusals import Conflict
from escalations.schemas import additions
from escalations.triage import answer_judging, kept, words
from escalations.triage.answer_judging import CaseTerms, More
from escalations.triage.verdict import DISPOSITIONS, PRIORITIES

JSON = dict[str, Any]
MAY_NOT_DECIDE_IT = "rights"
TAKEN_FROM_THE_AGENT = 3
STANDS = (
    "This case is already decided, and what you add asks for no more than it did: the answer "
    "stands, also while it can still be undone, and nothing was added."
)
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
    sent = answer_judging.content(package, answer.actions, answer.response, answer.option_id)
    return words.strongest_of(
        [
            # What leaves as it was proposed was judged when it came.
            _in_content(escalation, package, answer, sent, now=now) if sent is not None else None,
            _in_words(escalation, package, answer, sent, now=now),
        ]
    )


def _in_content(
    escalation: Escalation, package: JSON, answer: Answer, sent: JSON, *, now: datetime
) -> More | None:
    # With what was added meanwhile: the answer is given to that as well.
    added = _added(escalation)
    seen = _shown(package, answer)
    found = answer_judging.more(
        additions.merged(sent, added),
        versions.current().document,
        terms(escalation),
        shown=(additions.merged(seen[0], masks.added(package, added)), seen[1]) if seen else None,
        now=now,
        proposed=package,
    )
    is_chosen = answer.option_id is not None and answer.outcome == "responded"
    return replace(found, where=kept.CHOSEN) if found and is_chosen else found


def _in_words(
    escalation: Escalation, package: JSON, answer: Answer, sent: JSON | None, *, now: datetime
) -> More | None:
    """The same of money that stands in no field of a call, but in what a person wrote."""
    document = answer.document()
    said = words.written(package, document)
    amounts = spoken_of.added(escalation, package, said, sent=sent)
    if not amounts:
        return None
    shown = None
    if masks.of(package).places:
        seen = words.written(package, masks.decision(package, document))
        shown = in_words.added(seen)
    policy = versions.current().document
    return words.named(package, amounts, policy, terms(escalation), now=now, shown=shown)


@transaction.atomic
def add_context(
    escalation: Escalation, context: Mapping[str, Any], *, agent: str, now: datetime | None = None
) -> Escalation:
    """Append what the agent learnt meanwhile, judged like a package that had come with it.

    It may raise the case and never lowers it. A decision that can still be undone is taken back
    where it asks for more than the case did. Raises Conflict once the case is closed otherwise,
    and while people have its conversation; Invalid for an answer of another kind than its question
    expects.
    """
    escalation = moves.locked(escalation, now=now)
    guards.require_agent_goes_on(escalation)
    if "answer" in context:
        questions.require_answers(escalation, context["answer"])
    # As for `undo`: read under the lock, because the agent may have been handed the answer.
    now = now or clock.exact()
    more = _asks_with(escalation, context, now=now)
    if more is not None and escalation.state == State.DECIDED:
        escalation = _recall(escalation, more, now=now)
    elif escalation.state == State.DECIDED:
        by = guards.person_of(escalation)
        raise Conflict("closed", STANDS, by=by, at=escalation.decided_at)
    escalation = arriving.add_context(escalation, context, agent=agent, now=now)
    return _raise_to(escalation, more, now=now) if more else escalation


def foreseen(escalation: Escalation, choice: Choice, *, now: datetime) -> tuple[Answer, str]:
    """What would leave if this were sent now, and what it would meet, as a sentence while it is
    typed; empty where nothing.

    Raises Invalid for an answer that cannot be.
    """
    package = escalation.packages.get(version=escalation.package_version).document
    stands = approvals.stands(escalation)
    answer = standing.answer(targets.spelt(package), choice, stands, now=now)
    found = more(escalation, package, answer, now=now)
    if found is None:
        return answer, ""
    elif found.only_approvals:
        people = found.verdict.approvals
        told = f"{found.told} Sent, it is your part: {people} others have to approve it."
        return answer, told
    else:
        return answer, f"{found.told} Sent, it is held, and the case asks for that first."


def _shown(package: JSON, answer: Answer) -> tuple[JSON, JSON] | None:
    """What people see of what would leave, and of what was proposed; None where all of it."""
    seen = masks.of(package)
    if not seen.places:
        return None
    said = masks.decision(package, {"actions": answer.actions, "response": answer.response})
    sent = answer_judging.content(
        seen.document, said["actions"], said["response"], answer.option_id
    )
    return sent or seen.document, seen.document


def terms(escalation: Escalation) -> CaseTerms:
    """What the case asks for as it stands."""
    return CaseTerms(
        level=escalation.level,
        approvals=escalation.approvals,
        skills=requirements.skills_of(escalation.requirement_id),
        rules={reason["rule"] for reason in escalation.reasons},
    )


def ask_more_people(escalation: Escalation, more: More, where: str | None = None) -> JSON:
    """So many as it asks for must approve, and the reasons say why and where that was found; the
    facts of it."""
    escalation.approvals = max(more.verdict.approvals, escalation.approvals)
    found = [kept.found(one, where or more.where).as_json() for one in more.reasons]
    escalation.reasons = [*found, *escalation.reasons]
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
    escalation = moves.locked_as_it_is(escalation)
    had = escalation.requirement_id
    changes = {"policy_version": versions.current().number, **_raised(escalation, more)}
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
    return Conflict("held_by_rule", more.refusal, at=now)


def _skills(requirement: int, more: More) -> dict[str, int]:
    skills = dict(requirements.skills_of(requirement))
    for name, grade in more.verdict.skills.items():
        skills[name] = max(grade, skills.get(name, 0))
    return skills


def _raised(escalation: Escalation, more: More) -> JSON:
    verdict = more.verdict
    level = max(verdict.level, escalation.level)
    return {
        "level": level,
        "disposition": DISPOSITIONS[level],
        "priority": max(escalation.priority, verdict.priority, key=PRIORITIES.index),
        "requirement_id": requirements.id_for(_skills(escalation.requirement_id, more)),
    }


def _added(escalation: Escalation) -> list[JSON]:
    return list(escalation.additions.order_by("pk").values_list("context", flat=True))


def _asks_with(escalation: Escalation, context: Mapping[str, Any], *, now: datetime) -> More | None:
    package = escalation.packages.get(version=escalation.package_version).document
    added, seen = [*_added(escalation), dict(context)], masks.of(package)
    return answer_judging.more(
        additions.merged(package, added),
        versions.current().document,
        terms(escalation),
        shown=(additions.merged(seen.document, masks.added(package, added)), None)
        if seen.places
        else None,
        now=now,
        outlook=ports.outlook,
    )


def _recall(escalation: Escalation, more: More, *, now: datetime) -> Escalation:
    """The decision was made without what is added now; while it can be undone, it is."""
    # The same boundary as for `undo`.
    if escalation.effective_at is None or escalation.effective_at <= now:
        guards.require_open(escalation)
    leaving.drop(escalation, now=now)
    approvals.void(escalation, now=now)
    holding.let_go(escalation)
    facts = {"rules": [one.rule for one in more.reasons]}
    return moves.move(escalation, "recalled", before=State.DECIDED, by=None, now=now, facts=facts)


def _raise_to(escalation: Escalation, more: More, *, now: datetime) -> Escalation:
    """As high as what was added asks for; what was put off waits again where that is higher."""
    before, was, had = escalation.state, escalation.level, escalation.requirement_id
    changes = _raised(escalation, more)
    higher = changes["level"] > was
    if higher:
        if before == State.SNOOZED:
            # The clock runs on first: the answer is due by the earlier of the two.
            holding.resume(escalation, now=now)
            holding.let_go(escalation)
        changes |= {
            "method": more.verdict.method,
            "respond_by": min(escalation.respond_by, more.verdict.respond_by),
        }
        if changes["level"] >= TAKEN_FROM_THE_AGENT:
            changes["why"] = kept.found(more.reasons[0], kept.ADDED).sentence
    arriving.judge_anew(escalation, changes, now=now)
    facts = {**ask_more_people(escalation, more, kept.ADDED), **_facts(escalation)}
    escalation = moves.move(
        escalation,
        "context_judged",
        before=before,
        by=None,
        now=now,
        facts=facts | {"method": escalation.method},
        columns=(*moves.COLUMNS, *holding.CLOCK, *COLUMNS, "method", "why"),
        left=requirements.skills_of(had) if had != escalation.requirement_id else None,
    )
    return arriving.left_to_who_may(
        escalation, had=had, keeps_hold=False, reason=MAY_NOT_DECIDE_IT, now=now
    )


def _facts(escalation: Escalation) -> JSON:
    return {
        "task_type": escalation.task_type,
        "level": escalation.level,
        "disposition": escalation.disposition,
        "priority": escalation.priority,
        "requirement": escalation.requirement_id,
        "to_skills": requirements.key(requirements.skills_of(escalation.requirement_id)),
        "policy_version": escalation.policy_version,
        "by_policy_version": versions.current().number,
        "respond_by": lines.timestamp(escalation.respond_by),
        "re_escalates": escalation.re_escalates.id if escalation.re_escalates else None,
    }
