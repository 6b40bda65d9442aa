"""What the agent sends: a new case, a new package version, context that it learnt meanwhile."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import models, transaction

from escalations import access, eligibility
from escalations.access import Viewer
from escalations.lifecycle import (
    approvals,
    guards,
    holding,
    leaving,
    moves,
    offering,
    writes,
)
from escalations.models import (
    Addition,
    Decision,
    Escalation,
    Package,
    Remark,
    State,
    requirements,
    search_words,
)
from escalations.policy import ladder, priority, versions
from escalations.policy.ladder import ALERT_LEVEL
from escalations.record import lines, vouching
from escalations.record.lines import Actor

REVISED = "revised"


def arrive(
    escalation: Escalation,
    package: Package,
    *,
    decision: Decision | None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Store a new escalation, waiting or decided at once by the policy.

    False, and nothing is stored, when the agent's idempotency key is already taken, or an identical
    call of it waits.
    """
    facts = vouching.arrival(escalation, package)
    rows: list[models.Model] = [package]
    # First of the chain: each line goes on from the hash of the one that was made before it.
    rows.append(lines.line(escalation, "received", actor=actor, at=now, facts=facts))
    if decision is not None:
        rows += leaving.rows(decision, escalation, package, actor=lines.POLICY, now=now)
    stored = writes.insert(escalation, rows)
    if stored:
        moves.tell(escalation, rows)
    return stored


@transaction.atomic
def revise(
    escalation: Escalation,
    package: Package,
    changes: Mapping[str, Any],
    *,
    call_at: datetime | None = None,
    agent: str,
    now: datetime,
) -> Escalation:
    """A new package version with its own verdict; approvals of the older one are void.

    `changes` are the columns that triage of the new version sets. The case moves to the place that
    its new level and priority give it; a snoozed one that comes to level 4 wakes. Until `call_at`
    a waiting case with a new time for its call is put off, and one that was put off for its call
    wakes then; without it at once. Whoever has it and may not decide the new version loses it.
    Raises Conflict once decided, and while people have its conversation.
    """
    escalation = moves.locked(escalation, now=now)
    guards.require_open_to_agent(escalation)
    before = escalation.state
    if before == State.SNOOZED:
        # The clock runs on first: the new rank is made of the answer-by time that this gives.
        _wait_on(escalation, call_at, alert=changes.get("level") == ALERT_LEVEL, now=now)
    had, called_at = escalation.requirement_id, escalation.callback_at
    said = search_words.of(escalation)
    judge_anew(escalation, changes, now=now)
    escalation.package_version += 1
    escalation.digest, escalation.pending_call = package.digest, None
    package.version = escalation.package_version
    # Approvals hold for the text that was read; SECOND ends with them, below. After the version was
    # raised, as the authors of edits stand for as long as their version does.
    approvals.void(escalation, now=now)
    if escalation.state == State.SECOND:
        escalation.state = State.WAITING
    if escalation.state == State.WAITING and call_at and called_at != escalation.callback_at:
        escalation.state = State.SNOOZED
        escalation.snoozed_at, escalation.snoozed_until = now, call_at
    escalation = moves.move(
        escalation,
        "revised",
        before=before, by=None, now=now,
        facts=vouching.arrival(escalation, package),
        actor=Actor("agent", agent),
        rows=[package],
        columns=(*moves.COLUMNS, *holding.CLOCK, *changes),
        left=requirements.skills_of(had) if had != escalation.requirement_id else None,
    )  # fmt: skip
    search_words.replace(escalation, said)
    # After the move, because it is a move of its own: its line must follow the revision's.
    return left_to_who_may(escalation, had=had, reason=REVISED, now=now)


@transaction.atomic
def add_context(
    escalation: Escalation, context: Mapping[str, Any], *, agent: str, now: datetime
) -> Escalation:
    """Append what the agent learnt meanwhile; decisions on the older text are refused, and votes
    that agreed to it are void. What it asks for is judged by `rejudging.add_context`."""
    escalation = moves.locked(escalation, now=now)
    guards.require_open(escalation)
    added = Addition(
        escalation_version=escalation.version + 1, context=dict(context), received_at=now
    )
    actor, before = Actor("agent", agent), escalation.state
    facts: dict[str, Any] = {
        "context": vouching.hidden(added.context, vouching.salt_of(escalation))
    }
    if guards.is_asked(escalation):
        # Whoever asked has the answer now. In this order: `let_go` forgets where the clock stood.
        facts |= holding.resume(escalation, now=now)
        holding.let_go(escalation)
    voided = approvals.void_agreed(escalation, now=now)
    if voided:
        facts["voided"] = voided
    if escalation.state == State.SECOND and not approvals.pending(escalation):
        escalation.state = State.WAITING
    return moves.move(
        escalation, "context_added", before=before, by=None, now=now, actor=actor, facts=facts,
        rows=[added], columns=(*moves.COLUMNS, *holding.CLOCK),
    )  # fmt: skip


def judge_anew(escalation: Escalation, changes: Mapping[str, Any], *, now: datetime) -> None:
    """These columns as they are judged now, with the place and the next alert that follow."""
    was = escalation.level, escalation.task_type
    for column, value in changes.items():
        setattr(escalation, column, value)
    escalation.rank = priority.rank(
        level=escalation.level, priority=escalation.priority, respond_by=escalation.respond_by
    )
    if was != (escalation.level, escalation.task_type):
        escalation.alert_at = next_alert(escalation, now=now)


def left_to_who_may(
    escalation: Escalation,
    *,
    had: int,
    keeps_hold: bool = True,
    reason: str,
    now: datetime,
) -> Escalation:
    """Taken back from whoever may not decide it under its new terms, and an offer (a hold as well,
    unless `keeps_hold`) from whoever is below the skills that it asks for, where it `had` another
    requirement."""
    whose = escalation.held_by_id or escalation.offered_to_id
    if whose is None:
        return escalation
    person = approvals.who_may_decide(escalation, whose)
    same_skills = had == escalation.requirement_id
    lent = (keeps_hold and escalation.state in State.held()) or same_skills
    if person is not None and (lent or _finds(person, escalation)):
        return escalation
    # It locks and changes a copy of its own, hence the read after it.
    offering.take_back(escalation, whose=whose, reason=reason, now=now)
    return moves.locked_as_it_is(escalation)


def _wait_on(
    escalation: Escalation, call_at: datetime | None, *, alert: bool, now: datetime
) -> None:
    """A snoozed case goes on until its call; where somebody put it off, until their time."""
    said = escalation.remarks.filter(kind=Remark.Kind.SNOOZED)
    # Who puts a case off leaves a remark of the same moment; a case that waits for its call has
    # none.
    put_off = said.filter(at__gte=escalation.snoozed_at or now)
    if not alert and put_off.exists():
        return
    elif call_at is None or guards.is_asked(escalation):
        # `let_go` forgets since when the clock stands, so it comes second.
        holding.resume(escalation, now=now)
        holding.let_go(escalation)
    else:
        escalation.snoozed_until = call_at


def _finds(person: Viewer, escalation: Escalation) -> bool:
    """Whether it would be theirs to see had it not been given to them."""
    return eligibility.may_see(person, replace(access.case_of(escalation), whose=()))


def next_alert(escalation: Escalation, *, now: datetime) -> datetime | None:
    """The next alert of a case that comes under another ladder, or is due at another time."""
    steps = ladder.of(versions.current().document, escalation.task_type, escalation.level)
    if steps is None:
        return None
    due = ladder.resumed(
        steps,
        escalation.alert_step,
        arrived_at=escalation.arrived_at,
        respond_by=escalation.respond_by,
        now=now,
    )
    return due.at if due else None
