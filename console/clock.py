"""The time every rule goes by: the database's clock, so that all hosts agree on what is due."""

import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connection

_offset = timedelta(0)
_is_measured = False
_ASKED = 5
# Nobody sets it, and it goes on while the machine sleeps.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_STARTED = datetime.now(UTC) - timedelta(seconds=time.clock_gettime(_STEADY))


def now() -> datetime:
    """The aware UTC time on the database's clock, as last measured; once measured, a clock of this
    host that is set anew meanwhile changes nothing."""
    return _own() + _offset


def exact() -> datetime:
    """The aware UTC time on the database's clock, asked for at this moment.

    For what must be decided under a lock: `now()` may be a little off, and older than the wait for
    the lock. Raises the database's error when it cannot be asked.
    """
    return _of_database() if connection.vendor == "postgresql" else datetime.now(UTC)


def measure() -> timedelta:
    """How far the database's clock is ahead of this process; from here on `now()` follows it.

    SQLite runs on our own clock. Raises the database's error when it cannot be asked.
    """
    global _offset, _is_measured
    if connection.vendor == "postgresql":
        _is_measured = True
        _offset = _offset_of_database()
    else:
        _offset = timedelta(0)
    return _offset


def _own() -> datetime:
    """This process's time: of its host, or of what runs steadily since it was measured."""
    if _is_measured:
        return _STARTED + timedelta(seconds=time.clock_gettime(_STEADY))
    return datetime.now(UTC)


def _offset_of_database() -> timedelta:
    """By the quickest of several answers: none is off by more than half of what asking took."""
    return min((_asked() for _ in range(_ASKED)), key=lambda asked: asked.took).offset


class _Asked(NamedTuple):
    took: timedelta
    offset: timedelta


def _asked() -> _Asked:
    asked_at = _own()
    theirs = _of_database()
    took = _own() - asked_at
    # Their answer is taken to be of the middle of the time that asking took.
    return _Asked(took, theirs - (asked_at + took / 2))


def _of_database() -> datetime:
    with connection.cursor() as cursor:
        # Not now(), which stands still inside a transaction.
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
        return at
