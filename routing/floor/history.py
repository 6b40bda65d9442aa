"""What these hours were like on the days before: what arrived, what waited, how soon it was taken.

Read at most once a quarter of an hour and process; open boards ask every few seconds.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Q

from escalations.models import Escalation
from routing.floor.forecast import AHEAD_MIN, Expected, Waiting

DAYS = 7
DAY, WEEK = timedelta(days=1), timedelta(days=DAYS)
AHEAD = timedelta(minutes=AHEAD_MIN)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
TAKEN_MAX, TAKEN_MIN = 200, 5
Came = tuple[datetime, datetime, str, Any, int]  # Arrived, due, kind, skills, units.


@dataclass(frozen=True, slots=True)
class Before:
    """`waited` is how many waited at this time a week ago; `taken_s` half of those that arrived
    within the last hour were taken within. None where that is not known."""

    expected: Expected
    waited: int | None
    taken_s: int | None


_kept: dict[int, Before] = {}
_reading = threading.Lock()


def before(now: datetime) -> Before:
    """What the days before say about this quarter of an hour, in at most four statements."""
    quarter = int(now.timestamp() // QUARTER.total_seconds())
    # Boards that are open ask in the same moment: one reads, the others wait for it.
    with _reading:
        if quarter not in _kept:
            _kept.clear()
            _kept[quarter] = Before(_expected(now), _waited(now - WEEK), _taken_s(now))
        return _kept[quarter]


def forget() -> None:
    """Read it again at the next question."""
    _kept.clear()


def _expected(now: datetime) -> Expected:
    """What arrived in the same half hours, spread over this one; a day counts if any of it did."""
    halves = Q()
    for day in range(1, DAYS + 1):
        start = now - day * DAY
        halves |= Q(arrived_at__gte=start, arrived_at__lt=start + AHEAD)
    found = Escalation.objects.filter(halves, level__gt=1).values_list(
        "arrived_at", "respond_by", "task_type", "requirement__skills", "units"
    )
    # By how far into the half hour they came, whatever the day: the sooner, the larger the
    # remainder.
    seen = sorted(found, key=lambda one: (now - one[0]) % DAY, reverse=True)
    days = sum(_had_any(seen, now - day * DAY) for day in range(1, DAYS + 1))
    many = round(len(seen) / days) if days else 0
    return Expected(days, [_waiting(seen, n, many) for n in range(many)])


def _had_any(seen: Sequence[Came], start: datetime) -> bool:
    return any(start <= one[0] < start + AHEAD for one in seen)


def _waiting(seen: Sequence[Came], place: int, many: int) -> Waiting:
    """One of the kinds that came, in the share in which they came, at its turn."""
    arrived_at, respond_by, task_type, skills, units = seen[place * len(seen) // many]
    arrives = AHEAD_MIN * (place + 0.5) / many
    span = (respond_by - arrived_at).total_seconds() / 60
    return Waiting(skills, task_type=task_type, due=arrives + span, arrives=arrives, units=units)


def _waited(then: datetime) -> int | None:
    """How many had arrived in the week before and been taken by nobody by then; None where nothing
    had arrived in it."""
    arrived = Escalation.objects.filter(arrived_at__lte=then, arrived_at__gt=then - WEEK)
    untaken = Q(accepted_at__isnull=True) | Q(accepted_at__gt=then)
    still_open = Q(closed_at__isnull=True) | Q(closed_at__gt=then)
    if not arrived.exists():
        return None
    return arrived.filter(untaken, still_open).count()


def _taken_s(now: datetime) -> int | None:
    lately = Escalation.objects.filter(arrived_at__gt=now - HOUR, accepted_at__isnull=False)
    times = lately.order_by("-arrived_at").values_list("arrived_at", "accepted_at")[:TAKEN_MAX]
    spans = [(accepted - arrived).total_seconds() for arrived, accepted in times if accepted]
    return round(median(spans)) if len(spans) >= TAKEN_MIN else None
