"""`manage.py demo` and `bin/dev` in a folder of their own."""

import fcntl
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.running import databases
from tests.running.ports import free_port

ROOT = Path(__file__).resolve().parents[3]


def manage(folder, *arguments, **variables):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env={**kept, "BATON_DATA": str(folder), **variables},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def began(folder):
    """When the first account of this database was made."""
    with closing(sqlite3.connect(folder / "baton.sqlite3")) as database:
        return database.execute("SELECT MIN(date_joined) FROM console_user").fetchone()[0]


@pytest.mark.long
def test_it_starts_over_in_its_own_world_only(tmp_path, django_db_setup):
    databases.put_into(tmp_path)
    built = manage(tmp_path, "demo")
    assert built.returncode == 0, built.stderr
    assert "password baton-demo" in built.stdout
    first = began(tmp_path)

    again = manage(tmp_path, "demo", "--reset")
    assert (again.returncode, again.stdout) == (0, built.stdout)
    second = began(tmp_path)
    assert second > first

    password = {"BATON_PASSWORD": "correct horse battery"}
    assert manage(tmp_path, "create_person", "zoe", "--role", "admin", **password).returncode == 0
    refused = manage(tmp_path, "demo", "--reset")
    assert refused.returncode == 1
    assert "This is not only the demo world: there is the person zoe." in refused.stderr
    assert began(tmp_path) == second


def kept(folder):
    """What the folder holds, but for the lock, which says who looked."""
    files = [one for one in folder.iterdir() if one.name != "serve.lock"]
    return {one.name: one.read_bytes() for one in files if one.suffix != ".sqlite3-shm"}


@pytest.mark.long
def test_nothing_is_changed_below_a_server(tmp_path, django_db_setup):
    databases.put_into(tmp_path)
    assert manage(tmp_path, "demo").returncode == 0
    before = kept(tmp_path)
    with (tmp_path / "serve.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write("4711")
        lock.flush()
        said = (
            f"Baton already runs on {tmp_path} as process 4711. Stop it, or choose another folder"
        )
        refusals = [(ask, options) for ask in (demo, dev) for options in ([], ["--reset"])]
        for ask, options in refusals:
            refused = ask(tmp_path, *options)
            assert refused.returncode == 1
            assert said in refused.stderr
            assert kept(tmp_path) == before


def demo(folder, *options):
    return manage(folder, "demo", *options)


def dev(folder, *options):
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        ["bin/dev", "--port", str(free_port()), *options],
        cwd=ROOT, env={**environment, "BATON_DATA": str(folder)},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
