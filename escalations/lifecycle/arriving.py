"""What the agent sends: a new case, a new package version, context that it learnt meanwhile."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from escalations import approvals, decisions, guards, moves, record, writes
from escalations.lifecycle import leaving
from escalations.models import Addition, Decision, Escalation, Package, State
from escalations.record import Actor


def arrive(
    escalation: Escalation,
    package: Package,
    *,
    decision: Decision | None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Store a new escalation, waiting or decided at once by the policy.

    False, and nothing is stored, when the agent's idempotency key is already taken.
    """
    facts = record.arrival(escalation, package)
    rows: list[models.Model] = [package]
    rows.append(record.line(escalation, "received", actor=actor, at=now, facts=facts))
    if decision is not None:
        rows.append(decisions.sign(decision, escalation, package, actor=record.POLICY, now=now))
        rows += leaving.rows(decision, escalation, package)
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
    agent: str,
    now: datetime,
) -> Escalation:
    """A new package version with its own verdict; approvals of the older one are void.

    `changes` are the columns that triage of the new version sets. Raises Conflict once decided.
    """
    escalation = moves.locked(escalation)
    guards.require_open(escalation)
    before = escalation.state
    for column, value in changes.items():
        setattr(escalation, column, value)
    escalation.package_version += 1
    escalation.digest = package.digest
    package.version = escalation.package_version
    approvals.void(escalation, now=now)
    if escalation.state == State.SECOND:
        escalation.state = State.WAITING
    return moves.move(
        escalation,
        "revised",
        before=before,
        by=None,
        now=now,
        facts=record.arrival(escalation, package),
        actor=Actor("agent", agent),
        rows=[package],
        columns=(*moves.COLUMNS, *changes),
    )


@transaction.atomic
def add_context(
    escalation: Escalation, context: Mapping[str, Any], *, agent: str, now: datetime
) -> Escalation:
    """Append what the agent learnt meanwhile; decisions on the older text are refused."""
    escalation = moves.locked(escalation)
    guards.require_open(escalation)
    added = Addition(
        escalation_version=escalation.version + 1, context=dict(context), received_at=now
    )
    actor, before = Actor("agent", agent), escalation.state
    return moves.move(
        escalation, "context_added", before=before, by=None, now=now, actor=actor, rows=[added]
    )
