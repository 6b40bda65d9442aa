"""The agent cancels the case, or its time is up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from console import clock
from escalations.lifecycle import decisions, guards, holding, leaving, moves, raising
from escalations.models import Escalation, State
from escalations.record.lines import BATON, Actor
from escalations.refusals import Conflict


@transaction.atomic
def cancel(
    escalation: Escalation, *, agent: str, superseded_by: str = "", now: datetime | None = None
) -> Escalation:
    """The agent no longer needs it. A decision still inside its undo window is dropped.

    `now` as for `undo`. Raises Conflict once a decision took effect or the case ended otherwise.
    """
    escalation = moves.locked(escalation)
    now = now or clock.exact()
    before = escalation.state
    require_cancellable(escalation, now=now)
    if before == State.DECIDED:
        leaving.drop(escalation, now=now)
    facts = {"superseded_by": superseded_by} if superseded_by else {}
    return _end(escalation, State.CANCELLED, Actor("agent", agent), now=now, facts=facts)


def require_cancellable(escalation: Escalation, *, now: datetime) -> None:
    """Raises Conflict once a decision took effect or the case ended otherwise."""
    state, effective_at = escalation.state, escalation.effective_at
    undoable = state == State.DECIDED and effective_at is not None and effective_at > now
    if not undoable and state not in State.open():
        raise Conflict(
            "closed",
            f"This case is already {state}.",
            by=guards.person_of(escalation),
            at=escalation.closed_at,
        )


def is_over(escalation: Escalation, *, now: datetime) -> bool:
    """Whether its time ended without an answer, so that `on_timeout` has to act before all else."""
    ends = escalation.expires_at
    waits_on = escalation.on_timeout == "keep_waiting"
    return escalation.state in State.open() and not waits_on and ends is not None and ends <= now


@transaction.atomic
def expire(escalation: Escalation, *, now: datetime) -> bool:
    """Do at `expires_at` what `on_timeout` says; silence never approves. False if it was not due.

    `escalate` takes the case a level up, where it goes on without an end; `reject` and
    `return_to_agent` end it.
    """
    escalation = moves.locked(escalation)
    # Asked again under the lock: answered, or revised to a later end, since the sweep chose it.
    if not is_over(escalation, now=now):
        return False
    if escalation.on_timeout == "escalate":
        raising.raise_level(escalation, now=now)
    else:
        facts = {"rule": f"on_timeout: {escalation.on_timeout}"}
        _end(escalation, State.EXPIRED, BATON, now=now, facts=facts)
    return True


def _end(
    escalation: Escalation, state: State, actor: Actor, *, now: datetime, facts: Mapping[str, Any]
) -> Escalation:
    """Close without an answer by anybody: the agent still gets a document that says so."""
    before, docket = escalation.state, moves.read(escalation)
    holding.let_go(escalation)
    decision = decisions.closing(docket, outcome=state.value, facts=facts, now=now)
    escalation.state, escalation.version = state, escalation.version + 1
    escalation.outcome = state.value
    escalation.closed_at = escalation.effective_at = now
    rows = leaving.rows(
        decision, escalation, docket.package, actor=actor, now=now, listens=docket.listens,
        kind=state.value, extra=facts,
    )  # fmt: skip
    if not moves.write(escalation, rows, before=before, by=None, now=now):
        raise moves.busy()
    return escalation
