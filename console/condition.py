"""Whether the parts Baton stands on are there: asked by `/readyz` and `manage.py doctor`."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from console import clock
from console.database import migrated
from console.hints import carrying
from escalations.deliveries.outbox import Outbox, outboxes
from escalations.record import protection

REDIS_TIMEOUT_S = 1
DISK_BYTES_MIN = 256 * 1024 * 1024


@dataclass(frozen=True)
class Check:
    """One part: whether it is well, and a sentence for whoever must repair it."""

    part: str
    ok: bool
    sentence: str
    # Whether a web process can answer nobody without it.
    needed: bool = True


class Unwell(Exception):
    """Raised by a check, with the sentence that says what to do."""


def findings() -> list[Check]:
    """Every part that a web process stands on, each asked even where another is missing. Scaled, it
    keeps nothing on its disk, and serves while Redis is away."""
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "migrations": _migrations,
        "broker": _broker,
        "disk": _disk,
    }
    if not _has_file():
        # To ask more would make one, and be answered by an empty Baton.
        del checks["migrations"]
    apart = ("broker", "disk") if settings.ENVIRONMENT.scaled else ()
    return [_finding(part, check, needed=part not in apart) for part, check in checks.items()]


def everything() -> list[Check]:
    """The same, and what a web process can do without: hints, and that messages leave Baton."""
    found = [*findings(), _finding("hints", _hints)]
    # Without their tables the outboxes cannot even be asked.
    readable = any(one.ok for one in found if one.part == "migrations")
    boxes = outboxes() if readable else ()
    if readable:
        found.append(_finding("record", _record, needed=False))
    return [*found, *(_finding(box.name, partial(_left, box)) for box in boxes)]


def _finding(part: str, check: Callable[[], str], *, needed: bool = True) -> Check:
    try:
        return Check(part, True, check(), needed)
    except (Unwell, DatabaseError, OSError) as error:
        return Check(part, False, str(error).strip() or type(error).__name__, needed)


def _has_file() -> bool:
    if connection.vendor != "sqlite":
        return True
    wrapper: Any = connection
    return wrapper.is_there() and Path(connection.settings_dict["NAME"]).exists()


def _database() -> str:
    if not _has_file():
        raise Unwell(
            f"There is no database in {settings.ENVIRONMENT.data}, or another than was opened: "
            "bring back what was there, restart, name another folder with BATON_DATA, or run "
            "manage.py migrate for a new one."
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        if connection.vendor == "sqlite":
            return _sqlite()
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        fsync, synchronous_commit = cursor.fetchone()
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    if fsync != "on" or synchronous_commit == "off":
        raise Unwell("PostgreSQL may lose commits: set fsync and synchronous_commit to on.")
    return f"PostgreSQL {version} answers."


def _sqlite() -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
    if mode not in ("wal", "memory"):
        raise Unwell(f"SQLite cannot use WAL in {settings.ENVIRONMENT.data}: use a local disk.")
    return f"SQLite answers ({settings.DATABASES['default']['NAME']})."


def _migrations() -> str:
    missing = migrated.pending()
    if missing:
        raise Unwell(f"Run manage.py migrate: {len(missing)} are missing, first {missing[0]}.")
    return "The database is up to date."


def _broker() -> str:
    if not settings.REDIS_URL:
        return "Tasks run inside this process."
    import redis  # the embedded default starts faster without

    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S
    )
    try:
        with client:
            version = client.info("server")["redis_version"]
    except redis.RedisError as error:
        raise Unwell(f"Redis does not answer at REDIS_URL: {error}") from error
    return f"Redis {version} answers."


def _hints() -> str:
    if not settings.REDIS_URL:
        return "Hints stay inside this process."
    try:
        took_s = asyncio.run(carrying.round_trip_s(REDIS_TIMEOUT_S))
    except Exception as error:  # Redis and the layer over it raise classes of their own
        raise Unwell(f"Hints do not come back over Redis: {error or 'silence'}") from error
    return f"A hint went over Redis and back in {took_s * 1000:.0f} ms."


def _disk() -> str:
    folder = settings.ENVIRONMENT.data
    if not folder.is_dir():
        raise Unwell(f"There is no data folder {folder}: make it, or set BATON_DATA to one.")
    free = shutil.disk_usage(folder).free
    if free < DISK_BYTES_MIN:
        raise Unwell(f"Only {free // 1024**2} MiB are free in {settings.ENVIRONMENT.data}.")
    return f"{free // 1024**2} MiB are free in {settings.ENVIRONMENT.data}."


def _record() -> str:
    missing = protection.findings()
    if missing:
        more = f" And {len(missing) - 1} more." if len(missing) > 1 else ""
        raise Unwell(f"{missing[0].sentence}{more} See docs/record.md.")
    return "The database refuses to change the record."


def _left(box: Outbox[Any]) -> str:
    unsent = box.unsent(now=clock.now())
    if unsent:
        several = f"1 {box.one}" if len(unsent) == 1 else f"{len(unsent)} {box.one}s"
        raise Unwell(f"{several} did not leave; last: {unsent[0].last_error}")
    return box.well()
