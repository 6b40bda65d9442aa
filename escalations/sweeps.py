"""What is due is found here, by any number of sweepers, as often as they like.

A sweep picks rows by their due time and lets the life cycle decide again under the lock, so that
sweeping twice changes nothing. Never early; a jump of the clock pauses it.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.db.models import QuerySet

from console.database.looks import Look
from escalations import lifecycle
from escalations.briefing import working_draft
from escalations.lifecycle.waiting import at_once
from escalations.lifecycle.waiting.at_once import SweptBatch
from escalations.models import CommandAnswer, DeliveryAttempt, Escalation
from escalations.models.querysets import EscalationQuerySet

log = structlog.get_logger(__name__)

BATCH = 200
BATCHES_MAX = 100
# As long as there is so much, for so long: the other parts of the sweep come after it.
GOES_ON_S = 2.0
JUMP = timedelta(minutes=5)
PAUSE = timedelta(minutes=5)
KEEP_ANSWERS = timedelta(days=1)


class Watch:
    """Compares the wall clock with the steady one, because a jump must not time out the queue."""

    def __init__(self) -> None:
        self._seen: tuple[datetime, float] | None = None
        self._paused_until = 0.0

    def trusts(self, now: datetime, steady_s: float | None = None) -> bool:
        """False for five minutes after the wall clock jumped by more than five minutes."""
        steady_s = time.monotonic() if steady_s is None else steady_s
        if self._seen is not None:
            then, steady_then_s = self._seen
            moved = now - then
            passed = timedelta(seconds=steady_s - steady_then_s)
            if abs(moved - passed) > JUMP:
                # Long enough for every open screen to beat, so that a jump ends nobody's lease.
                self._paused_until = steady_s + PAUSE.total_seconds()
                log.error("clock_jumped", by_s=int((moved - passed).total_seconds()))
        self._seen = (now, steady_s)
        return steady_s >= self._paused_until


_watch = Watch()


class SweepPart(NamedTuple):
    """What of a sweep is due at a moment, and what is done about it, which counts."""

    due: Callable[[datetime], QuerySet[Any]]
    act: Callable[[datetime], int]


class Sweep:
    """Parts that are done in turn where they have something due, which is asked of all at once."""

    def __init__(self, parts: Mapping[str, SweepPart]) -> None:
        self._parts = parts
        self._look = Look(lambda now: {name: part.due(now) for name, part in parts.items()})

    def at(self, now: datetime) -> dict[str, int]:
        """Counts by name what was done. Raises an ExceptionGroup of what failed, after the rest."""
        counts, left = dict.fromkeys(self._parts, 0), set(self._parts)
        while due := self._look.at(now) & left:
            left -= due
            acts = {name: part.act for name, part in self._parts.items() if name in due}
            done = all_of({name: partial(act, now) for name, act in acts.items()})
            counts |= done
            # What one has done may make another due.
            if not any(done.values()):
                break
        return counts


def _together(
    of: Callable[[datetime], EscalationQuerySet],
    by: str,
    at_once: Callable[..., SweptBatch],
    alone: Callable[..., bool],
) -> SweepPart:
    """Cases that are done a batch at a time, each batch in one transaction, for as long as there
    are more: what is left then is due again at the next sweep, and a long arrear of one kind holds
    up no other. In the order of the index on its due time: by number SQLite goes through every case
    there ever was."""

    def done(now: datetime) -> int:
        first, count = of(now).order_by(by, "number")[:BATCH], 0
        until = time.monotonic() + GOES_ON_S
        while True:
            found, did = _batch(first, at_once, alone, now)
            count += did
            # What cannot be done now is found first again, and waits for the next sweep.
            if found < BATCH or not did or time.monotonic() > until:
                return count

    return SweepPart(of, done)


def _batch(
    first: EscalationQuerySet,
    at_once: Callable[..., SweptBatch],
    alone: Callable[..., bool],
    now: datetime,
) -> tuple[int, int]:
    """How many were found, and done: together; those that are left, or all where that fails, one by
    one. Raises an ExceptionGroup of those that fail alone, when all others are done."""
    try:
        found, done, left = at_once(first.all(), now=now)
    except Exception as error:  # whatever it is, it is met again alone, and raised then
        log.warning("due_one_by_one", error=str(error))
        left = list(first.all())
        found, done = len(left), 0
    acts = {case.id: partial(alone, case, now=now) for case in left}
    return found, done + sum(all_of(acts).values())


def _leases_over(now: datetime) -> EscalationQuerySet:
    return Escalation.objects.leases_over(now, now - lifecycle.IDLE_LIMIT)


_sweep = Sweep(
    {
        "leases_ended": _together(
            _leases_over, "lease_until", at_once.lose_leases, lifecycle.lose_lease
        ),
        "woken": _together(
            Escalation.objects.waking, "snoozed_until", at_once.wake, lifecycle.wake
        ),
        "expired": _together(
            Escalation.objects.expiring, "expires_at", at_once.expire, lifecycle.expire
        ),
    }
)


def sweep(now: datetime) -> dict[str, int]:
    """Everything that is due: lost leases, minutes to wake at, expiries. Counts what was done."""
    return _sweep.at(now) if _watch.trusts(now) else {}


def tidy(now: datetime) -> dict[str, int]:
    """Everything that is kept for no longer, batch by batch. Counts what was done.

    Apart from `sweep`, as nobody waits for it: it is asked for once a minute.
    """
    if not _watch.trusts(now):
        return {}
    return all_of(
        {
            "drafts_erased": lambda: _all(working_draft.erase, now),
            "answers_forgotten": lambda: _all(_forget_answers, now),
            "attempts_forgotten": lambda: _all(_forget_attempts, now),
        }
    )


def all_of(parts: Mapping[str, Callable[[], int]]) -> dict[str, int]:
    """Do every part, whatever becomes of the others, and count by name what each did.

    Raises an ExceptionGroup of what failed, when all are done: the worker logs it.
    """
    counts, failed = {}, []
    for name, part in parts.items():
        try:
            counts[name] = part()
        except Exception as error:  # raised below
            failed.append(error)
    if failed:
        raise ExceptionGroup("Parts of a sweep failed", failed)
    return counts


def _all(forget: Callable[[datetime], int], now: datetime) -> int:
    """As many batches as one look may take; what is left is old at the next one too."""
    return sum(takewhile(bool, (forget(now) for _ in range(BATCHES_MAX))))


def _forget_answers(now: datetime) -> int:
    """First answers are kept a day; a command older than 30 s is refused anyway."""
    old = CommandAnswer.objects.filter(answered_at__lt=now - KEEP_ANSWERS)
    # Django deletes no slice, so the batch is named by its keys.
    return old.filter(pk__in=old.order_by("pk").values("pk")[:BATCH]).delete()[0]


def _forget_attempts(now: datetime) -> int:
    """Every attempt at a message is kept for as long as the deployment says."""
    kept = timedelta(days=settings.KEEP_ATTEMPTS_DAYS)
    # The oldest by key, which asks for no index on the time: they were written in that order.
    oldest = DeliveryAttempt.objects.order_by("pk").values_list("pk", flat=True)[:BATCH]
    return DeliveryAttempt.objects.filter(pk__in=list(oldest), at__lt=now - kept).delete()[0]
