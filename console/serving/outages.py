"""That the database cannot be reached, or nothing can be stored, told in one line and in one when
that is over: whatever fails meanwhile, a task each second among it, would write its stack.

Other faults are written as they are.
"""

import errno
import logging
import sys
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import structlog

AWAY, FULL = "database_lost", "nothing_stored"
OVER = {AWAY: "database_back", FULL: "stored_again"}
# Nobody may have told that it is over: one that begins after so long is told again.
FORGOTTEN_S = 300
# Of PostgreSQL: connections, too many of them, and a server that ends or begins.
_AWAY_STATES, _FULL_STATE = ("08", "57P", "53300"), "53100"
# Of SQLite, which does not tell its codes of every commit.
_SENTENCES = {
    "unable to open database file": AWAY,
    "database or disk is full": FULL,
    "disk I/O error": FULL,
    "attempt to write a readonly database": FULL,
}
_FULL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

log = structlog.get_logger(__name__)
_lock = threading.Lock()
# When each that goes on was last met.
_met: dict[str, float] = {}


class Brief(logging.Filter):
    """Of the log's handler. Holds back what an outage makes others write; its own lines come
    through."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        error = _error_of(record)
        kind = _outage(error)
        if kind and _begins(kind):
            log.error(kind, error=str(error).strip() or type(error).__name__)
        return not kind and not (_met and _says_503(record))


def reached(**signal: Any) -> None:
    """A connection to the database stands."""
    _end(AWAY)


def stored() -> None:
    """Something was written to the disk."""
    _end(FULL)


def _end(kind: str) -> None:
    # Asked after every write: a look without the lock is enough where nothing goes on.
    if kind not in _met:
        return
    with _lock:
        over = _met.pop(kind, None) is not None
    if over:
        log.warning(OVER[kind])


def _begins(kind: str) -> bool:
    now = time.monotonic()
    with _lock:
        last, _met[kind] = _met.get(kind), now
    return last is None or now - last > FORGOTTEN_S


def _says_503(record: logging.LogRecord) -> bool:
    """Whether it tells of a request that was answered so, as every one is meanwhile."""
    code = record.msg.get("code") if isinstance(record.msg, dict) else None
    return HTTPStatus.SERVICE_UNAVAILABLE in (code, getattr(record, "status_code", None))


def _error_of(record: logging.LogRecord) -> BaseException | None:
    given: Any = record.exc_info
    # A line of structlog is a dictionary until the formatter has it.
    if not given and isinstance(record.msg, dict):
        # Where the words of an error stand in a line, it is just being handled.
        in_words = "error" in record.msg and record.msg.get("event") not in OVER
        given = record.msg.get("exc_info") or in_words
    if given is True:
        return sys.exception()
    return given[1] if isinstance(given, tuple) else given or None


def _outage(error: BaseException | None) -> str:
    """Which one it tells of; empty for any other error."""
    return next(filter(None, map(_kind, _with_causes(error))), "")


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = error.__cause__ or error.__context__


def _kind(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno in _FULL_ERRORS:
        return FULL
    # By name, so that beat, which asks no database, loads no driver.
    broke = type(error).__name__ == "OperationalError"
    state = getattr(error, "sqlstate", "")
    if state is None:
        # Nobody answered who could have given one.
        return AWAY if broke else ""
    elif state:
        return FULL if state == _FULL_STATE else AWAY if state.startswith(_AWAY_STATES) else ""
    else:
        return _SENTENCES.get(str(error), "") if broke else ""
