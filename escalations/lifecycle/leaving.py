"""What a decision sends to the agent, and what is dropped when it is taken back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models.functions import Now

from escalations.lifecycle import decisions, effect, outgoing
from escalations.lifecycle.answers import Answer
from escalations.models import Agent, Decision, Endpoint, Escalation, HandedCase, Package
from escalations.package import handed as told
from escalations.record.lines import Actor
from escalations.refusals import Conflict


def rows(
    decision: Decision,
    escalation: Escalation,
    package: Package,
    *,
    actor: Actor,
    now: datetime,
    listens: bool = True,
    kind: str = "decided",
    answer: Answer | None = None,
    extra: Mapping[str, Any] | None = None,
    handed: Agent | None = None,
    on: Sequence[Endpoint] | None = None,
) -> list[models.Model]:
    """The line of a decision, its row, and those of what it sends to the agent's addresses (see
    `outgoing.addresses`), and to those of another one to which it hands the case."""
    announced = decisions.announced_as(decision)
    to = outgoing.addresses(escalation, announced, package=package, listens=listens, on=on)
    theirs = outgoing.addresses_of(handed, told.HANDED) if handed else []
    # Before the messages are written, as each holds the decision with the hash of its line.
    line = decisions.sign(
        decision, escalation, package, actor=actor, now=now, answer=answer, kind=kind,
        **outgoing.named([*to, *theirs]),
        extra={**(extra or {}), **({"handed_to": handed.name} if handed else {})},
    )  # fmt: skip
    decision.escalation = escalation
    rows = [line, decision, *outgoing.planned(escalation, announced, decision=decision, to=to)]
    return rows + (_handed(decision, escalation, package, handed, theirs) if handed else [])


def _handed(
    decision: Decision,
    escalation: Escalation,
    package: Package,
    agent: Agent,
    to: list[outgoing.Address],
) -> list[models.Model]:
    names = {"from_agent": escalation.agent.name, "to_agent": agent.name}
    document = told.document(decision.document, package.document, **names)
    event = told.envelope(document)
    row = HandedCase(
        decision=decision, escalation=escalation, agent=agent, effective_at=decision.effective_at
    )
    sent = outgoing.handed(escalation, event, agent=agent, decision=decision, to=to)
    return [row, *sent]


def drop(escalation: Escalation, *, now: datetime) -> None:
    """Take the decision that is still inside its undo window back, with what would have left.

    Raises Conflict where it was handed out, or some of it is on its way, whatever the time is.
    """
    standing = _standing(escalation)
    if standing is not None:
        # Its messages first, in the order in which couriers lock them and then the decision.
        dropped = not effect.is_final(standing) and outgoing.drop(standing)
        # Asked again by the statement: an agent may be given it while this waits for the row.
        loose = Decision.objects.filter(pk=standing.pk, handed_out_at__isnull=True)
        # Marked, never deleted: its line stays in the record, and who verifies looks for its row.
        if not dropped or not loose.update(undone_at=now):
            at = standing.handed_out_at or standing.effective_at
            raise too_late(at)
    _clear(escalation)


def locked_all(escalations: Sequence[Escalation]) -> dict[int, Decision]:
    """The standing decisions of these that nobody has and that are not on their way to anybody, by
    the number of the case; locked with their messages, so that none leaves until the transaction
    ends."""
    # What is over is nobody's to take back, and not waited for: it may be on its way.
    made = Decision.objects.filter(
        escalation__in=escalations, undone_at=None, handed_out_at=None, effective_at__gt=Now()
    )
    newest = {one.escalation_id: one.pk for one in made.order_by("sequence")}
    # In the order of `drop`, and each kind in one: whoever else waits for several does the same.
    on_their_way = outgoing.locked_of(newest.values())
    locked = effect.locked(made.filter(pk__in=newest.values()))
    return {
        one.escalation_id: one
        for one in locked
        if one.undone_at is None and not effect.is_final(one) and one.pk not in on_their_way
    }


def drop_all(
    escalations: Sequence[Escalation], standing: Mapping[int, Decision], *, now: datetime
) -> None:
    """`drop` of these, whose decisions are `locked_all`."""
    decisions = [standing[one.pk].pk for one in escalations]
    outgoing.drop_all(decisions)
    Decision.objects.filter(pk__in=decisions).update(undone_at=now)
    for escalation in escalations:
        _clear(escalation)


def too_late(at: datetime | None) -> Conflict:
    """It is the agent's since then."""
    return Conflict("too_late", "The agent already has this answer.", at=at)


def _clear(escalation: Escalation) -> None:
    escalation.outcome, escalation.decided_by = "", None
    escalation.decided_at = escalation.effective_at = escalation.closed_at = None
    # An identical call may wait by now in a case of its own.
    escalation.pending_call = None


def has_left(escalation: Escalation) -> bool:
    """Whether the decision that stands is the agent's, whatever the time is."""
    standing = _standing(escalation)
    return standing is not None and effect.is_final(standing)


def _standing(escalation: Escalation) -> Decision | None:
    return escalation.decisions.filter(undone_at__isnull=True).order_by("-sequence").first()
