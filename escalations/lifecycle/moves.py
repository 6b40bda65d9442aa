"""How a change of state is written: for `lifecycle/`, which alone decides what changes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.dispatch import Signal

from console import clock
from console.database import gathering
from console.database.composed import Composed
from console.database.gathering import Gathering, Together
from escalations import access, dockets
from escalations.access import Viewer
from escalations.dockets import Docket
from escalations.lifecycle import guards, writes
from escalations.live import hints
from escalations.models import Delivery, Escalation, Event
from escalations.record import lines
from escalations.record.lines import BATON, Actor
from escalations.refusals import Conflict

# Sent with escalation, before (a state), by (a viewer or None), kind (the verb of the record),
# facts, now and together, just before a change is written. A receiver refuses by raising Refused,
# and answers with a rider (see `writes.update`) for what must change with it; one that must look
# first can rely on a transaction for whatever gives a case to somebody. What it asks `together` is
# done at once, or with what other moves of the transaction ask, before any of them is written.
moved = Signal()

COLUMNS = (
    *("state", "version", "fence", "package_version", "digest", "outcome", "overdue_at"),
    *("held_by", "held_at", "lease_until", "active_at", "opened_at", "accepted_at"),
    *("taken_up_at", "taken_over_at", "offered_to", "offer_until", "snoozed_at", "snoozed_until"),
    *("decided_by", "decided_at", "effective_at", "closed_at", "chain_length", "chain_hash"),
    "pending_call",
)
LINE = ("chain_length", "chain_hash")
_FIELDS = [field.attname for field in Escalation._meta.concrete_fields]  # noqa: SLF001
_LOCKED = Composed(
    lambda _, numbers: (
        Escalation.objects.filter(pk__among=numbers)
        .select_for_update()
        .order_by("pk")
        .values_list(*_FIELDS)
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An escalation one version further, and what is written with it: nothing of it is yet."""

    escalation: Escalation
    rows: Sequence[models.Model]
    before: str
    facts: Mapping[str, Any]
    by: Viewer | None = None
    columns: tuple[str, ...] = COLUMNS
    left: Mapping[str, int] | None = None


def move(
    escalation: Escalation,
    kind: str,
    *,
    before: str,
    by: Viewer | None,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
    rows: Sequence[models.Model] = (),
    columns: tuple[str, ...] = COLUMNS,
    left: Mapping[str, int] | None = None,
) -> Escalation:
    """The escalation one version further. `left` are the skills that it asks for no more."""
    actor = actor or (Actor("person", by.username) if by else BATON)
    event = raised(escalation, kind, actor=actor, now=now, facts=facts or {})
    change = Change(
        escalation=escalation, rows=[event, *rows], before=before, by=by, facts=facts or {},
        columns=columns, left=left,
    )  # fmt: skip
    return carry_out(change, now=now)


def planned(
    escalation: Escalation,
    kind: str,
    *,
    before: str,
    now: datetime,
    by: Viewer | None = None,
    facts: Mapping[str, Any] | None = None,
    columns: tuple[str, ...] = COLUMNS,
) -> Change:
    """What somebody, or Baton unasked, does to it, to be carried out alone or with others."""
    actor = Actor("person", by.username) if by else BATON
    event = raised(escalation, kind, actor=actor, now=now, facts=facts or {})
    return Change(
        escalation=escalation, rows=[event], before=before, by=by, facts=facts or {},
        columns=columns,
    )  # fmt: skip


def carry_out(change: Change, *, now: datetime) -> Escalation:
    """Write this change. Raises Conflict if the escalation is not there any more."""
    written = write(
        change.escalation, change.rows, before=change.before, by=change.by, now=now,
        facts=change.facts, columns=change.columns, left=change.left,
    )  # fmt: skip
    if not written:
        raise busy()
    return change.escalation


def carry_out_all(changes: Sequence[Change], *, now: datetime) -> None:
    """Write changes of different escalations that the caller's transaction has locked, by as many
    statements as one takes; what each leaves is what it would leave alone. Raises Conflict, and
    then the transaction is void, if any is not there any more."""
    gathered, written = Gathering(now), []
    for change in changes:
        riders = _followed(change, now, gathered.together)
        written.append(writes.WrittenChange(change.escalation, change.rows, riders, change.columns))
    gathered.finish()
    if not writes.update_all(written):
        raise busy()
    for change in changes:
        tell(change.escalation, change.rows, left=change.left)


def raised(
    escalation: Escalation, kind: str, *, actor: Actor, now: datetime, facts: Mapping[str, Any]
) -> Event:
    """The line of a change that raises the version."""
    escalation.version += 1
    facts = {**facts, "version": escalation.version, "state": str(escalation.state)}
    return lines.line(escalation, kind, actor=actor, at=now, facts=facts)


def write(
    escalation: Escalation,
    rows: Sequence[models.Model],
    *,
    before: str,
    by: Viewer | None,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    columns: tuple[str, ...] = COLUMNS,
    left: Mapping[str, int] | None = None,
    asks_rights: bool = False,
) -> bool:
    """Write the escalation one version and one line further; False if it is not there any more.

    With `asks_rights` only while `by` has the rights they came with: where no lock was taken before
    which that was asked. Raises RightsChanged.
    """
    change = Change(escalation=escalation, rows=rows, before=before, by=by, facts=facts or {})
    written = writes.update(
        escalation,
        rows,
        _followed(change, now, gathering.alone(now)),
        columns=columns,
        # The row must still be at what was read: version for what people saw, the chain's length
        # for lines that raise no version (alerts, deliveries), which would otherwise be
        # overwritten.
        version=escalation.version - 1,
        line=escalation.chain_length - 1,
        only_if=access.rights_kept(by) if asks_rights and by is not None else None,
    )
    if written:
        tell(escalation, rows, left=left)
    elif asks_rights and by is not None:
        access.require_rights(by)
    return written


def _followed(change: Change, now: datetime, together: Together) -> list[str]:
    """The riders of those who follow this change."""
    # Not `send_robust`: a receiver refuses a move by raising.
    told = moved.send(
        Escalation,
        escalation=change.escalation,
        before=change.before,
        by=change.by,
        kind=next(row.kind for row in change.rows if isinstance(row, Event)),
        facts=change.facts,
        now=now,
        together=together,
    )
    return [rider for _, rider in told if rider]


def tell(
    escalation: Escalation,
    rows: Sequence[models.Model],
    *,
    left: Mapping[str, int] | None = None,
) -> None:
    hints.announce(escalation, left=left)
    if any(isinstance(row, Delivery) for row in rows):
        hints.wake_deliveries()


def read(escalation: Escalation) -> Docket:
    docket = dockets.read(escalation.id)
    assert docket is not None, "Escalations are never deleted."
    return docket


def locked(escalation: Escalation, *, now: datetime | None) -> Escalation:
    """The row as it is now, locked until the transaction ends, of a case whose time is not over at
    `now`; None is the database's time under the lock. Raises Over."""
    escalation = locked_as_it_is(escalation)
    # The clock is asked only where it matters.
    if escalation.expires_at is not None:
        guards.require_in_time(escalation, now=now or clock.exact())
    return escalation


def locked_as_it_is(escalation: Escalation) -> Escalation:
    """The same of a case whose time may be over: for what ends it, and what changes no state.

    Without joins: PostgreSQL reads a row that it waited for again, but not what was joined to it.
    """
    found = _LOCKED.rows([escalation.pk])
    if not found:
        raise Escalation.DoesNotExist
    return Escalation.from_db(DEFAULT_DB_ALIAS, _FIELDS, found[0])


def locked_all(numbers: Collection[int]) -> list[Escalation]:
    """`locked_as_it_is` of many, in the order of their numbers, so that two that lock several never
    wait for each other."""
    rows = _LOCKED.rows(list(numbers))
    return [Escalation.from_db(DEFAULT_DB_ALIAS, _FIELDS, row) for row in rows]


@contextmanager
def in_turn(escalation: Escalation, *, by: Viewer, locked_first: bool) -> Iterator[bool]:
    """Where several people must agree, their votes are weighed one after another, under the lock;
    a single decision is settled by the version that its statement names, which asks for the rights
    of `by` as well. Raises RightsChanged."""
    if locked_first:
        with transaction.atomic():
            # Only the lock is wanted: the caller reads the whole docket again under it.
            locked_as_it_is(escalation)
            # At once, as whose team they share is read behind it too.
            access.require_rights(by)
            yield True
    else:
        yield False


def busy() -> Conflict:
    return Conflict("busy", "This case changes faster than it can be written; try again.")
