"""Whether an endpoint listens: a test event goes the way of every answer, signed and recorded, but
is tried once. Its receiver learns nothing from it but that Baton reaches it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.conf import settings
from django.db import transaction

from console.hints import nudge
from console.outside import outbound
from escalations import identifiers
from escalations.deliveries.webhooks import CHAIN
from escalations.models import Delivery, DeliveryAttempt, Endpoint
from escalations.models.deliveries import TEST
from escalations.record import lines, sheets
from escalations.record.lines import Actor
from escalations.refusals import Conflict


@dataclass(frozen=True, slots=True)
class Trial:
    """The newest test event of an endpoint, and the attempt at it; None while it is on its way."""

    delivery: Delivery
    attempt: DeliveryAttempt | None

    @property
    def is_under_way(self) -> bool:
        return self.delivery.state == Delivery.State.DUE

    @property
    def arrived(self) -> bool:
        return self.delivery.state == Delivery.State.DELIVERED


@transaction.atomic
def send(endpoint: Endpoint, *, by: Actor, now: datetime) -> Delivery:
    """One test event for this endpoint, due now. While one is on its way there, that one; raises
    Conflict where the endpoint is switched off."""
    # Locked, so that two clicks at once make one.
    endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    if endpoint.disabled_at:
        raise Conflict("endpoint_disabled", f"{endpoint.name} is switched off; switch it on first.")
    earlier = Delivery.objects.filter(
        endpoint=endpoint, kind=TEST, state=Delivery.State.DUE
    ).first()
    if earlier is not None:
        return earlier
    made = Delivery.objects.create(
        id=identifiers.new("msg"),
        agent_id=endpoint.agent_id,
        endpoint=endpoint,
        url=endpoint.url,
        host=outbound.origin(endpoint.url),
        kind=TEST,
        body=_body(endpoint, now),
        created_at=now,
        next_at=now,
        # Over with its first attempt: whoever tries it out looks at it now.
        give_up_at=now,
    )
    facts = {"agent": endpoint.agent.name, "endpoint": endpoint.name, "delivery": made.id}
    sheets.append(CHAIN, "endpoint_tested", actor=by, at=now, facts=facts)
    nudge.nudge("deliver")
    return made


def newest(endpoints: Sequence[Endpoint]) -> dict[int, Trial]:
    """The last test event of each endpoint that had one: two statements."""
    sent = Delivery.objects.filter(endpoint__in=endpoints, kind=TEST).order_by("created_at", "id")
    last = {row.endpoint_id: row for row in sent if row.endpoint_id}
    tried = DeliveryAttempt.objects.filter(message__in=[row.pk for row in last.values()])
    attempts = {one.message: one for one in tried.order_by("at", "pk")}
    return {endpoint: Trial(row, attempts.get(row.pk)) for endpoint, row in last.items()}


def _body(endpoint: Endpoint, now: datetime) -> str:
    """The envelope of every event; its type begins like none that an agent acts upon."""
    event = {
        "specversion": "1.0",
        "id": identifiers.new("evt"),
        "source": settings.BATON_URL,
        "type": TEST,
        "subject": endpoint.name,
        "time": lines.timestamp(now),
        "datacontenttype": "application/json",
        "data": {"agent": endpoint.agent.name, "endpoint": endpoint.name},
    }
    return orjson.dumps(event).decode()
