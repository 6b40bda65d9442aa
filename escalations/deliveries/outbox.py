"""The one way messages leave: lease a row, send outside any transaction, mark it if the lease still
holds.

A process that dies in between leaves a lease that runs out; the same message with the same id is
then sent again. So every message arrives at least once, and a receiver drops the second by its id.
What differs between answers for agents and alerts for people stands in a class of each.
"""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from console.hints import nudge
from console.outside import outbound
from escalations.deliveries import hosts
from escalations.models import DeliveryAttempt, Outgoing
from escalations.record.lines import Actor
from escalations.refusals import Conflict, NotFound

KEEP_FOR = timedelta(days=90)
RETRY_AFTER_MAX = timedelta(days=1)
GONE = 410
WINDOW = 64
ERROR_LENGTH = 500
UNSENT_FOR, UNSENT_MAX = timedelta(days=7), 20

SETTLED = ("state", "attempts", "next_at", "last_status", "last_error", "finished_at")

Row = TypeVar("Row", bound=Outgoing)
State = Outgoing.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: it arrived, or `error` says in a sentence why not.

    `failing` is what it says of the host: None where nobody was asked, or whoever answered did so
    in good order. `over` is where no other attempt helps, `moot` where nobody needs it any more.
    """

    error: str = ""
    status: int | None = None
    failing: bool | None = None
    took_s: float = 0.0
    retry_after: str = ""
    over: bool = False
    moot: bool = False


class Outbox(Generic[Row]):
    """One table of messages; a subclass says how long they are tried, and sends one of them."""

    name: ClassVar[str]
    one: ClassVar[str]
    prefix: ClassVar[str]
    rows: type[Row]
    related: ClassVar[tuple[str, ...]]
    case: ClassVar[str]
    sought: ClassVar[tuple[str, ...]]
    sending_sets: ClassVar[tuple[str, ...]] = ()
    couriers: ClassVar[int]
    lease: ClassVar[timedelta]
    try_for: ClassVar[timedelta]
    pauses_s: tuple[float, ...]
    jitter: ClassVar[float]
    counts_as_unsent: ClassVar[Q]

    def send(self, row: Row, *, now: datetime) -> Outcome:
        """One attempt, outside any transaction. Raises nothing that a receiver could cause."""
        raise NotImplementedError

    def leased(self, rows: QuerySet[Row], *, now: datetime) -> None:
        """What follows where these are about to leave, in the transaction that leases them."""

    def settled(self, row: Row, outcome: Outcome, *, now: datetime) -> None:
        """What follows from an attempt, in the transaction that marks it; `row` is as it is now."""

    def require_replayable(self, row: Row, *, now: datetime) -> None:
        """Raises Conflict with the reason why it cannot be sent again, or not yet."""

    def replayed(self, row: Row, *, by: Actor, now: datetime) -> None:
        """What follows where somebody has it sent again, in the same transaction."""

    def well(self) -> str:
        """The sentence of `doctor` where nothing is unsent."""
        raise NotImplementedError

    def messages(self) -> QuerySet[Row]:
        """Every row of this outbox."""
        return QuerySet(self.rows)

    def due(self, limit: int, *, now: datetime) -> int:
        """How many rows could be leased now, counted up to `limit`."""
        return len(self._chosen(limit, now))

    def late(self, *, now: datetime) -> int:
        """How many rows are due and not sent, whatever holds them up."""
        return self.messages().filter(state=State.DUE, next_at__lte=now).count()

    def lease_due(self, limit: int, *, now: datetime) -> list[Row]:
        """Up to `limit` due rows, each held by nobody else for the time of a lease, longest due
        first.

        A host that already has as many calls open as it may, or that is paused, is passed over.
        """
        token = secrets.token_hex(16)
        # Where others took all that was chosen, more may be due behind it.
        while chosen := self._chosen(limit, now):
            if taken := self._taken(chosen, token, now):
                rows = self.messages().select_related(*self.related)
                return list(rows.filter(pk__in=taken, lease_token=token).order_by("next_at"))
        return []

    @transaction.atomic
    def settle(
        self,
        row: Row,
        outcome: Outcome,
        *,
        now: datetime,
        jitter: Callable[[], float] = random.random,
    ) -> bool:
        """Mark what came of an attempt. False, and nothing changed, if the lease was lost."""
        # The token is the condition: once a lease ran out, only whoever leased the row after it may
        # mark it.
        held = self.messages().filter(pk=row.pk, state=State.DUE, lease_token=row.lease_token)
        self._set(row, outcome, now=now, jitter=jitter())
        said = {name: getattr(row, name) for name in (*SETTLED, *self.sending_sets)}
        marked = held.update(**said, lease_token="", lease_until=None)
        if marked:
            if outcome.failing is not None:
                hosts.note(row.host, outcome.failing, outcome.took_s, now=now)
            self._note(row, outcome, now=now)
            self.settled(row, outcome, now=now)
        return bool(marked)

    @transaction.atomic
    def replay(self, row_id: str, *, by: Actor, now: datetime) -> Row:
        """Send a message again from now on, under the same id, for as long as a new one.

        Raises NotFound, or Conflict for one that arrived, was taken back, is older than 90 days, or
        that nobody takes or needs.
        """
        rows = self.messages().select_related(*self.related)
        # Only this row: PostgreSQL refuses to lock the side of an outer join that may be missing.
        row = rows.select_for_update(of=("self",)).filter(pk=row_id).first()
        if row is None:
            raise NotFound("not_found", "There is no such delivery.")
        # What is still tried counts too: somebody wants it now instead of after its pause.
        if row.state not in (State.DEAD, State.DUE):
            words = row.get_state_display().lower()
            raise Conflict(
                "not_dead", f"This message needs no replay: {words}.", at=row.finished_at
            )
        self.require_replayable(row, now=now)
        if row.created_at < now - KEEP_FOR:
            raise Conflict("too_old", "It is older than 90 days and can no longer be sent again.")
        row.state, row.finished_at, row.attempts = State.DUE, None, 0
        row.next_at, row.give_up_at = now, now + self.try_for
        row.lease_token, row.lease_until = "", None
        row.save()
        hosts.forget(row.host)
        self.replayed(row, by=by, now=now)
        nudge.nudge("deliver")
        return row

    def dead(self) -> list[str]:
        """The ids of what was given up, oldest first."""
        found = self.messages().filter(state=State.DEAD).order_by("created_at", "id")
        return list(found.values_list("id", flat=True))

    def unsent(self, *, now: datetime) -> list[Row]:
        """What was given up in the last 7 days, and for what is urgent, what is being tried again;
        newest first, 20 at most."""
        given_up = Q(state=State.DEAD, finished_at__gt=now - UNSENT_FOR)
        found = self.messages().filter(given_up | self.counts_as_unsent)
        return list(found.order_by("-next_at")[:UNSENT_MAX])

    def _note(self, row: Row, outcome: Outcome, *, now: datetime) -> None:
        """Each attempt stays to be read; a moot one was none."""
        if not outcome.moot:
            DeliveryAttempt.objects.create(
                message=row.pk,
                number=row.attempts,
                at=now,
                status=outcome.status,
                took_ms=round(outcome.took_s * 1000),
                answer=outcome.error[:ERROR_LENGTH],
            )

    def free(self, now: datetime) -> QuerySet[Row]:
        """The rows that are due and leased to nobody, whether or not their hosts have room."""
        return self.messages().filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now),
            state=State.DUE,
            next_at__lte=now,
        )

    def _chosen(self, limit: int, now: datetime) -> list[str]:
        """Ids of due rows, never more of one host than it may have open at once."""
        room = hosts.Room(self.messages(), now)
        chosen: list[str] = []
        while len(chosen) < limit:
            # Full hosts are left out by the query: a thousand messages of one would otherwise stand
            # before everybody else's.
            window = self.free(now).exclude(host__in=room.full).exclude(pk__in=chosen)
            found = list(window.order_by("next_at").values_list("pk", "host")[:WINDOW])
            chosen += [pk for pk, host in found if room.take(host)]
            if len(found) < WINDOW:
                break
        return chosen[:limit]

    @transaction.atomic
    def _taken(self, chosen: list[str], token: str, now: datetime) -> list[str]:
        """Those of the chosen rows that nobody else took since they were chosen."""
        free = self.free(now).filter(pk__in=chosen)
        # Skipped, not waited for: what another courier is just taking is theirs. By key, as an
        # UPDATE cannot skip.
        taken = [
            row.pk for row in free.select_for_update(skip_locked=True, of=("self",)).only("pk")
        ]
        leased = self.messages().filter(pk__in=taken)
        if leased.update(lease_token=token, lease_until=now + self.lease):
            self.leased(leased, now=now)
        return taken

    def _set(self, row: Row, outcome: Outcome, *, now: datetime, jitter: float) -> None:
        """What the row says after this attempt; a moot one was none."""
        row.attempts += not outcome.moot
        next_at = now + self._pause(row.attempts, outcome, now=now, jitter=jitter)
        if outcome.moot:
            row.state = State.DROPPED
        elif not outcome.error:
            row.state = State.DELIVERED
        # Given up now, not after a pause that ends too late.
        elif outcome.over or next_at >= row.give_up_at:
            row.state = State.DEAD
        else:
            row.next_at = next_at
        row.finished_at = None if row.state == State.DUE else now
        row.last_status, row.last_error = outcome.status, outcome.error[:ERROR_LENGTH]

    def _pause(self, attempts: int, outcome: Outcome, *, now: datetime, jitter: float) -> timedelta:
        """Growing pauses, jittered by as much as this outbox says, or longer where asked for."""
        pause_s = self.pauses_s[min(max(attempts, 1), len(self.pauses_s)) - 1]
        growing = timedelta(seconds=pause_s * (1 - self.jitter * (1 - jitter)))
        # Never sooner than our own pause, whatever the receiver asks for.
        return max(growing, _asked_for(outcome.retry_after, now=now))


def outboxes() -> tuple[Outbox[Any], ...]:
    """Every kind of message that leaves, by the setting `OUTBOXES`."""
    return tuple(import_string(path) for path in settings.OUTBOXES)


def outbox_of(row_id: str) -> Outbox[Any]:
    """The outbox that a message of this id is in. Raises NotFound."""
    found = next((box for box in outboxes() if row_id.startswith(f"{box.prefix}_")), None)
    if found is None:
        raise NotFound("not_found", "There is no such delivery.")
    return found


def post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    *,
    resolve: outbound.Resolver = outbound.system_resolver,
) -> Outcome:
    """Send one signed event. Only a 2xx counts; a redirect is a failure like any other."""
    headers |= {"content-type": "application/cloudevents+json", "user-agent": "Baton"}
    try:
        reply = outbound.post(url, body, headers, resolve=resolve)
    # Nobody was asked, so it says nothing about the host.
    except outbound.AddressRefused as error:
        return Outcome(str(error))
    except outbound.NoAnswer as error:
        return Outcome(str(error), failing=True, took_s=outbound.TOTAL_S)
    return Outcome(
        "" if 200 <= reply.status < 300 else f"Answered {reply.status}.",
        status=reply.status,
        failing=hosts.is_failing(reply.status),
        took_s=reply.took_s,
        retry_after=reply.headers.get("retry-after", ""),
        over=reply.status == GONE,
    )


def _asked_for(retry_after: str, *, now: datetime) -> timedelta:
    try:
        if retry_after.isascii() and retry_after.isdigit():
            # Limited first: a span of any number of digits raises OverflowError.
            asked = timedelta(seconds=min(int(retry_after), 10**6))
        else:
            asked = parsedate_to_datetime(retry_after) - now
    # No date at all, or one without a zone: a receiver may write anything here.
    except (TypeError, ValueError):
        return timedelta(0)
    return min(asked, RETRY_AFTER_MAX)
