"""The test's database: made by the migrations once, and copied from then on.

A template is kept for each state of the migrations: a file for SQLite, a database for PostgreSQL.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings

KEPT = Path(__file__).resolve().parents[2] / ".pytest_cache" / "databases"


def migrations() -> str:
    """Names what the migrations of all apps make, Django's own as well."""
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path).glob("migrations/*.py")):
            digest.update(f"{app.label} {path.name}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def create(connection) -> str:
    """Gives the connection a fresh database of its own; the name it had before."""
    before = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        _copy_file(connection)
    else:
        _copy_database(connection)
        _let_be_idle(connection)
    return before


def destroy(connection, before: str) -> None:
    if connection.vendor == "sqlite":
        connection.creation.destroy_test_db(before, verbosity=0)
    else:
        own = connection.settings_dict["NAME"]
        connection.close()
        _use(connection, before)
        with connection.creation._nodb_cursor() as cursor:
            # By force, because a thread of some test may still be connected.
            cursor.execute(f'DROP DATABASE "{own}" WITH (FORCE)')


def put_into(folder: Path) -> None:
    """An empty database for a process on this data folder, as if it had migrated it."""
    shutil.copyfile(_template(), folder / "baton.sqlite3")


def _copy_file(connection) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    template, own = _template(), connection.creation._get_test_db_name()
    with _alone():
        if not template.exists():
            _migrate(connection)
            connection.close()  # The last one to close writes all into the one file.
            shutil.copyfile(own, f"{template}.new")
            os.replace(f"{template}.new", template)
            return
    shutil.copyfile(template, own)
    _use(connection, own)


def _template() -> Path:
    return KEPT / f"{migrations()}.sqlite3"


def _copy_database(connection) -> None:
    template = f"baton_template_{migrations()}"
    own = connection.creation._get_test_db_name()
    with connection.creation._nodb_cursor() as cursor:
        # One worker makes the template while the others wait for it.
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(20261122)")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        if cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{own}" TEMPLATE "{template}"')
            _use(connection, own)
        else:
            _migrate(connection)
            connection.close()
            cursor.execute(f'CREATE DATABASE "{template}" TEMPLATE "{own}"')
        cursor.execute("SELECT pg_advisory_unlock(20261122)")


def _let_be_idle(connection) -> None:
    """A test that rolls back is one transaction: what it makes ready in Python, on a busy machine,
    is no hanging process."""
    connection.settings_dict["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=90s"


def _migrate(connection) -> None:
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)


def _use(connection, name: str) -> None:
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


@contextmanager
def _alone() -> Iterator[None]:
    """Only one worker at a time makes the template."""
    with open(KEPT / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
