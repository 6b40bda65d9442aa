"""What these hours were like on the days before: what arrived, what waited, how soon it was taken,
and how long those leave a case on the list who help themselves.

Read at most once in five minutes and process; open boards ask every few seconds.
"""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, groupby
from math import inf
from statistics import median
from typing import Any

from django.db.models import Q

from escalations.models import Escalation, State
from routing.floor.forecast import AHEAD_MIN, Expected, Waiting
from routing.models import Team

DAYS = 7
DAY, WEEK = timedelta(days=1), timedelta(days=DAYS)
AHEAD = timedelta(minutes=AHEAD_MIN)
QUARTER = timedelta(minutes=15)
KEEP = timedelta(minutes=5)
# So far from what is usual, in its standard deviations, that it is not by chance.
CLEAR = 3
HOUR = timedelta(hours=1)
TAKEN_MIN = 5
PAUSES_OF = 5_000
Came = tuple[datetime, datetime, str, Any, int]  # Arrived, due, kind, skills, units.


@dataclass(frozen=True, slots=True)
class HowSoonTaken:
    """How soon somebody took the cases that came within the last hour: `half_s` is the time within
    which half of them were, None while less than half are."""

    came: int
    taken: int
    half_s: int | None


@dataclass(frozen=True, slots=True)
class Before:
    """`waited` is how many waited at this time a week ago. None where that, or how soon the last
    hour's were taken, is not known. `pauses`: the minutes, by team, for which its people leave a
    case that they could take on the list; only where they help themselves and it is known."""

    expected: Expected
    waited: int | None
    taken: HowSoonTaken | None
    pauses: Mapping[str, float]


_kept: dict[int, Before] = {}
_reading = threading.Lock()


def before(now: datetime) -> Before:
    """What the days before say about these minutes, in at most five statements."""
    minutes = int(now.timestamp() // KEEP.total_seconds())
    # Boards that are open ask in the same moment: one reads, the others wait for it.
    with _reading:
        if minutes not in _kept:
            _kept.clear()
            _kept[minutes] = Before(_expected(now), _waited(now - WEEK), _taken(now), _pauses(now))
        return _kept[minutes]


def forget() -> None:
    """Read it again at the next question."""
    _kept.clear()


def _expected(now: datetime) -> Expected:
    """What arrived in the same half hours, spread over this one; a day counts if any of it did.

    Where the last quarter of an hour had clearly more or fewer than is usual for it, and each third
    of it had, that goes on: so many more, of the kinds that come now, or so many fewer.
    """
    starts = [now - day * DAY for day in range(1, DAYS + 1)]
    wanted = Q(arrived_at__gte=now - QUARTER)
    for start in starts:
        wanted |= Q(arrived_at__gte=start - QUARTER, arrived_at__lt=start + AHEAD)
    found: list[Came] = list(
        Escalation.objects.filter(wanted, arrived_at__lt=now, level__gt=1).values_list(
            "arrived_at", "respond_by", "task_type", "requirement__skills", "units"
        )
    )
    lately = _between(found, now - QUARTER, now)
    ahead = [_between(found, start, start + AHEAD) for start in starts]
    days = sum(map(bool, ahead))
    # By how far into the half hour they came, whatever the day: the sooner, the larger the
    # remainder.
    seen = sorted(chain(*ahead), key=lambda one: (now - one[0]) % DAY, reverse=True)
    usual = round(len(seen) / days) if days else 0
    behind = sum(len(_between(found, start - QUARTER, start)) for start in starts)
    before_it = behind / days if days else 0
    further = _further(len(lately), before_it)
    if not _goes_on(lately, now, before_it, more=further > 0):
        further = 0
    many = max(0, usual + further)
    kinds = lately if further > 0 else seen
    cases = [_waiting(kinds, n, many) for n in range(many)]
    return Expected(days, cases, usual if many != usual else None, len(seen))


def _further(came: int, usual: float) -> int:
    """By how many a half hour differs where its like before had so many and usually has so many."""
    is_clear = (came - usual) ** 2 > CLEAR**2 * max(came, usual, 1)
    return round((came - usual) * (AHEAD / QUARTER)) if is_clear else 0


def _goes_on(lately: Sequence[Came], now: datetime, usual: float, *, more: bool) -> bool:
    """Whether every third of the quarter had more, or fewer, than is usual for one: what came all
    at once, as when an agent was connected just now, says nothing of what comes next."""
    third = QUARTER / 3
    each = [len(_between(lately, now - n * third, now - (n - 1) * third)) for n in (1, 2, 3)]
    return min(each) > usual / 3 if more else max(each) < usual / 3


def _between(found: Sequence[Came], start: datetime, end: datetime) -> list[Came]:
    return [one for one in found if start <= one[0] < end]


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


def _taken(now: datetime) -> HowSoonTaken | None:
    """Those that still wait count too: on a bad day they are most, and the others were quick."""
    lately = Escalation.objects.filter(arrived_at__gt=now - HOUR, arrived_at__lte=now, level__gt=1)
    # Withdrawn, or answered at once with others: nobody had to take it.
    concern = Q(accepted_at__isnull=False) | Q(closed_at__isnull=True) | Q(state=State.EXPIRED)
    times = lately.filter(concern).values_list("arrived_at", "accepted_at")
    spans = sorted(
        (accepted - arrived).total_seconds() if accepted else inf for arrived, accepted in times
    )
    if len(spans) < TAKEN_MIN:
        return None
    half = median(spans)
    return HowSoonTaken(
        len(spans), sum(span < inf for span in spans), round(half) if half < inf else None
    )


def _pauses(now: datetime) -> dict[str, float]:
    """The middle one of each team; who is in none helps themselves as well, and is a team here."""
    of_list = Q(decided_by__duty__team__mode=Team.Mode.PULL) | Q(decided_by__duty__team=None)
    answered = Escalation.objects.filter(
        of_list, state=State.DECIDED, decided_at__gt=now - WEEK, decided_by__isnull=False
    )
    rows = answered.filter(taken_up_at__isnull=False).order_by("-decided_at")[:PAUSES_OF]
    told: list[tuple[Any, ...]] = list(
        rows.values_list(
            "decided_by__duty__team__name", "decided_by", "arrived_at", "taken_up_at", "decided_at"
        )
    )
    found: dict[str, list[float]] = defaultdict(list)
    for (team, _), theirs in groupby(sorted(told, key=_whose), key=_whose):
        found[team] += _left_on_the_list([row[2:] for row in theirs])
    return {team: median(them) for team, them in found.items() if len(them) >= TAKEN_MIN}


def _whose(row: Sequence[Any]) -> tuple[str, int]:
    return row[0] or "", row[1]


def _left_on_the_list(cases: Sequence[Sequence[datetime]]) -> list[float]:
    """For each case of one person, the minutes from when it was there and they had done the last
    thing. Who had done nothing for an hour was not at work, and it says nothing of them."""
    acts = sorted(at for _, taken_up, decided in cases for at in (taken_up, decided))
    found = []
    for arrived, taken_up, _ in cases:
        place = bisect_left(acts, taken_up)
        if place and taken_up - acts[place - 1] < HOUR:
            found.append((taken_up - max(arrived, acts[place - 1])).total_seconds() / 60)
    return found
