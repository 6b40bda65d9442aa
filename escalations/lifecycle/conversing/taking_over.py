"""A person takes the conversation over, and hands it back or closes it.

From the one to the other only people speak to the customer: what the agent sends is refused by
`guards.require_agent_goes_on`, whoever holds the case and whether or not anybody does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from escalations import identifiers
from escalations.access import Viewer
from escalations.dockets import Docket
from escalations.lifecycle import (
    approvals,
    decisions,
    guards,
    holding,
    leaving,
    moves,
    outgoing,
)
from escalations.lifecycle.answers import Answer
from escalations.lifecycle.conversing import sayable, speaking
from escalations.models import ChatMessage, Decision, Escalation, State
from escalations.record import lines, vouching
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid

JSON = dict[str, Any]
TRANSCRIPT_MAX = 100
Role = ChatMessage.Role


@dataclass(frozen=True, slots=True)
class HandBack:
    """What the agent is told of the human stretch, and where it goes on. `closes`: nowhere, as the
    person has finished it; `read_to` is the last message that they have read."""

    resume_at: str = ""
    first_line: str = ""
    promises: Sequence[str] = ()
    instructions: str = ""
    closes: bool = False
    read_to: int | None = None


@transaction.atomic
def take_over(escalation: Escalation, *, by: Viewer, version: int, now: datetime) -> Escalation:
    """Theirs, the agent told to stop, and the customer who is there: all or nothing.

    Parts that others had in a decision are void. Raises Conflict for a stale version, if somebody
    else holds it or people have its conversation already; NotAllowed for whom the case excludes.
    """
    escalation = moves.locked(escalation, now=now)
    before = escalation.state
    if guards.is_with_people(escalation):
        text = "People have this conversation already; open the case to go on with it."
        raise Conflict("taken_over", text, by=guards.person_of(escalation))
    if before in guards.FREE or guards.is_offered_to(escalation, by):
        approvals.require_may_hold(escalation, by)
    else:
        guards.require_holder(escalation, by.user_id, now=now)
    guards.require_version(escalation, version)
    docket, voided = moves.read(escalation), approvals.void_all(escalation, now=now)
    escalation.taken_over_at = now
    holding.give(escalation, by, now=now)
    greeting = _greeting(escalation, by, now)
    decision = decisions.of_conversation(
        docket,
        Answer(
            outcome="taken_over",
            proceed=False,
            response={"text": greeting.text, "edited": False, "sent_by": "operator"},
        ),
        by=by,
        now=now,
        final=False,
        take_over={"mode": "temporary", "by": by.username, "since": lines.timestamp(now)},
    )
    said = {"fence": escalation.fence, **vouching.turn(greeting, docket.package.salt)}
    facts = {**said, **({"voided": voided} if voided else {})}
    return _written(
        docket, escalation, decision, "taken_over", before=before, by=by, facts=facts,
        beside=[greeting], now=now,
    )  # fmt: skip


@transaction.atomic
def hand_back(
    escalation: Escalation, said: HandBack, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    """The conversation is the agent's again, or closed. It takes effect at once.

    Raises Conflict for a stale version, for who does not hold it, where the customer wrote after
    what they have read, and for a promise or first line that one person may not send; Invalid
    where nothing would tell the agent how to go on.
    """
    escalation = moves.locked(escalation, now=now)
    before = escalation.state
    guards.require_holder(escalation, by.user_id, now=now)
    if before != State.LIVE:
        raise Conflict("not_taken_over", "You have not taken this conversation over.")
    guards.require_version(escalation, version)
    _require_read(escalation, said)
    docket = moves.read(escalation)
    # The agent says these to the customer, or holds the firm to them.
    words = "\n".join([said.first_line, *said.promises]).strip()
    # The agent acts on the name of the step as well, and nobody else is asked before it does.
    step = sayable.of_step(said.resume_at)
    if words or step:
        sayable.require(escalation, docket.package.document, words, told=step, now=now)
    spoken = list(escalation.chat_messages.order_by("number"))
    decision = decisions.of_conversation(
        docket,
        Answer(
            outcome=outcome_of(said),
            proceed=False,
            instructions=said.instructions or None,
        ),
        by=by,
        now=now,
        final=True,
        take_over=told(escalation, said, spoken, by=by, now=now),
    )
    holding.let_go(escalation)
    escalation.state, escalation.outcome = State.DECIDED, decision.outcome
    escalation.decided_by_id = by.user_id
    escalation.decided_at = escalation.closed_at = escalation.effective_at = now
    counts = {"turns": len(spoken), "promises": len(said.promises), "overrides": True}
    facts = {**counts, "change": "none", "reason_code": None}
    kind = "resolved" if said.closes else "returned"
    return _written(docket, escalation, decision, kind, before=before, by=by, facts=facts, now=now)


def outcome_of(said: HandBack) -> str:
    """Closed it stays with the person; else the agent has it again."""
    return "taken_over" if said.closes else "returned"


def told(
    escalation: Escalation,
    said: HandBack,
    spoken: Sequence[ChatMessage],
    *,
    by: Viewer,
    now: datetime,
) -> JSON:
    """`take_over` of the document that ends a human stretch."""
    since = escalation.taken_over_at or now
    document: JSON = {
        "mode": "full" if said.closes else "temporary",
        "by": by.username,
        "since": lines.timestamp(since),
        "until": lines.timestamp(now),
        "resume_at": said.resume_at,
        "first_line": said.first_line,
        "promises": list(said.promises),
        "transcript": [outgoing.message_document(one) for one in spoken[-TRANSCRIPT_MAX:]],
    }
    return {key: value for key, value in document.items() if value}


def _require_read(escalation: Escalation, said: HandBack) -> None:
    theirs = escalation.chat_messages.filter(role=Role.CUSTOMER)
    if said.read_to is not None and theirs.filter(number__gt=said.read_to).exists():
        raise Conflict("stale", "The customer wrote meanwhile. Read it before you hand back.")
    if said.closes and (said.resume_at or said.first_line):
        raise Invalid("Closed, the agent goes on nowhere: leave out its step and its first line.")


def _greeting(escalation: Escalation, by: Viewer, now: datetime) -> ChatMessage:
    return ChatMessage(
        id=identifiers.new("say"), escalation=escalation, number=1, role=Role.SYSTEM,
        person_id=by.user_id, author=by.name, text=speaking.greeting(by), at=now,
    )  # fmt: skip


def _written(
    docket: Docket,
    escalation: Escalation,
    decision: Decision,
    kind: str,
    *,
    before: str,
    by: Viewer,
    facts: Mapping[str, Any],
    beside: Sequence[models.Model] = (),
    now: datetime,
) -> Escalation:
    escalation.version = decision.escalation_version
    rows = leaving.rows(
        decision, escalation, docket.package, actor=Actor("person", by.username), now=now,
        listens=docket.listens, kind=kind, extra=facts,
    )  # fmt: skip
    if not moves.write(escalation, [*rows, *beside], before=before, by=by, now=now):
        raise moves.busy()
    return escalation
