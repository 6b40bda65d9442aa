import shutil
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import (
    DatabaseError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

from console import condition
from console.models import User
from console.sqlite import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _sqlite(transactional_db):
    if connection.vendor != "sqlite":
        pytest.skip("Only SQLite has one writer at a time.")


def line():
    return base._turns[str(connection.settings_dict["NAME"])]._line


def in_thread(work):
    """Runs the work elsewhere; what it returned or raised is in the list."""
    done = []

    def run():
        try:
            done.append(work())
        except Exception as error:
            done.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, done


def write(name, hold_s=0.0):
    with transaction.atomic():
        User.objects.create(username=name)
        time.sleep(hold_s)


def test_twelve_writers_all_get_through():
    threads = [
        in_thread(lambda n=n: [write(f"{n}-{i}", 0.002) for i in range(5)]) for n in range(12)
    ]
    for thread, _ in threads:
        thread.join()
    assert [done for _, done in threads if done != [[None] * 5]] == []
    assert User.objects.count() == 60
    assert not line()


@pytest.mark.parametrize("error", [ZeroDivisionError, DatabaseError])
def test_a_turn_ends_with_a_rollback(error):
    with pytest.raises(error), transaction.atomic():
        User.objects.create(username="ines")
        raise error
    assert not line()
    assert not User.objects.exists()


def test_a_turn_ends_when_the_connection_is_closed_inside_the_transaction():
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.close()
        User.objects.exists()
    assert not line()


def test_savepoints_take_no_second_turn():
    with transaction.atomic(), transaction.atomic():
        assert len(line()) == 1
    assert not line()


def test_who_waits_too_long_is_told_that_the_database_is_locked(settings):
    ready, over = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            ready.set()
            over.wait(5)

    thread, _ = in_thread(hold)
    assert ready.wait(5)
    with_timeout = dict(connection.settings_dict["OPTIONS"], timeout=0.05)
    before, connection.settings_dict["OPTIONS"] = connection.settings_dict["OPTIONS"], with_timeout
    try:
        with pytest.raises(OperationalError, match="database is locked"):
            write("ines")
    finally:
        connection.settings_dict["OPTIONS"] = before
        over.set()
        thread.join()
    write("ines")
    assert User.objects.count() == 1


def test_a_connection_that_came_half_way_is_none():
    """It would be kept, and nothing that follows a commit could be said on it."""

    def refused(autocommit):
        raise ZeroDivisionError

    def connect_half_way():
        connection.set_autocommit = refused
        with pytest.raises(ZeroDivisionError):
            connection.connect()
        del connection.set_autocommit
        return connection.connection, connection.get_autocommit()

    thread, done = in_thread(connect_half_way)
    thread.join()
    assert done == [(None, True)]


@pytest.fixture
def elsewhere():
    """What the tests' database is moved to, and comes back from."""
    name = Path(connection.settings_dict["NAME"])
    kept = name.with_suffix(".kept")
    yield name, kept
    if kept.exists():
        kept.replace(name)
    connection.close()


def test_nothing_is_stored_in_a_file_that_was_taken_away(elsewhere):
    name, kept = elsewhere
    write("before")
    name.replace(kept)
    with pytest.raises(OperationalError, match="unable to open database file"):
        write("lost")
    kept.replace(name)
    close_old_connections()
    write("after")
    assert {*User.objects.values_list("username", flat=True)} == {"before", "after"}


def test_what_was_acknowledged_outlives_its_log(elsewhere, monkeypatch):
    """Whoever deletes the log under a server takes what the file does not have yet."""
    name, kept = elsewhere
    monkeypatch.setattr(base, "_may_make", base._may_make)
    monkeypatch.setattr(base, "_without_log", set())
    base.never_anew()
    write("before")
    name.with_name(f"{name.name}-wal").unlink()
    for _ in range(2):
        with pytest.raises(OperationalError, match="unable to open database file"):
            write("refused")
        close_old_connections()
    with pytest.raises(condition.Unwell):
        condition._database()
    shutil.copy(name, kept)
    with closing(sqlite3.connect(kept)) as alone:
        found = alone.execute(f"SELECT username FROM {User._meta.db_table}").fetchall()
    kept.unlink()
    assert found == [("before",)]


def test_one_that_is_gone_is_not_made_anew_under_a_server(elsewhere, monkeypatch):
    name, kept = elsewhere
    monkeypatch.setattr(base, "_may_make", base._may_make)
    base.never_anew()
    connection.close()
    name.replace(kept)
    for _ in range(2):
        with pytest.raises(OperationalError, match="unable to open database file"):
            User.objects.count()
    assert not name.exists()
    kept.replace(name)
    assert User.objects.count() == 0


def test_another_in_its_place_is_not_taken_for_it_by_a_server(elsewhere, monkeypatch):
    """What an older copy has forgotten would be done in it once more, by the sweeps among it."""
    name, kept = elsewhere
    monkeypatch.setattr(base, "_may_make", base._may_make)
    monkeypatch.setattr(base, "_begun_with", {})
    base.never_anew()
    connection.close()
    write("before")
    assert condition._database()
    shutil.copy(name, kept)
    kept.replace(name)
    with pytest.raises(condition.Unwell):
        condition._database()
    for _ in range(2):
        with pytest.raises(OperationalError, match="unable to open database file"):
            write("lost")
        close_old_connections()
    base._begun_with.clear()
    assert [*User.objects.values_list("username", flat=True)] == ["before"]
