"""How much of our sending one host may take up, so that a bad receiver delays no other.

A host has a row only while something is wrong with it: it failed lately, or it is slow.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from escalations.models import Outgoing, Receiver

AT_ONCE = 4
SLOW_S = 2.0
FAILURES_BEFORE_PAUSE = 10
PAUSE_S, PAUSE_MAX_S = 30, 10 * 60
TOO_MANY = 429


class Room:
    """Which hosts may be called now, and how often more; asked once for each round of leasing."""

    def __init__(self, messages: QuerySet[Any], now: datetime) -> None:
        # Leases of every process count. Two that look at the same moment may go over a limit by a
        # few: it spares the host, and only a lease must be exact.
        leased = messages.filter(state=Outgoing.State.DUE, lease_until__gt=now)
        self._open = Counter(leased.values_list("host", flat=True))
        self._limits = {row.host: _limit(row, now) for row in Receiver.objects.all()}
        self.full = {host for host in {*self._open, *self._limits} if not self._left(host)}

    def take(self, host: str) -> bool:
        """Whether one more call to `host` may be made; counts it if so."""
        if not self._left(host):
            return False
        self._open[host] += 1
        if not self._left(host):
            self.full.add(host)
        return True

    def _left(self, host: str) -> int:
        return max(0, self._limits.get(host, AT_ONCE) - self._open[host])


def is_failing(status: int) -> bool:
    """Whether an answer speaks against the host; one that refuses is still an answer."""
    return status >= 500 or status == TOO_MANY


def note(host: str, failing: bool, took_s: float, *, now: datetime) -> None:
    """Keep what a call says about the host itself: whether it fails, and how quick it is."""
    slow = took_s > SLOW_S
    if not failing and not slow:
        Receiver.objects.filter(host=host).delete()
        return
    # Not locked: of two failures at the same moment one may go uncounted, and the pause begins one
    # failure later.
    row, _ = Receiver.objects.get_or_create(host=host)
    row.slow = slow
    row.failures = row.failures + 1 if failing else 0
    row.paused_until = now + _pause(row.failures) if row.failures >= FAILURES_BEFORE_PAUSE else None
    row.save()


def forget(host: str) -> None:
    """Give a host another chance at once, because a person asked for it."""
    Receiver.objects.filter(host=host).delete()


def left_alone() -> dict[str, Receiver]:
    """The hosts that take nothing, by name: left alone until a moment, or tried with one message
    after it."""
    rows = Receiver.objects.filter(failures__gte=FAILURES_BEFORE_PAUSE)
    return {row.host: row for row in rows if row.paused_until}


def _limit(row: Receiver, now: datetime) -> int:
    """None at all while paused; one at a time while it is being tried again or is slow."""
    # A longer pause than any that is made here is none: whoever wrote it wants a host to hear
    # nothing.
    if row.paused_until and now < row.paused_until <= now + timedelta(seconds=PAUSE_MAX_S):
        return 0
    elif row.slow or row.failures >= FAILURES_BEFORE_PAUSE:
        return 1
    else:
        return AT_ONCE


def _pause(failures: int) -> timedelta:
    # Limited before the power is taken, which would grow with every failure only to be cut.
    doublings = min(failures - FAILURES_BEFORE_PAUSE, 10)
    return timedelta(seconds=min(PAUSE_S * 2**doublings, PAUSE_MAX_S))
