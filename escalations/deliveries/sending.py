"""Sends what is due: lease a row, send outside any transaction, mark it if the lease still holds.

A process that dies in between leaves a lease that runs out; the same message with the same id is
then sent again. So every message arrives at least once, and a receiver drops the second by its id.
"""

import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from console import nudge, outbound
from escalations import lifecycle
from escalations.deliveries import hosts, planning, signing
from escalations.models import Delivery, Endpoint
from escalations.record.lines import BATON, Actor
from escalations.refusals import Conflict, NotFound

LEASE = timedelta(seconds=20)
PAUSES_S = (5, 30, 2 * 60, 10 * 60, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
RETRY_AFTER_MAX = timedelta(days=1)
GONE = 410
WINDOW = 64
ERROR_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt."""

    url: str
    called: bool = True
    status: int | None = None
    error: str = ""
    took_s: float = 0.0
    retry_after: str = ""
    gone: bool = False

    @property
    def delivered(self) -> bool:
        """Only a 2xx counts; a redirect is a failure like any other."""
        return self.status is not None and 200 <= self.status < 300


def due(limit: int, *, now: datetime) -> int:
    """How many rows could be leased now, counted up to `limit`."""
    return len(_chosen(limit, now))


def lease_due(limit: int, *, now: datetime) -> list[Delivery]:
    """Up to `limit` due rows, each held by nobody else for `LEASE`, longest due first.

    A host that already has as many calls open as it may, or that is paused, is passed over.
    """
    token = secrets.token_hex(16)
    while chosen := _chosen(limit, now):
        if taken := _taken(chosen, token, now):
            rows = Delivery.objects.select_related("endpoint", "agent", "escalation")
            return list(rows.filter(pk__in=taken, lease_token=token).order_by("next_at"))
    return []


def send(
    delivery: Delivery,
    *,
    now: datetime,
    resolve: outbound.Resolver = outbound.system_resolver,
) -> Outcome:
    """One attempt, outside any transaction. Raises nothing that a receiver could cause."""
    endpoint = delivery.endpoint
    url = endpoint.url if endpoint else delivery.url
    if endpoint and endpoint.disabled_at:
        return Outcome(url, called=False, error="The endpoint is disabled.", gone=True)
    body = delivery.body.encode()
    stored = endpoint.secret if endpoint else delivery.agent.signing_secret
    try:
        headers = signing.headers(stored, delivery.id, body, now=now)
        headers |= {"content-type": "application/cloudevents+json", "user-agent": "Baton"}
        reply = outbound.post(url, body, headers, resolve=resolve)
    except (outbound.Refused, signing.Unreadable) as error:
        return Outcome(url, called=False, error=str(error))
    except outbound.NoAnswer as error:
        return Outcome(url, error=str(error), took_s=outbound.TOTAL_S)
    return Outcome(
        url,
        status=reply.status,
        error="" if 200 <= reply.status < 300 else f"Answered {reply.status}.",
        took_s=reply.took_s,
        retry_after=reply.headers.get("retry-after", ""),
        gone=reply.status == GONE,
    )


@transaction.atomic
def settle(
    delivery: Delivery,
    outcome: Outcome,
    *,
    now: datetime,
    jitter: Callable[[], float] = random.random,
) -> bool:
    """Mark what came of an attempt. False, and nothing changed, if the lease was lost meanwhile."""
    attempts = delivery.attempts + 1
    next_at = now + _pause(attempts, outcome, now=now, jitter=jitter())
    over = outcome.gone or next_at >= delivery.give_up_at
    state = Delivery.State.DUE
    if outcome.delivered or over:
        state = Delivery.State.DELIVERED if outcome.delivered else Delivery.State.DEAD
    held = Delivery.objects.filter(
        pk=delivery.pk, state=Delivery.State.DUE, lease_token=delivery.lease_token
    )
    marked = held.update(
        state=state,
        attempts=attempts,
        url=outcome.url,
        next_at=next_at if state == Delivery.State.DUE else F("next_at"),
        last_status=outcome.status,
        last_error=outcome.error[:ERROR_LENGTH],
        finished_at=None if state == Delivery.State.DUE else now,
        lease_token="",
        lease_until=None,
    )
    if marked:
        if outcome.called:
            hosts.note(delivery.host, outcome.status, outcome.took_s, now=now)
        _follow_up(delivery, state, outcome, attempts, now=now)
    return bool(marked)


@transaction.atomic
def replay(delivery_id: str, *, by: Actor, now: datetime) -> Delivery:
    """Send a message again from now on, under the same id, for another seven days.

    Raises NotFound, or Conflict for one that arrived, was taken back, is older than 90 days, or
    whose endpoint is disabled.
    """
    rows = Delivery.objects.select_related("endpoint", "escalation")
    delivery = rows.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound("not_found", "There is no such delivery.")
    _require_replayable(delivery, now=now)
    if delivery.endpoint:
        delivery.url = delivery.endpoint.url
        delivery.host = outbound.origin(delivery.url)
    delivery.state, delivery.finished_at = Delivery.State.DUE, None
    delivery.next_at, delivery.give_up_at = now, now + planning.TRY_FOR
    delivery.attempts, delivery.lease_token, delivery.lease_until = 0, "", None
    delivery.save()
    hosts.forget(delivery.host)
    _write(delivery, "replayed", actor=by, now=now)
    nudge.nudge("deliver")
    return delivery


def _free(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=now),
        state=Delivery.State.DUE,
        next_at__lte=now,
    )


def _chosen(limit: int, now: datetime) -> list[str]:
    """Ids of due rows, never more of one host than it may have open at once."""
    room = hosts.Room(now)
    chosen: list[str] = []
    while len(chosen) < limit:
        window = _free(now).exclude(host__in=room.full).exclude(pk__in=chosen)
        found = list(window.order_by("next_at").values_list("pk", "host")[:WINDOW])
        chosen += [pk for pk, host in found if room.take(host)]
        if len(found) < WINDOW:
            break
    return chosen[:limit]


@transaction.atomic
def _taken(chosen: list[str], token: str, now: datetime) -> list[str]:
    """Those of the chosen rows that nobody else took since they were chosen."""
    free = _free(now).filter(pk__in=chosen).select_for_update(skip_locked=True, of=("self",))
    taken = [delivery.pk for delivery in free.only("pk")]
    Delivery.objects.filter(pk__in=taken).update(lease_token=token, lease_until=now + LEASE)
    return taken


def _pause(attempts: int, outcome: Outcome, *, now: datetime, jitter: float) -> timedelta:
    """Growing pauses with full jitter, or longer where the receiver asked for it."""
    growing = timedelta(seconds=jitter * PAUSES_S[min(attempts, len(PAUSES_S)) - 1])
    return max(growing, _asked_for(outcome.retry_after, now=now))


def _asked_for(retry_after: str, *, now: datetime) -> timedelta:
    try:
        if retry_after.isascii() and retry_after.isdigit():
            asked = timedelta(seconds=min(int(retry_after), 10**6))
        else:
            asked = parsedate_to_datetime(retry_after) - now
    except (TypeError, ValueError):
        return timedelta(0)
    return min(asked, RETRY_AFTER_MAX)


def _follow_up(
    delivery: Delivery, state: str, outcome: Outcome, attempts: int, *, now: datetime
) -> None:
    if outcome.gone and delivery.endpoint:
        enabled = Endpoint.objects.filter(pk=delivery.endpoint.pk, disabled_at__isnull=True)
        enabled.update(disabled_at=now)
    if state != Delivery.State.DUE:
        facts = {"attempts": attempts, "status": outcome.status}
        _write(delivery, "delivered" if outcome.delivered else "undelivered", now=now, facts=facts)


def _write(
    delivery: Delivery,
    kind: str,
    *,
    now: datetime,
    actor: Actor = BATON,
    facts: Mapping[str, int | None] | None = None,
) -> None:
    """A line of the record: that the agent was told, or could not be."""
    if delivery.escalation:
        told = {"delivery": delivery.id, "decision": delivery.decision_id, "type": delivery.kind}
        lifecycle.note(
            delivery.escalation, kind, actor=actor, facts=told | dict(facts or {}), now=now
        )


def _require_replayable(delivery: Delivery, *, now: datetime) -> None:
    if delivery.state not in (Delivery.State.DEAD, Delivery.State.DUE):
        words = delivery.get_state_display().lower()
        raise Conflict(
            "not_dead", f"This message needs no replay: {words}.", at=delivery.finished_at
        )
    if delivery.endpoint and delivery.endpoint.disabled_at:
        raise Conflict("endpoint_disabled", "Its endpoint is disabled; enable that first.")
    if delivery.created_at < now - planning.KEEP_FOR:
        raise Conflict("too_old", "It is older than 90 days and can no longer be sent again.")
