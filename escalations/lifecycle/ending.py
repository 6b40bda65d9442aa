"""The agent cancels the case, or its time is up."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from console import clock
from escalations.dockets import Docket
from escalations.lifecycle import decisions, guards, holding, leaving, moves, raising
from escalations.lifecycle.moves import Change
from escalations.models import Endpoint, Escalation, State
from escalations.record import vouching
from escalations.record.lines import BATON, Actor
from escalations.refusals import Conflict

P = ParamSpec("P")
R = TypeVar("R")


@transaction.atomic
def cancel(
    escalation: Escalation, *, agent: str, superseded_by: str = "", now: datetime | None = None
) -> Escalation:
    """The agent no longer needs it. A decision still inside its undo window is dropped.

    `now` as for `undo`. Raises Conflict once a decision took effect or the case ended otherwise.
    """
    escalation = moves.locked(escalation, now=now)
    now = now or clock.exact()
    before = escalation.state
    require_cancellable(escalation, now=now)
    if before == State.DECIDED:
        leaving.drop(escalation, now=now)
    facts = {"superseded_by": superseded_by} if superseded_by else {}
    docket, actor = moves.read(escalation), Actor("agent", agent)
    change = _ended(escalation, docket, State.CANCELLED, actor, now=now, facts=facts)
    return moves.carry_out(change, now=now)


def require_cancellable(escalation: Escalation, *, now: datetime) -> None:
    """Raises Conflict once a decision took effect or the case ended otherwise, and while people
    have its conversation."""
    guards.require_agent_goes_on(escalation)
    state, effective_at = escalation.state, escalation.effective_at
    undoable = state == State.DECIDED and effective_at is not None and effective_at > now
    undoable = undoable and not leaving.has_left(escalation)
    # Read without a lock, its time may be over and not seen to: then it is about to end.
    ends = guards.is_over(escalation, now=now) and escalation.on_timeout != "escalate"
    if ends or (not undoable and state not in State.open()):
        raise Conflict(
            "closed",
            f"This case is already {State.EXPIRED if ends else state}.",
            by=guards.person_of(escalation),
            at=escalation.expires_at if ends else escalation.closed_at,
        )


@transaction.atomic
def expire(escalation: Escalation, *, now: datetime) -> bool:
    """Do at `expires_at` what `on_timeout` says; silence never approves. False if it was not due.

    `escalate` takes the case a level up, where it goes on without an end; `reject` and
    `return_to_agent` end it.
    """
    escalation = moves.locked_as_it_is(escalation)
    # Asked again under the lock: answered, or revised to a later end, since the sweep chose it.
    if not guards.is_over(escalation, now=now):
        return False
    if escalation.on_timeout == "escalate":
        change = raising.raised(escalation, salt=vouching.salt_of(escalation), now=now)
    else:
        change = expired(escalation, moves.read(escalation), now=now)
    moves.carry_out(change, now=now)
    return True


def expired(
    escalation: Escalation,
    docket: Docket,
    *,
    now: datetime,
    on: Sequence[Endpoint] | None = None,
) -> Change:
    """Closed at the end of its time, under the lock; `on` as for `outgoing.addresses`."""
    facts = {"rule": f"on_timeout: {escalation.on_timeout}"}
    return _ended(escalation, docket, State.EXPIRED, BATON, now=now, facts=facts, on=on)


def current(escalation: Escalation, *, now: datetime) -> Escalation:
    """The row as it is now, locked until the transaction ends; what its time has done to it by
    `now` is done."""
    try:
        return moves.locked(escalation, now=now)
    except guards.Over as over:
        expire(over.escalation, now=over.moment)
        return moves.locked_as_it_is(escalation)


def in_time(act: Callable[P, R]) -> Callable[P, R]:
    """This act, on what a case has become by the end of its time, whether or not a sweep has come:
    ended, so that the act says so, or a level up."""

    @wraps(act)
    def acted(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return act(*args, **kwargs)
        # Raised inside the transaction of the act, which is undone by now.
        except guards.Over as over:
            expire(over.escalation, now=over.moment)
            return act(*args, **kwargs)

    return acted


def _ended(
    escalation: Escalation,
    docket: Docket,
    state: State,
    actor: Actor,
    *,
    now: datetime,
    facts: Mapping[str, Any],
    on: Sequence[Endpoint] | None = None,
) -> Change:
    """Closed without an answer by anybody: the agent still gets a document that says so."""
    before = escalation.state
    holding.let_go(escalation)
    decision = decisions.closing(docket, outcome=state.value, facts=facts, now=now)
    escalation.state, escalation.version = state, escalation.version + 1
    escalation.outcome = state.value
    escalation.closed_at = escalation.effective_at = now
    rows = leaving.rows(
        decision, escalation, docket.package, actor=actor, now=now, listens=docket.listens,
        kind=state.value, extra=facts, on=on,
    )  # fmt: skip
    return Change(escalation=escalation, rows=rows, before=before, facts=facts)
