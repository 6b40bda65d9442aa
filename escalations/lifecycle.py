"""The life of an escalation: the one module that changes state (design.md §2).

Every change is one transaction: new state, `version + 1`, one line of the record and what must
leave afterwards are written together, and only if the row is still at the version and the line
that were read. Whoever follows (capacity) hears `moved` before: it refuses by raising `Refused`,
and answers with a rider (see `writes.py`) for what must change with it. Browsers and waiting
agents are told on commit.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import models, transaction

from escalations import answers, approvals, decisions, deliveries, guards, moves, record, writes
from escalations.access import Viewer
from escalations.dockets import Docket
from escalations.models import Addition, Decision, Escalation, Package, State
from escalations.record import BATON, Actor
from escalations.refusals import Conflict, NotAllowed

LEASE = timedelta(seconds=60)
IDLE_LIMIT = timedelta(minutes=10)
LOOKS_MAX = 5


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
        rows += _leaving(decision, escalation, package)
    stored = writes.insert(escalation, rows)
    if stored:
        moves.tell(escalation, rows)
    return stored


@transaction.atomic
def claim(escalation: Escalation, *, by: Viewer, now: datetime) -> Escalation:
    """Give one reviewer the lease.

    Raises Conflict if somebody else was faster, NotAllowed if this person may not decide it.
    """
    escalation = moves.locked(escalation)
    if escalation.state == State.HELD and escalation.held_by_id == by.user_id:
        return escalation
    guards.require_free(escalation)
    approvals.require_eligible(escalation, by)
    before = escalation.state
    escalation.state, escalation.fence = State.HELD, escalation.fence + 1
    escalation.held_by_id, escalation.held_at = by.user_id, now
    escalation.lease_until, escalation.active_at = now + LEASE, now
    escalation.accepted_at = escalation.accepted_at or now
    return moves.move(
        escalation, "claimed", before=before, by=by, now=now, facts={"fence": escalation.fence}
    )


@transaction.atomic
def release(escalation: Escalation, *, by: Viewer, version: int, now: datetime) -> Escalation:
    """Give the case back; it keeps its age. Raises Conflict if it is no longer theirs."""
    escalation = moves.locked(escalation)
    guards.require_holder(escalation, by.user_id, now=now)
    guards.require_version(escalation, version)
    _let_go(escalation)
    return moves.move(escalation, "released", before=State.HELD, by=by, now=now)


@transaction.atomic
def beat(escalation: Escalation, *, by: Viewer, active: bool, now: datetime) -> Escalation:
    """The holder is still there: the lease runs on, from now. No new version, no line.

    Raises Conflict if the lease is already somebody else's or over.
    """
    escalation = moves.locked(escalation)
    guards.require_holder(escalation, by.user_id, now=now)
    escalation.lease_until = now + LEASE
    if active:
        escalation.active_at = now
    escalation.save(update_fields=["lease_until", "active_at"])
    return escalation


@transaction.atomic
def lose_lease(escalation: Escalation, *, now: datetime) -> bool:
    """End a lease whose heartbeat stopped; False if it was renewed or ended meanwhile."""
    escalation = moves.locked(escalation)
    holder, idle_since = escalation.held_by, now - IDLE_LIMIT
    if holder is None or escalation.lease_until is None or escalation.active_at is None:
        return False
    idle = escalation.active_at < idle_since
    if escalation.lease_until >= now and not idle:
        return False
    facts = {"holder": holder.username, "idle": idle}
    _let_go(escalation)
    moves.move(escalation, "lease_ended", before=State.HELD, by=None, now=now, facts=facts)
    return True


def decide(
    escalation: Escalation,
    choice: answers.Choice,
    *,
    by: Viewer,
    version: int,
    reject_reasons: list[str],
    attention: Mapping[str, Any] | None = None,
    digest: str | None = None,
    now: datetime,
    docket: Docket | None = None,
    beside: Callable[[Escalation], Sequence[models.Model]] = lambda _: (),
) -> Escalation:
    """Answer the agent; an unheld case is claimed and decided in one.

    Where several people must agree, this may be one vote of theirs (state `second`). `docket` is
    what the caller has just read, and `beside` gives the rows to store with the decision.
    Raises Conflict for a stale version, digest or lease, or when somebody else holds or decided
    it; NotAllowed for whom the two-person rule excludes; Invalid for an answer that cannot be.
    """
    docket = docket or moves.read(escalation)
    settle = partial(
        _decide, choice=choice, by=by, version=version, reject_reasons=reject_reasons,
        attention=attention, digest=digest, now=now, beside=beside,
    )  # fmt: skip
    with moves.votes_in_turn(docket.escalation) as in_turn:
        decided = settle(moves.read(escalation) if in_turn else docket)
        looks = 1
        while decided is None and looks < LOOKS_MAX:
            decided, looks = settle(moves.read(escalation)), looks + 1
    if decided is None:
        raise moves.busy()
    return decided


@transaction.atomic
def undo(escalation: Escalation, *, by: Viewer, version: int, now: datetime) -> Escalation:
    """Take a decision back inside its undo window; the case is the decider's again if they can
    hold one more, otherwise it waits with its age.

    Raises Conflict once the window is over, or if it was decided by somebody else.
    """
    escalation = moves.locked(escalation)
    guards.require_version(escalation, version)
    if escalation.state != State.DECIDED or escalation.decided_by_id != by.user_id:
        raise Conflict(
            "not_yours", "There is no decision of yours to undo.", by=guards.person_of(escalation)
        )
    if escalation.effective_at is None or escalation.effective_at <= now:
        raise Conflict("too_late", "The agent already has this answer.", at=escalation.effective_at)
    _drop_decision(escalation, now=now)
    approvals.take_back(escalation, by=by, now=now)
    try:
        with transaction.atomic():
            escalation.state, escalation.fence = State.HELD, escalation.fence + 1
            escalation.held_by_id, escalation.held_at = by.user_id, now
            escalation.lease_until, escalation.active_at = now + LEASE, now
            return moves.move(escalation, "undone", before=State.DECIDED, by=by, now=now)
    except NotAllowed:
        escalation = moves.locked(escalation)
        _drop_decision(escalation, now=now)
        _let_go(escalation)
        return moves.move(escalation, "undone", before=State.DECIDED, by=by, now=now)


@transaction.atomic
def cancel(
    escalation: Escalation, *, agent: str, superseded_by: str = "", now: datetime
) -> Escalation:
    """The agent no longer needs it. A decision still inside its undo window is dropped.

    Raises Conflict once a decision took effect or the case ended otherwise.
    """
    escalation = moves.locked(escalation)
    before = escalation.state
    if before == State.DECIDED and escalation.effective_at and escalation.effective_at > now:
        _drop_decision(escalation, now=now)
    elif before not in State.open():
        raise Conflict("closed", f"This case is already {before}.", at=escalation.closed_at)
    facts = {"superseded_by": superseded_by} if superseded_by else {}
    return _end(escalation, State.CANCELLED, Actor("agent", agent), now=now, facts=facts)


@transaction.atomic
def expire(escalation: Escalation, *, now: datetime) -> bool:
    """End a case at its `expires_at`; silence never approves. False if it was not due."""
    escalation = moves.locked(escalation)
    before = escalation.state
    due = escalation.expires_at is not None and escalation.expires_at <= now
    if before not in State.open() or not due:
        return False
    facts = {"rule": f"on_timeout: {escalation.on_timeout}"}
    _end(escalation, State.EXPIRED, BATON, now=now, facts=facts)
    return True


@transaction.atomic
def raise_overdue(escalation: Escalation, *, now: datetime) -> bool:
    """Note once that the answer-by time passed; False if that is noted or it was answered."""
    escalation = moves.locked(escalation)
    late = escalation.respond_by <= now and escalation.overdue_at is None
    if escalation.state not in State.open() or not late:
        return False
    escalation.overdue_at = now
    facts = {"respond_by": record.timestamp(escalation.respond_by)}
    moves.move(escalation, "overdue", before=escalation.state, by=None, now=now, facts=facts)
    return True


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


@transaction.atomic
def note(
    escalation: Escalation, kind: str, *, actor: Actor, facts: Mapping[str, Any], now: datetime
) -> Escalation:
    """Write a line that changes no state: a read, what the agent did, what the customer said."""
    escalation = moves.locked(escalation)
    event = record.line(escalation, kind, actor=actor, at=now, facts=facts)
    version, line = escalation.version, event.position - 1
    if not writes.update(escalation, [event], columns=moves.LINE, version=version, line=line):
        raise moves.busy()
    return escalation


def _decide(
    docket: Docket,
    *,
    choice: answers.Choice,
    by: Viewer,
    version: int,
    reject_reasons: list[str],
    attention: Mapping[str, Any] | None,
    digest: str | None,
    now: datetime,
    beside: Callable[[Escalation], Sequence[models.Model]],
) -> Escalation | None:
    """The decided escalation; None if it changed after the docket was read."""
    escalation, package, before = docket.escalation, docket.package, docket.escalation.state
    if before in guards.FREE:
        approvals.require_eligible(escalation, by)
        escalation.accepted_at = escalation.accepted_at or now
    else:
        guards.require_holder(escalation, by.user_id, now=now)
    guards.require_version(escalation, version)
    if digest is not None and digest != escalation.digest:
        raise Conflict("digest", "The agent has changed this case since you read it.")
    answer = answers.answer(package.document, choice, reject_reasons=reject_reasons)
    settled = approvals.weigh(escalation, answer, by=by, now=now)
    actor = Actor("person", by.username)
    rows: list[models.Model] = []
    _let_go(escalation)
    if settled is None:
        facts = {"command": choice.command, "package_version": escalation.package_version}
        rows.append(moves.raised(escalation, "voted", actor=actor, now=now, facts=facts))
    else:
        decision = decisions.draw_up(docket, settled, by=by, now=now, attention=attention)
        _settle(escalation, decision, by=by)
        rows.append(
            decisions.sign(
                decision, escalation, package, actor=actor, now=now, answer=settled, extra=attention
            )
        )
        rows += _leaving(decision, escalation, package, listens=docket.listens)
    rows += beside(escalation)
    return escalation if moves.write(escalation, rows, before=before, by=by, now=now) else None


def _settle(escalation: Escalation, decision: Decision, *, by: Viewer) -> None:
    escalation.state, escalation.version = State.DECIDED, decision.escalation_version
    escalation.outcome, escalation.decided_by_id = decision.outcome, by.user_id
    escalation.decided_at = escalation.closed_at = decision.decided_at
    escalation.effective_at = decision.effective_at


def _leaving(
    decision: Decision, escalation: Escalation, package: Package, *, listens: bool = True
) -> list[models.Model]:
    """The rows of a decision and of what it sends to the agent's addresses."""
    decision.escalation = escalation
    kind = decisions.announced_as(decision)
    planned = deliveries.planned(
        escalation, kind, decision=decision, package=package, listens=listens
    )
    return [decision, *planned]


def _drop_decision(escalation: Escalation, *, now: datetime) -> None:
    """Take the decision that is still inside its undo window back, with what would have left."""
    standing = escalation.decisions.filter(undone_at__isnull=True).order_by("-sequence").first()
    if standing is not None:
        Decision.objects.filter(pk=standing.pk).update(undone_at=now)
        deliveries.drop(standing)
    escalation.outcome, escalation.decided_by = "", None
    escalation.decided_at = escalation.effective_at = escalation.closed_at = None


def _end(
    escalation: Escalation, state: State, actor: Actor, *, now: datetime, facts: Mapping[str, Any]
) -> Escalation:
    """Close without an answer by anybody: the agent still gets a document that says so."""
    before, docket = escalation.state, moves.read(escalation)
    _let_go(escalation)
    decision = decisions.closing(docket, outcome=state.value, facts=facts, now=now)
    escalation.state, escalation.version = state, escalation.version + 1
    escalation.outcome = state.value
    escalation.closed_at = escalation.effective_at = now
    event = decisions.sign(
        decision, escalation, docket.package, actor=actor, now=now, kind=state.value, extra=facts
    )
    rows = [event, *_leaving(decision, escalation, docket.package, listens=docket.listens)]
    if not moves.write(escalation, rows, before=before, by=None, now=now):
        raise moves.busy()
    return escalation


def _let_go(escalation: Escalation) -> None:
    second = approvals.pending(escalation)
    escalation.state = State.SECOND if second else State.WAITING
    escalation.held_by = escalation.held_at = escalation.lease_until = escalation.active_at = None
