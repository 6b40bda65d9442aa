"""The lists of the Deliveries screen: by state, searched, paged by keyset."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from escalations.models import Delivery

PAGE = 50
COUNT_MAX = 999


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list, and what of it."""

    state: str = "dead"
    search: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and the cursor of the next; "" on the last."""

    deliveries: list[Delivery]
    next: str


def page(wanted: Wanted) -> Page:
    """The newest deliveries of that state; an unknown cursor gives the first page."""
    found = _searched(Delivery.objects.filter(state=wanted.state), wanted.search)
    if cursor := _read(wanted.after):
        at, last = cursor
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    rows = found.select_related("agent", "endpoint", "escalation").order_by("-created_at", "-id")
    deliveries = list(rows[: PAGE + 1])
    more = len(deliveries) > PAGE
    return Page(deliveries[:PAGE], _cursor(deliveries[PAGE - 1]) if more else "")


def counts() -> dict[str, int]:
    """How many are dead and how many wait, counted up to `COUNT_MAX`."""
    return {
        state: Delivery.objects.filter(state=state)[:COUNT_MAX].count() for state in ("dead", "due")
    }


def _searched(found: QuerySet[Delivery], search: str) -> QuerySet[Delivery]:
    """By case number, by an id of ours, or by a part of the agent's name or the address."""
    number = search.upper().removeprefix("BTN-")
    if number.isascii() and number.isdigit() and len(number) < 18:
        return found.filter(escalation=int(number))
    elif search.startswith("esc_"):
        return found.filter(escalation__id=search)
    elif search.startswith("msg_"):
        return found.filter(id=search)
    elif search:
        return found.filter(Q(agent__name__icontains=search) | Q(url__icontains=search))
    else:
        return found


def _cursor(delivery: Delivery) -> str:
    return f"{delivery.created_at.isoformat()}~{delivery.id}"


def _read(cursor: str) -> tuple[datetime, str] | None:
    at, separator, last = cursor.partition("~")
    try:
        known = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (known, last) if separator and known.tzinfo else None
