"""A database that is away and a disk that is full are told in one line, and so is their end."""

import json
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from console.serving import outages
from tests import factories
from tests.running.cluster import Cluster
from tests.running.ports import free_port, wait_for_port

FULL_FOR_S = 4


def events(text):
    """What the lines of a log tell; each of them one."""
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert "Traceback" not in text
    return [line["event"] for line in lines]


def until(happened, within_s=30):
    end = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def served(tmp_path):
    """An embedded server of its own, with an agent: its process, its log, and how to post."""
    environment = {"BATON_DATA": str(tmp_path / "data")}
    manage = [sys.executable, "manage.py"]
    (tmp_path / "data").mkdir()
    asked = {"env": environment, "cwd": settings.BASE_DIR, "check": True}
    subprocess.run([*manage, "migrate", "--verbosity", "0"], **asked)
    made = subprocess.run([*manage, "create_agent", "nova"], capture_output=True, **asked)
    key = next(word for word in made.stdout.decode().split() if word.startswith("btn_"))
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        # The server itself will not be able to write any file.
        kept = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log)
    process = subprocess.Popen(
        [*manage, "serve", "--port", str(port)],
        env=environment, cwd=settings.BASE_DIR, stderr=kept.stdin, stdout=kept.stdin,
    )  # fmt: skip
    wait_for_port(port, within_s=60)

    def post(**more):
        headers = {"Authorization": f"Bearer {key}"}
        url = f"http://127.0.0.1:{port}/api/v1/escalations"
        return httpx.post(
            url, headers=headers, json=factories.REFUND | more, timeout=30
        ).status_code

    yield process, tmp_path / "log", post
    process.terminate()
    process.wait(20)
    kept.stdin.close()
    kept.wait(5)


@pytest.mark.long
def test_a_full_disk_is_one_line_and_its_end_another(served):
    process, log, post = served
    # What becomes late meanwhile is tried each second, and cannot be stored either.
    late = datetime.now(UTC) + timedelta(seconds=FULL_FOR_S / 2)
    assert post(deadlines={"respond_by": late.isoformat()}) == 201
    # No file can grow: what a full disk is to a server.
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
    answers = set()
    since = time.monotonic()
    while time.monotonic() - since < FULL_FOR_S:
        answers.add(post())
    assert answers == {503}
    assert events(log.read_text()) == [outages.FULL]
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)
    assert post() == 201
    until(lambda: events(log.read_text()) == [outages.FULL, outages.OVER[outages.FULL]])


@pytest.mark.scaled
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_worker_without_postgresql_says_so_once(redis_url, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL: bin/test runs it with DATABASE_URL and REDIS_URL.")
    running = Cluster(redis_url, tmp_path)
    try:
        running.worker()
        running.beat()
        until(lambda: others() > 0)
        allow("false")
        until(lambda: "database_lost" in running.log("worker"))
        time.sleep(5)
        allow("true")
        until(lambda: "database_back" in running.log("worker"))
        time.sleep(2)
        told = events(running.log("worker"))
        assert told == [outages.AWAY, outages.OVER[outages.AWAY]]
    finally:
        allow("true")
        running.stop()


def others():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def allow(connections):
    """Whether anybody may connect; who is there already, is put out. Nobody can say that of the
    database they are in."""
    given = connection.settings_dict
    place = {name: given[name.upper()] for name in ("host", "port", "user", "password")}
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as elsewhere:
        name = sql.Identifier(given["NAME"])
        order = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS " + connections)
        elsewhere.execute(order.format(name))
        if connections == "false":
            elsewhere.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s "
                "AND pid <> %s",
                [given["NAME"], connection.connection.info.backend_pid],
            )
