"""The record: hash-chained lines, written in the transaction of what they tell (design.md §6).

A line holds ids, times, counts and salted digests, never personal data or free text, so that
erasing a package keeps every chain whole.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from escalations import canonical
from escalations.models import Escalation, Event

SCHEMA = "baton.event/1"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a person, an agent, the policy or Baton itself."""

    kind: str
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


POLICY = Actor("policy")
BATON = Actor("baton")


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, as every line writes its time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def commitment(salt: str, value: str) -> str:
    """What a line holds instead of `value`: SHA-256 under a salt that is erased with the value."""
    return hmac.new(bytes.fromhex(salt), value.encode(), hashlib.sha256).hexdigest()


def line(
    escalation: Escalation, kind: str, *, actor: Actor, at: datetime, facts: Mapping[str, Any]
) -> Event:
    """The next line of the escalation's chain, unsaved; moves the head on the unsaved row too.

    The caller holds the row's lock and saves both in one transaction. Raises ValueError for a fact
    that is neither text, integer, boolean, null nor a list or object of these.
    """
    event = _line(
        escalation.id, escalation.chain_length, escalation.chain_hash, kind, actor, at, facts
    )
    event.escalation = escalation
    escalation.chain_length = event.position
    escalation.chain_hash = event.hash
    return event


def append(chain: str, kind: str, *, actor: Actor, at: datetime, facts: Mapping[str, Any]) -> Event:
    """Write the next line of a chain that belongs to no escalation, such as `policy`.

    Runs inside the caller's transaction. The unique position refuses a fork: of two writers at
    once the second gets an IntegrityError and its whole transaction is void.
    """
    last = Event.objects.filter(chain=chain).order_by("-position").first()
    event = _line(
        chain, last.position if last else 0, last.hash if last else "", kind, actor, at, facts
    )
    event.save(force_insert=True)
    return event


def _line(
    chain: str,
    length: int,
    previous: str,
    kind: str,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, Any],
) -> Event:
    body = canonical.event_bytes(
        {
            "schema": SCHEMA,
            "chain": chain,
            "position": length + 1,
            "previous": previous,
            "kind": kind,
            "at": timestamp(at),
            "actor": str(actor),
            "facts": dict(facts),
        }
    )
    return Event(
        chain=chain,
        position=length + 1,
        kind=kind,
        at=at,
        body=body,
        hash=hashlib.sha256(body).hexdigest(),
    )
