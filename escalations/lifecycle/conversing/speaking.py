"""What is said while people have a conversation: a line and a row for each message, in order.

Whoever speaks holds the case at that line, and the agent only passes on what the customer wrote.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from escalations import identifiers
from escalations.access import Viewer
from escalations.lifecycle import guards, moves, outgoing, writes
from escalations.lifecycle.conversing import sayable
from escalations.live import hints
from escalations.models import ChatMessage, Escalation, State
from escalations.record import lines, vouching
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from escalations.text.blanks import is_blank

Role = ChatMessage.Role


@transaction.atomic
def say(escalation: Escalation, text: str, *, by: Viewer, now: datetime) -> Escalation:
    """A person writes to the customer. Raises Conflict for who does not have the conversation and
    for words that one person may not send by themselves, Invalid for a message with nothing to
    read in it."""
    escalation = moves.locked_as_it_is(escalation)
    if is_blank(text):
        detail = "Write the message first."
        raise Invalid.of("/text", detail)
    guards.require_holder(escalation, by.user_id, now=now)
    if escalation.state != State.LIVE:
        raise Conflict("not_taken_over", "You have not taken this conversation over.")
    package = moves.read(escalation).package
    sayable.require(escalation, package.document, text, now=now)
    message = _next(escalation, Role.OPERATOR, text, now, person_id=by.user_id, author=by.name)
    to = outgoing.addresses(escalation, outgoing.SPOKEN, package=package)
    deliveries = outgoing.spoken(escalation, message, to=to)
    escalation.active_at = now
    _write(
        escalation, "said", message, Actor("person", by.username), salt=package.salt,
        facts=outgoing.named(to),
        beside=deliveries,
    )  # fmt: skip
    if deliveries:
        hints.wake_deliveries()
    return escalation


@transaction.atomic
def hear(
    escalation: Escalation, text: str, *, their_id: str, author: str, agent: str, now: datetime
) -> tuple[ChatMessage, bool]:
    """The agent passes on what the customer wrote; the same id and text again give the message that
    is there, and False.

    Raises Conflict where no person has the conversation, Invalid for an id of another message.
    """
    escalation = moves.locked_as_it_is(escalation)
    earlier = escalation.chat_messages.filter(their_id=their_id).first() if their_id else None
    if earlier is not None and earlier.text != text:
        detail = f"The id “{their_id}” was used before, for another message."
        raise Invalid.of("/id", detail)
    # Before it counts who speaks: what was taken once is answered the same after the end.
    if earlier is not None:
        return earlier, False
    if is_blank(text):
        detail = "Nothing can be read in it."
        raise Invalid.of("/text", detail)
    require_with_people(escalation)
    message = _next(escalation, Role.CUSTOMER, text, now, their_id=their_id, author=author)
    salt = vouching.salt_of(escalation)
    _write(escalation, "heard", message, Actor("agent", agent), salt=salt)
    return message, True


def introduced(
    escalation: Escalation, to: Viewer, *, now: datetime
) -> tuple[dict[str, Any], list[models.Model]]:
    """Where a conversation goes on with another person, what its line says of the message that
    tells the customer so, and the rows of that; nothing where they were told already."""
    if escalation.state != State.LIVE:
        return {}, []
    told = escalation.chat_messages.filter(role=Role.SYSTEM).order_by("-number").first()
    if told is not None and told.person_id == to.user_id:
        return {}, []
    package = moves.read(escalation).package
    message = _next(
        escalation, Role.SYSTEM, greeting(to), now, person_id=to.user_id, author=to.name
    )
    addresses = outgoing.addresses(escalation, outgoing.SPOKEN, package=package)
    said = vouching.turn(message, package.salt)
    deliveries = outgoing.spoken(escalation, message, to=addresses)
    return {**said, **outgoing.named(addresses)}, [message, *deliveries]


def greeting(by: Viewer) -> str:
    """What the customer is told of whom they speak with."""
    return f"You are speaking with {by.name} now, who has read the conversation so far."


def require_with_people(escalation: Escalation) -> None:
    """A person has taken the conversation over and not handed it back. Raises Conflict."""
    if guards.is_with_people(escalation):
        return
    who = guards.person_of(escalation)
    if guards.is_finished_by_people(escalation):
        text = (
            f"{who.name if who else 'A person'} has finished this conversation and closed it: you "
            "go on nowhere. What the customer still writes is a case of its own."
        )
        raise Conflict("closed", text, by=who, at=escalation.closed_at)
    if escalation.taken_over_at is not None:
        text = f"{who.name if who else 'A person'} has handed it back: the customer is yours again."
        raise Conflict("handed_back", text, by=who, at=escalation.closed_at)
    text = "No person has taken this conversation over; what you learn meanwhile is context."
    raise Conflict("not_taken_over", text)


def _next(
    escalation: Escalation, role: str, text: str, now: datetime, **columns: Any
) -> ChatMessage:
    number = escalation.chat_messages.count() + 1
    return ChatMessage(
        id=identifiers.new("say"), escalation=escalation, number=number, role=role, text=text,
        at=now, **columns,
    )  # fmt: skip


def _write(
    escalation: Escalation,
    kind: str,
    message: ChatMessage,
    actor: Actor,
    *,
    salt: str,
    facts: Mapping[str, Any] | None = None,
    beside: Sequence[models.Model] = (),
) -> None:
    """No new version: a message must refuse nobody who is just handing back or passing on."""
    said = {**vouching.turn(message, salt), **(facts or {})}
    event = lines.line(escalation, kind, actor=actor, at=message.at, facts=said)
    written = writes.update(
        escalation, [event, message, *beside], columns=(*moves.LINE, "active_at"),
        version=escalation.version, line=event.position - 1,
    )  # fmt: skip
    if not written:
        raise moves.busy()
    hints.spoken(escalation, message.number)
