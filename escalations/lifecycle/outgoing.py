"""What must reach an agent's endpoints: one row for each message and address.

The rows are written in the transaction of the change they tell of, so that nothing is lost
between the two; `escalations/deliveries/` sends them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings

from console.outside import outbound
from escalations import identifiers
from escalations.models import Decision, Delivery, Endpoint, Escalation, Package
from escalations.record import lines

TRY_FOR = Delivery.TRY_FOR
KEEP_FOR = timedelta(days=90)
PREFIX = "escalation."


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes, and its id: a registered endpoint, or what the package names."""

    url: str
    endpoint: Endpoint | None = None
    message: str = field(default_factory=lambda: identifiers.new("msg"))


def addresses(
    escalation: Escalation, kind: str, *, package: Package, listens: bool = True
) -> list[Address]:
    """Every address that wants `kind`; none where the agent listens nowhere. `listens` is false
    where the agent is known to have no endpoint."""
    callback = _callback(package)
    return list(_addresses(escalation, kind, callback)) if listens or callback else []


def planned(
    escalation: Escalation, kind: str, *, decision: Decision, to: Sequence[Address]
) -> list[Delivery]:
    """The unsaved rows for these addresses. Whoever stores them, in the transaction of the
    decision, wakes the deliveries. Nothing leaves before it takes effect."""
    return [_delivery(escalation, kind, decision, address) for address in to]


def drop(decision: Decision) -> bool:
    """Take back what would have left, because the decision was undone. False if any of it is with
    a courier or has arrived; then whoever asks must not undo."""
    messages = Delivery.objects.filter(decision=decision)
    # A lease, even one that ran out, says that the message may have left.
    waiting = messages.filter(state=Delivery.State.DUE, lease_until__isnull=True)
    waiting.update(state=Delivery.State.DROPPED)
    return not messages.exclude(state=Delivery.State.DROPPED).exists()


def wants(events: list[str], kind: str) -> bool:
    """Whether a list of event types covers `kind`; an empty list covers every type."""
    return not events or kind in events or kind.removeprefix(PREFIX) in events


def _callback(package: Package) -> Mapping[str, Any]:
    # Most packages name none, and a look at the text spares reading the whole document.
    if '"callback"' not in package.received:
        return {}
    callback = package.document.get("callback")
    return callback if isinstance(callback, dict) else {}


def _addresses(escalation: Escalation, kind: str, callback: Mapping[str, Any]) -> Iterator[Address]:
    """The endpoint or address that the package names, where it wants `kind`; else every endpoint of
    the agent that does, also where the one named was switched off meanwhile."""
    name, url, events = callback.get("endpoint"), callback.get("url"), callback.get("events") or []
    on = list(Endpoint.objects.filter(agent=escalation.agent_id, disabled_at__isnull=True))
    named = [endpoint for endpoint in on if endpoint.name == name]
    if url and wants(events, kind):
        yield Address(url)
    if named or not url:
        for endpoint in named or on:
            if wants(events or endpoint.events, kind):
                yield Address(endpoint.url, endpoint)


def _delivery(escalation: Escalation, kind: str, decision: Decision, address: Address) -> Delivery:
    return Delivery(
        id=address.message,
        agent_id=escalation.agent_id,
        escalation=escalation,
        decision=decision,
        endpoint=address.endpoint,
        url=address.url,
        host=outbound.origin(address.url),
        kind=kind,
        body=_body(escalation, kind, decision),
        created_at=decision.decided_at,
        # Not before the undo window is over: what has left cannot be taken back.
        next_at=decision.effective_at,
        give_up_at=decision.effective_at + TRY_FOR,
    )


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
