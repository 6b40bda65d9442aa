"""What must reach an agent's endpoints: one row for each message and address.

The rows are written in the transaction of the change they tell of, so that nothing is lost
between the two; `escalations/deliveries/` sends them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Q

from console.outside import outbound
from escalations import identifiers
from escalations.models import Agent, ChatMessage, Decision, Delivery, Endpoint, Escalation, Package
from escalations.package.handed import HANDED
from escalations.record import lines

TRY_FOR = Delivery.TRY_FOR
PREFIX = "escalation."
SPOKEN = "escalation.message"
ASKED = "escalation.question"
EXTENDED = "escalation.extended"
FACTS_WANTED = "escalation.facts_wanted"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes, and its id: a registered endpoint, or what the package names."""

    url: str
    endpoint: Endpoint | None = None
    message: str = field(default_factory=lambda: identifiers.new("msg"))


def addresses(
    escalation: Escalation,
    kind: str,
    *,
    package: Package,
    listens: bool = True,
    on: Sequence[Endpoint] | None = None,
) -> list[Address]:
    """Every address that wants `kind`; none where the agent listens nowhere. `listens` is false
    where the agent is known to have no endpoint; `on` are those that it has, where they were read
    before."""
    callback = _callback(package)
    if not listens and not callback:
        return []
    on = endpoints_of([escalation.agent_id]) if on is None else on
    return list(_addresses(kind, callback, on))


def endpoints_of(agents: Collection[int]) -> list[Endpoint]:
    """The endpoints of these agents that are on."""
    return list(Endpoint.objects.filter(agent__in=agents, disabled_at__isnull=True).order_by("pk"))


def planned(
    escalation: Escalation, kind: str, *, decision: Decision, to: Sequence[Address]
) -> list[Delivery]:
    """The unsaved rows for these addresses. Whoever stores them, in the transaction of the
    decision, wakes the deliveries. Nothing leaves before it takes effect."""
    return [_delivery(escalation, kind, decision, address) for address in to]


def addresses_of(agent: Agent, kind: str) -> list[Address]:
    """The endpoints of another agent than the one whose case it is, for what it is told of it."""
    on = endpoints_of([agent.pk])
    return [Address(one.url, one) for one in on if wants(one.events, kind)]


def handed(
    escalation: Escalation,
    told: Mapping[str, Any],
    *,
    agent: Agent,
    decision: Decision,
    to: Sequence[Address],
) -> list[Delivery]:
    """What the other agent gets, when the decision is in effect."""
    body = orjson.dumps(told).decode()
    at, begins_at = decision.decided_at, decision.effective_at
    return [
        Delivery(
            **_way(escalation, HANDED, address, at=at, begins_at=begins_at)
            | {"agent_id": agent.pk},
            decision=decision,
            body=body,
        )
        for address in to
    ]


def spoken(
    escalation: Escalation, message: ChatMessage, *, to: Sequence[Address]
) -> list[Delivery]:
    """The same for what a person wrote to the customer; it leaves at once."""
    return [
        Delivery(
            **_way(escalation, SPOKEN, address, at=message.at, begins_at=message.at),
            message=message,
            body=orjson.dumps(envelope_of(escalation, message)).decode(),
        )
        for address in to
    ]


def notices(
    escalation: Escalation,
    kind: str,
    told: Mapping[str, Any],
    *,
    to: Sequence[Address],
    at: datetime,
) -> list[Delivery]:
    """The same for what the agent is told of one version of its case that is no answer."""
    body = orjson.dumps(envelope_of_notice(kind, told, at=at)).decode()
    return [
        Delivery(**_way(escalation, kind, address, at=at, begins_at=at), body=body)
        for address in to
    ]


def envelope_of_notice(kind: str, told: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """The CloudEvents envelope of a question, or of a deadline that moved."""
    return {
        "specversion": "1.0",
        "id": f"{told['escalation_id']}/{told['version']}",
        "source": settings.BATON_URL,
        "type": kind,
        "subject": told["escalation_id"],
        "time": lines.timestamp(at),
        "datacontenttype": "application/json",
        "data": dict(told),
    }


def named(to: Sequence[Address]) -> dict[str, Any]:
    """What a line says of the messages that leave with it: their ids, and where each goes."""
    return {
        "messages": [one.message for one in to],
        "endpoints": [one.endpoint.pk if one.endpoint else None for one in to],
    }


def message_document(message: ChatMessage) -> dict[str, Any]:
    """A message as agents get it: under `GET …/messages` and by webhook."""
    return {
        "number": message.number,
        "id": message.their_id or message.id,
        "role": str(message.role),
        "author": message.author,
        "text": message.text,
        "at": lines.timestamp(message.at),
    }


def envelope_of(escalation: Escalation, message: ChatMessage) -> dict[str, Any]:
    """The CloudEvents envelope of a message."""
    return {
        "specversion": "1.0",
        "id": message.id,
        "source": settings.BATON_URL,
        "type": SPOKEN,
        "subject": escalation.id,
        "time": lines.timestamp(message.at),
        "datacontenttype": "application/json",
        "sequence": str(message.number),
        "data": {"escalation_id": escalation.id, **message_document(message)},
    }


def drop(decision: Decision) -> bool:
    """Take back what would have left, because the decision was undone. False if any of it is with
    a courier or has arrived; then whoever asks must not undo."""
    messages = Delivery.objects.filter(decision=decision)
    # A lease, even one that ran out, says that the message may have left.
    waiting = messages.filter(state=Delivery.State.DUE, lease_until__isnull=True)
    waiting.update(state=Delivery.State.DROPPED)
    return not messages.exclude(state=Delivery.State.DROPPED).exists()


def locked_of(decisions: Collection[str]) -> set[str]:
    """Lock what would leave of these decisions; those of which any is with a courier or has
    arrived."""
    messages = Delivery.objects.filter(decision__in=decisions)
    waiting = Q(state=Delivery.State.DUE, lease_until__isnull=True)
    # Only what waits: a courier that marks what came of a message has its row, and then waits for
    # the case, which whoever asks here has.
    list(messages.filter(waiting).order_by("pk").select_for_update().values_list("pk"))
    left = messages.exclude(waiting | Q(state=Delivery.State.DROPPED))
    return set(left.values_list("decision", flat=True))


def drop_all(decisions: Collection[str]) -> None:
    """Take back what would have left of these decisions, which is locked."""
    Delivery.objects.filter(decision__in=decisions).update(state=Delivery.State.DROPPED)


def wants(events: list[str], kind: str) -> bool:
    """Whether a list of event types covers `kind`; an empty list covers every type."""
    return not events or kind in events or kind.removeprefix(PREFIX) in events


def _callback(package: Package) -> Mapping[str, Any]:
    # Most packages name none, and a look at the text spares reading the whole document.
    if '"callback"' not in package.received:
        return {}
    callback = package.document.get("callback")
    return callback if isinstance(callback, dict) else {}


def _addresses(kind: str, callback: Mapping[str, Any], on: Sequence[Endpoint]) -> Iterator[Address]:
    """The endpoint or address that the package names, where it wants `kind`; else every endpoint of
    the agent that does, also where the one named was switched off meanwhile."""
    name, url, events = callback.get("endpoint"), callback.get("url"), callback.get("events") or []
    named = [endpoint for endpoint in on if endpoint.name == name]
    if url and wants(events, kind):
        yield Address(url)
    if named or not url:
        for endpoint in named or on:
            if wants(events or endpoint.events, kind):
                yield Address(endpoint.url, endpoint)


def _delivery(escalation: Escalation, kind: str, decision: Decision, address: Address) -> Delivery:
    # Not before the undo window is over: what has left cannot be taken back.
    begins_at = decision.effective_at
    return Delivery(
        **_way(escalation, kind, address, at=decision.decided_at, begins_at=begins_at),
        decision=decision,
        body=_body(escalation, kind, decision),
    )


def _way(
    escalation: Escalation, kind: str, address: Address, *, at: datetime, begins_at: datetime
) -> dict[str, Any]:
    return {
        "id": address.message,
        "agent_id": escalation.agent_id,
        "escalation": escalation,
        "endpoint": address.endpoint,
        "url": address.url,
        "host": outbound.origin(address.url),
        "kind": kind,
        "created_at": at,
        "next_at": begins_at,
        "give_up_at": begins_at + TRY_FOR,
    }


def _body(escalation: Escalation, kind: str, decision: Decision) -> str:
    """The CloudEvents 1.0 envelope; `data` is the decision exactly as the long-poll gives it."""
    event = {
        "specversion": "1.0",
        "id": decision.id,
        "source": settings.BATON_URL,
        "type": kind,
        "subject": escalation.id,
        "time": lines.timestamp(decision.decided_at),
        "datacontenttype": "application/json",
        "sequence": str(decision.sequence),
        "data": orjson.Fragment(decision.body),
    }
    return orjson.dumps(event).decode()
