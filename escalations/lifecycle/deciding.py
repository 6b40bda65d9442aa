"""The answer, settled once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models

from console import clock
from escalations.access import Viewer
from escalations.dockets import Docket
from escalations.lifecycle import (
    answers,
    approvals,
    decisions,
    ending,
    guards,
    holding,
    leaving,
    moves,
    rejudging,
    standing,
)
from escalations.lifecycle.handing import targets
from escalations.live import hints
from escalations.models import Agent, Escalation, Event, State
from escalations.proposal import verdicts
from escalations.proposal.choices import Choice
from escalations.record.lines import Actor
from escalations.refusals import Conflict
from escalations.text import formatting

LOOKS_MAX = 5

Settle = Callable[..., Escalation | Conflict | None]


def decide(
    escalation: Escalation,
    choice: Choice,
    *,
    by: Viewer,
    version: int,
    reject_reasons: list[str],
    attention: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    digest: str | None = None,
    now: datetime | None = None,
    docket: Docket | None = None,
    beside: Callable[[Escalation], Sequence[models.Model]] = lambda _: (),
) -> Escalation:
    """Answer the agent; an unheld case is claimed and decided in one.

    Where several people must agree, this may be one vote of theirs (state `second`). `docket` is
    what the caller has just read, `facts` what its line says besides, and `beside` gives the rows
    to store with the decision. `now` as for `undo`.
    Raises Conflict for a stale version, digest or lease, when somebody else holds or decided it,
    or when what would leave meets a rule that the proposal did not: the case is then raised to
    what the rule asks, and the next press counts under these terms; or when somebody whose part
    stood may not decide it any more, which ends that part first. Raises NotAllowed for whom the
    two-person rule excludes, and RightsChanged where `by` lost a right since it was read; Invalid
    for an answer that cannot be.
    """
    docket = docket or moves.read(escalation)
    settle = partial(
        _decide, choice=choice, by=by, version=version, reject_reasons=reject_reasons,
        attention=attention, facts=facts or {}, digest=digest, beside=beside,
    )  # fmt: skip
    try:
        return _settled(docket, settle, by, now)
    # Swept or not: what has expired is not decided. It is ended or raised here as the sweep would,
    # and the guards then say what became of it.
    except guards.Over as over:
        ending.expire(over.escalation, now=over.moment)
        return _settled(moves.read(escalation), settle, by, now)


class _AsksForMore(Exception):
    """What would leave asks for more than the case does."""


def _settled(docket: Docket, settle: Settle, by: Viewer, now: datetime | None) -> Escalation:
    at = now or clock.now()
    locked = docket.escalation.approvals > 1 or _ends_soon(docket, at)
    try:
        return _in_turn(docket, settle, by, now, locked=locked)
    # Known only once the answer is made, and written beside the case: hence anew, under the lock.
    except _AsksForMore:
        return _in_turn(docket, settle, by, now, locked=True)


def _ends_soon(docket: Docket, at: datetime) -> bool:
    """Whether the case, or one of its actions, may come to its end while the row is waited for."""
    latest = at + guards.WAIT_MAX
    actions = docket.package.document.get("proposed_actions") or ()
    return guards.is_over(docket.escalation, now=latest) or any(
        verdicts.is_over(action, latest) for action in actions
    )


def _in_turn(
    docket: Docket, settle: Settle, by: Viewer, now: datetime | None, *, locked: bool
) -> Escalation:
    escalation = docket.escalation
    with moves.in_turn(escalation, by=by, locked_first=locked):
        # Under the lock the time at which it counts, not that at which it came.
        settle = partial(settle, now=now or (clock.exact() if locked else clock.now()))
        decided = settle(moves.read(escalation) if locked else docket, locked=locked)
        # Without a lock the case may have moved between reading and writing. Looking again decides
        # most such ties by a sentence (who was first) instead of an error; the limit is for a case
        # that changes without end.
        looks = 1
        while decided is None and looks < LOOKS_MAX:
            decided, looks = settle(moves.read(escalation), locked=locked), looks + 1
    if decided is None:
        raise moves.busy()
    # Raised only here, so that what was written with it is kept.
    if isinstance(decided, Conflict):
        raise decided
    return decided


def _decide(
    docket: Docket,
    *,
    locked: bool,
    choice: Choice,
    by: Viewer,
    version: int,
    reject_reasons: list[str],
    attention: Mapping[str, Any] | None,
    facts: Mapping[str, Any],
    digest: str | None,
    now: datetime,
    beside: Callable[[Escalation], Sequence[models.Model]],
) -> Escalation | Conflict | None:
    """The decided escalation, or why it is held; None if it changed after the docket was read."""
    escalation, package, before = docket.escalation, docket.package, docket.escalation.state
    guards.require_in_time(escalation, now=now)
    _require_theirs(escalation, by, now)
    guards.require_nobody_speaks(escalation)
    _require_as_read(escalation, version, digest)
    # Raised by others since it was read: now there are votes to weigh, under the lock.
    if escalation.approvals > 1 and not locked:
        raise _AsksForMore
    if escalation.approvals > 1 and (lapsed := approvals.lapse(escalation, now=now)):
        return _lapsed(lapsed, now)
    stands = approvals.stands(escalation)
    proposed = targets.spelt(package.document)
    answer = standing.answer(proposed, choice, stands, reasons=reject_reasons, now=now)
    answer, handed = targets.settle(escalation, proposed, answer)
    _require_apart(escalation, answer, by)
    more = rejudging.more(escalation, package.document, answer, now=now)
    if more is not None and not locked:
        raise _AsksForMore
    if more is not None and not more.only_approvals:
        return rejudging.hold(escalation, more, now=now)
    asked = rejudging.ask_more_people(escalation, more) if more else {}
    # Weighed before the case is let go, which asks whether a vote is pending, and must see this.
    settled, verdict = approvals.weigh(escalation, answer, stands, by=by, now=now)
    voted = approvals.vote_of(verdict, answer, package.salt)
    rows: list[models.Model] = []
    holding.let_go(escalation)
    if settled is None:
        rows.append(_voted(escalation, choice, by=by, now=now, facts={**facts, **voted, **asked}))
    else:
        extra = {**(attention or {}), **facts, **voted}
        rows += _decided(docket, settled, handed, by=by, attention=attention, extra=extra, now=now)
    rows += beside(escalation)
    columns = (*moves.COLUMNS, *rejudging.VOTED) if asked else moves.COLUMNS
    write = partial(moves.write, escalation, before=before, by=by, now=now, asks_rights=not locked)
    return _announced(escalation, handed) if write(rows, columns=columns) else None


def _require_theirs(escalation: Escalation, by: Viewer, now: datetime) -> None:
    """They have it, or take it up now."""
    theirs_now = escalation.state in guards.FREE or guards.is_offered_to(escalation, by)
    # Who comes before what: whoever lost the case hears who has it, not merely that it changed.
    if not theirs_now:
        guards.require_holder(escalation, by.user_id, now=now)
    approvals.require_may_hold(escalation, by)
    if theirs_now:
        escalation.accepted_at = escalation.accepted_at or now
        escalation.taken_up_at = now


def _require_as_read(escalation: Escalation, version: int, digest: str | None) -> None:
    guards.require_version(escalation, version)
    if digest is not None and digest != escalation.digest:
        raise Conflict("digest", "The agent has changed this case since you read it.")


def _announced(escalation: Escalation, handed: Agent | None) -> Escalation:
    if handed is not None:
        hints.handed()
    return escalation


def _require_apart(escalation: Escalation, answer: answers.Answer, by: Viewer) -> None:
    """Whom the team or role of an approver keeps from agreeing may still turn it down."""
    if escalation.approvals > 1 and not standing.ends_it(answer):
        approvals.require_eligible(escalation, by)


def _lapsed(names: list[str], now: datetime) -> Conflict:
    """This press agreed to what others had agreed to, who may not any more; the next one counts."""
    who, part = formatting.listed(names), "part counts" if len(names) == 1 else "parts count"
    text = f"{who} may not decide this case any more: that {part} no longer. Look at it again."
    return Conflict("stale", text, at=now)


def _voted(
    escalation: Escalation,
    choice: Choice,
    *,
    by: Viewer,
    now: datetime,
    facts: Mapping[str, Any],
) -> Event:
    """The line of one part of several."""
    version = escalation.package_version
    facts = {"command": choice.command, "package_version": version, **facts}
    actor = Actor("person", by.username)
    return moves.raised(escalation, "voted", actor=actor, now=now, facts=facts)


def _decided(
    docket: Docket,
    answer: answers.Answer,
    handed: Agent | None,
    *,
    by: Viewer,
    attention: Mapping[str, Any] | None,
    extra: Mapping[str, Any],
    now: datetime,
) -> list[models.Model]:
    """The decision on the row of the case, and the rows that go with it."""
    escalation = docket.escalation
    decision = decisions.draw_up(docket, answer, by=by, now=now, attention=attention)
    escalation.state, escalation.version = State.DECIDED, decision.escalation_version
    escalation.outcome, escalation.decided_by_id = decision.outcome, by.user_id
    escalation.decided_at = escalation.closed_at = decision.decided_at
    escalation.effective_at = decision.effective_at
    return leaving.rows(
        decision, escalation, docket.package, actor=Actor("person", by.username), now=now,
        listens=docket.listens, answer=answer, extra=extra, handed=handed,
    )  # fmt: skip
