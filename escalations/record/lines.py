"""The record: hash-chained lines, written in the transaction of what they tell.

A line holds ids, times, counts and salted digests, never personal data or free text, so that
erasing a package keeps every chain whole.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from console.database import statements
from escalations.models import ChainHead, Escalation, Event
from escalations.record import keyed
from escalations.text import canonical

SCHEMA = "baton.event/1"
_HEAD = "SELECT hash FROM escalations_event WHERE chain = %s ORDER BY position DESC LIMIT 1"
_END = "SELECT length, hash FROM escalations_chainhead WHERE chain = %s"
MARK = "mark"
# Where a case stands: each line of it says what is not empty of these. Columns that a beat moves
# without a line are left out.
STANDING = (
    *("fence", "package_version", "requirement_id", "wanted_by", "outcome"),
    *("held_by_id", "held_at", "offered_to_id", "snoozed_at", "snoozed_until"),
    *(
        "accepted_at",
        "taken_up_at",
        "taken_over_at",
        "decided_by_id",
        "decided_at",
        "effective_at",
        "closed_at",
    ),
    *("respond_by", "rank", "overdue_at", "alert_at", "alert_step", "remind_at"),
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a person, an agent, the policy or Baton itself."""

    kind: str
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


POLICY = Actor("policy")
BATON = Actor("baton")


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends."""

    chain: str
    length: int = 0
    hash: str = ""
    is_kept: bool = False


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, as every line writes its time."""
    # Four times as fast as `strftime`, and every line writes a dozen.
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def commitment(salt: str, value: str) -> str:
    """What a line holds instead of `value`: SHA-256 under a salt that is erased with the value."""
    return hmac.digest(bytes.fromhex(salt), value.encode(), "sha256").hex()


def line(
    escalation: Escalation, kind: str, *, actor: Actor, at: datetime, facts: Mapping[str, Any]
) -> Event:
    """The next line of the escalation's chain, unsaved; moves the head on the unsaved row too.

    The caller holds the row's lock and saves both in one transaction. Raises ValueError for a fact
    that is neither text, integer, boolean, null nor a list or object of these.
    """
    head = Head(escalation.id, escalation.chain_length, escalation.chain_hash)
    said = {**facts, "row": standing(escalation)}
    event = _line(head, kind, actor=actor, at=at, facts=said)
    event.escalation = escalation
    escalation.chain_length = event.position
    escalation.chain_hash = event.hash
    return event


def append(chain: str, kind: str, *, actor: Actor, at: datetime, facts: Mapping[str, Any]) -> Event:
    """Write the next line of a chain that belongs to no escalation, such as `policy`.

    Runs inside the caller's transaction. The unique position refuses a fork: of two writers at
    once the second gets an IntegrityError and its whole transaction is void.
    """
    return append_to(end_of(chain), kind, actor=actor, at=at, facts=facts)


def append_marked(
    chain: str, kind: str, *, actor: Actor, at: datetime, facts: Mapping[str, Any]
) -> Event:
    """The same, with this deployment's own mark: see `is_marked`."""
    return append_to(end_of(chain), kind, actor=actor, at=at, facts=facts, marked=True)


def append_to(
    end: Head,
    kind: str,
    *,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, Any],
    marked: bool = False,
) -> Event:
    """The same behind the end of a chain that was read before."""
    return append_all_to(end, [(kind, facts)], actor=actor, at=at, marked=marked)[0]


def append_all_to(
    end: Head,
    told: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    actor: Actor,
    at: datetime,
    marked: bool = False,
) -> list[Event]:
    """The same of several lines at once, in this order: two statements however many they are."""
    head, events = end, list[Event]()
    for kind, said in told:
        facts = said
        if marked:
            facts = {**said, MARK: keyed.mark(_marked(head, kind, actor=actor, at=at, facts=said))}
        events.append(_line(head, kind, actor=actor, at=at, facts=facts))
        head = Head(end.chain, events[-1].position, events[-1].hash)
    Event.objects.bulk_create(events)
    ended = ChainHead(chain=head.chain, length=head.length, hash=head.hash)
    ended.save(force_insert=not end.is_kept, force_update=end.is_kept)
    return events


def end_of(chain: str) -> Head:
    """Where a chain that belongs to no escalation ends. Never by the last line there is: where a
    tail was cut off, the gap must stay."""
    for length, last in statements.rows(_END, [chain]):
        return Head(chain, length, last, is_kept=True)
    return Head(chain)


def is_marked(document: Mapping[str, Any]) -> bool:
    """Whether a line bears the mark of what it says, under a key that is known here: whoever
    writes the database can work out hashes, and no marks."""
    said = dict(document["facts"])
    mark = str(said.pop(MARK))
    return keyed.fits(mark, canonical.event_bytes({**document, "facts": said}))


def head(chain: str) -> str:
    """The hash of the last line of this chain, empty if there is none: the same as long as nothing
    is written to it."""
    found = statements.rows(_HEAD, [chain])
    return str(found[0][0]) if found else ""


def standing(escalation: Escalation) -> dict[str, Any]:
    """Where the case stands after the line that says it; nothing of what is empty."""
    # Not `getattr`, whose way through the fields costs more than all the rest of this.
    values = vars(escalation)
    return {name: plain(value) for name in STANDING if (value := values[name])}


def plain(value: Any) -> Any:
    """A value of a column as a line writes it: times and great numbers as texts, words without
    their class."""
    if isinstance(value, datetime):
        return timestamp(value)
    elif isinstance(value, int) and abs(value) <= canonical.INTEGER_MAX:
        return value
    else:
        return value if value is None else str(value)


def _marked(
    head: Head, kind: str, *, actor: Actor, at: datetime, facts: Mapping[str, Any]
) -> bytes:
    return canonical.event_bytes(_document(head, kind, actor=actor, at=at, facts=facts))


def _line(head: Head, kind: str, *, actor: Actor, at: datetime, facts: Mapping[str, Any]) -> Event:
    body = canonical.event_bytes(_document(head, kind, actor=actor, at=at, facts=facts))
    return Event(
        chain=head.chain,
        position=head.length + 1,
        kind=kind,
        at=at,
        body=body,
        hash=hashlib.sha256(body).hexdigest(),
    )


def _document(
    head: Head, kind: str, *, actor: Actor, at: datetime, facts: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "chain": head.chain,
        "position": head.length + 1,
        "previous": head.hash,
        "kind": kind,
        "at": timestamp(at),
        "actor": str(actor),
        "facts": dict(facts),
    }
