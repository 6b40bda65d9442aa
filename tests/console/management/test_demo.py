"""`manage.py demo --reset` in a folder of its own."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.running import databases

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
