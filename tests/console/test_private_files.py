"""What stands in the data folder is nobody else's to read."""

import os
import sqlite3
import stat
import subprocess
import sys

import pytest
from django.db import connection
from django.db.utils import load_backend

from console import environment, private_files, secret_key, server


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _open_to_all():
    """As on most machines, or more so."""
    before = os.umask(0)
    yield
    os.umask(before)


def opened(path):
    """The project's own connection to a database there, with a line written."""
    settings = {**connection.settings_dict, "ENGINE": "console.sqlite", "NAME": path}
    settings["OPTIONS"] = {"init_command": "PRAGMA journal_mode=WAL;"}
    settings["TIME_ZONE"], settings["AUTOCOMMIT"] = None, True
    line = load_backend("console.sqlite").DatabaseWrapper(settings)
    with line.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (one)")
        cursor.execute("INSERT INTO kept VALUES (1)")
    return line


@pytest.mark.django_db
def test_database_and_what_stands_beside_it_are_private(tmp_path):
    path = tmp_path / "baton.sqlite3"
    line = opened(path)
    names = {one.name: mode(one) for one in tmp_path.iterdir()}
    assert names == dict.fromkeys(
        ("baton.sqlite3", "baton.sqlite3-shm", "baton.sqlite3-wal"), 0o600
    )
    line.close()


@pytest.mark.django_db
def test_a_database_of_before_is_closed_to_others(tmp_path):
    path = tmp_path / "baton.sqlite3"
    older = sqlite3.connect(path)
    older.execute("PRAGMA journal_mode=WAL")
    older.execute("CREATE TABLE kept (one)")
    assert {mode(one) for one in tmp_path.iterdir()} == {0o644}
    line = opened(path)
    assert {one.name: mode(one) for one in tmp_path.iterdir()} == dict.fromkeys(
        ("baton.sqlite3", "baton.sqlite3-shm", "baton.sqlite3-wal"), 0o600
    )
    line.close()
    older.close()


def test_a_lock_on_the_database_is_kept(tmp_path):
    """Whoever opens and closes the file takes the locks of the whole process from it."""
    path = tmp_path / "baton.sqlite3"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    private_files.database(path)
    other = (
        "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
    )
    done = subprocess.run([sys.executable, "-c", other, str(path)], capture_output=True, text=True)
    assert "database is locked" in done.stderr
    writer.close()


@pytest.mark.parametrize("there", [False, True])
def test_folder_key_and_lock_are_private(tmp_path, there):
    folder = tmp_path / "data"
    if there:
        folder.mkdir(mode=0o755)
        (folder / "secret_key").write_text("k" * 50)
        (folder / "serve.lock").touch(mode=0o666)
    secret_key.of(environment.read({"BATON_DATA": str(folder)}))
    with server.only_one(folder):
        assert mode(folder) == 0o700
        assert {one.name: mode(one) for one in folder.iterdir()} == {
            "secret_key": 0o600, "serve.lock": 0o600,
        }  # fmt: skip


def test_a_folder_that_all_may_write_to_is_left_alone(tmp_path):
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    private_files.folder(shared)
    assert mode(shared) == 0o777 | stat.S_ISVTX
