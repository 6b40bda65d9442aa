"""The lists of the Deliveries screen, over every outbox: by state, searched, paged by keyset."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from escalations.deliveries.outbox import Outbox, outboxes
from escalations.models import Delivery, DeliveryAttempt, FactCheck, Outgoing, Receiver
from escalations.models.deliveries import TEST
from escalations.text import formatting

PAGE = 50
LATELY = timedelta(days=30)
COUNT_MAX = 999
SHOWN = ("dead", "due")


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which list, and what of it."""

    state: str = "dead"
    search: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One page of a list, and the cursor of the next; "" on the last."""

    deliveries: list[Outgoing]
    next: str


@dataclass(frozen=True, slots=True)
class EndpointSuccess:
    """One endpoint of an agent, and what became of what was for it."""

    agent: str
    name: str
    url: str
    delivered: int
    given_up: int

    @property
    def ended(self) -> int:
        return self.delivered + self.given_up

    @property
    def share(self) -> str:
        """`98 %` of what ended; nothing where nothing has."""
        return formatting.percent(round(self.delivered / self.ended, 2)) if self.ended else ""


def page(wanted: DeliveryFilter) -> DeliveryPage:
    """The newest messages in that state; an unknown cursor gives the first page."""
    # Of the same moment the higher id comes first, in the order that the database gives to ids.
    boxes = sorted(outboxes(), key=lambda box: box.prefix, reverse=True)
    found = [row for box in boxes for row in _newest(box, wanted)]
    # By time alone: a sort leaves what is equal in the order of the boxes, reversed or not.
    found.sort(key=lambda row: row.created_at, reverse=True)
    return DeliveryPage(found[:PAGE], _cursor(found[PAGE - 1]) if len(found) > PAGE else "")


@dataclass(frozen=True, slots=True)
class Upcoming:
    """When a message is tried next: at a moment, or as soon as it is its turn (None); `why`
    where that is later than its own pause."""

    at: datetime | None
    why: str = ""


def upcoming(row: Outgoing, alone: Mapping[str, Receiver], now: datetime) -> Upcoming:
    """When this message that waits is tried next. `alone` are the hosts that take nothing."""
    host = alone.get(row.host)
    until = host.paused_until if host else None
    if until and until > max(now, row.next_at):
        return Upcoming(until, "its host is left alone until then")
    elif row.next_at > now:
        return Upcoming(row.next_at)
    return Upcoming(None, "its host is tried with one message" if host else "")


def attempts_of(rows: Sequence[Outgoing]) -> dict[str, list[DeliveryAttempt]]:
    """Every attempt at each of these messages, newest first: one statement."""
    found: dict[str, list[DeliveryAttempt]] = {}
    kept = DeliveryAttempt.objects.filter(message__in=[row.pk for row in rows])
    for attempt in kept.order_by("-at", "-pk"):
        found.setdefault(attempt.message, []).append(attempt)
    return found


def endpoints(since: datetime, **of: Any) -> list[EndpointSuccess]:
    """How many messages made since then each endpoint took, and how many were given up. A test
    event says nothing of answers; `of` narrows it, as to one agent."""
    delivered = Count("pk", filter=Q(state=Outgoing.State.DELIVERED))
    given_up = Count("pk", filter=Q(state=Outgoing.State.DEAD))
    named = ("endpoint__agent__name", "endpoint__name", "endpoint__url")
    recent = Delivery.objects.filter(created_at__gt=since, endpoint__isnull=False, **of)
    recent = recent.exclude(kind=TEST)
    rows = recent.order_by(*named[:2]).values(*named).annotate(took=delivered, lost=given_up)
    return [EndpointSuccess(*row) for row in rows.values_list(*named, "took", "lost")]


def facts_not_read(since: datetime) -> list[FactCheck]:
    """The newest questions since then to whose reply something could not be read."""
    found = FactCheck.objects.filter(asked_at__gt=since).exclude(not_read="")
    return list(found.select_related("escalation__agent").order_by("-asked_at")[:PAGE])


def newest(states: Sequence[str], limit: int) -> list[Outgoing]:
    """The newest messages in any of these states, for the command line."""
    found = [
        row
        for box in outboxes()
        for row in box.messages()
        .filter(state__in=states)
        .select_related(*box.related)
        .order_by("-created_at", "-id")[:limit]
    ]
    return sorted(found, key=lambda row: row.created_at, reverse=True)[:limit]


def counts() -> dict[str, int]:
    """How many are dead and how many wait, counted up to `COUNT_MAX`."""
    found: Counter[str] = Counter()
    for box in outboxes():
        for state in SHOWN:
            # Counted in a slice: the whole list would be read for a number that is shown as 999+.
            found[state] += box.messages().filter(state=state)[:COUNT_MAX].count()
    return {state: min(found[state], COUNT_MAX) for state in SHOWN}


def _newest(box: Outbox[Any], wanted: DeliveryFilter) -> list[Outgoing]:
    """One more than a page of each: together they hold the page, and whether more follows."""
    found = _searched(box, box.messages().filter(state=wanted.state), wanted.search)
    if cursor := _read(wanted.after):
        at, last = cursor
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    return list(found.select_related(*box.related).order_by("-created_at", "-id")[: PAGE + 1])


def _searched(box: Outbox[Any], found: QuerySet[Any], search: str) -> QuerySet[Any]:
    """By case number, by an id of ours, or by a part of a name or an address."""
    number = search.upper().removeprefix("BTN-")
    # More digits than the column holds would be an error of the database, not an empty list.
    if number.isascii() and number.isdigit() and len(number) < 18:
        return found.filter(**{box.case: int(number)})
    elif search.startswith("esc_"):
        return found.filter(**{f"{box.case}__id": search})
    elif search.startswith(tuple(f"{one.prefix}_" for one in outboxes())):
        return found.filter(id=search)
    elif search:
        return found.filter(
            reduce(or_, (Q(**{f"{name}__icontains": search}) for name in box.sought))
        )
    else:
        return found


def _cursor(row: Outgoing) -> str:
    return f"{row.created_at.isoformat()}~{row.id}"


def _read(cursor: str) -> tuple[datetime, str] | None:
    at, separator, last = cursor.partition("~")
    try:
        known = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (known, last) if separator and known.tzinfo else None
