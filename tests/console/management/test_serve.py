"""The real command in a process of its own."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests import factories
from tests.running import databases
from tests.running.cluster import documented
from tests.running.ports import free_port, wait_for_port

pytestmark = pytest.mark.long


def environment(folder, **variables):
    ours = ("BATON_", "DATABASE_", "REDIS_", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, **variables, "BATON_DATA": str(folder)}


def manage(*arguments, folder, **variables):
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        env=environment(folder, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def migrated(tmp_path, django_db_setup):
    """A data folder whose database needs no migration."""
    databases.put_into(tmp_path)
    return tmp_path


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(port):
        process = manage("serve", "--port", str(port), folder=tmp_path)
        started.append(process)
        assert process.stdout.readline() == f"Baton is ready at http://127.0.0.1:{port}/\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def uvicorn(migrated):
    """The line of docs/operating.md, on the same folder."""
    started = []

    def start(port):
        program, *line = documented()
        command = [Path(sys.executable).parent / program, *line, "--port", str(port)]
        process = subprocess.Popen(
            command,
            env=environment(migrated),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        wait_for_port(port, within_s=60)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def end(process, by):
    process.send_signal(by)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_serve_migrates_answers_and_stops_cleanly(serve, tmp_path, by):
    port = free_port()
    process = serve(port)
    with urlopen(f"http://127.0.0.1:{port}/readyz") as response:
        assert json.load(response)["status"] == "ok"
    assert end(process, by) == (0, "")
    with sqlite3.connect(tmp_path / "baton.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_second_server_on_the_same_folder_is_refused(serve, migrated):
    first = serve(free_port())
    second = manage("serve", "--port", str(free_port()), folder=migrated)
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"Baton already runs on {migrated} as process {first.pid}." in errors


def test_a_taken_port_is_refused_with_what_to_do(migrated):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = manage("serve", "--port", str(port), folder=migrated)
        _, errors = process.communicate(timeout=60)
    sentence = f"Baton cannot listen on 127.0.0.1, port {port}: Address already in use."
    assert process.returncode == 1
    assert errors.startswith(f"CommandError: {sentence} Stop what listens there")
    assert "Traceback" not in errors


def test_a_killed_server_leaves_nothing_in_the_way(serve, migrated):
    port = free_port()
    killed = serve(port)
    killed.kill()
    killed.wait(60)
    assert end(serve(port), signal.SIGTERM) == (0, "")


def test_a_client_that_says_nothing_more_does_not_hold_up_the_stop(serve, migrated):
    port = free_port()
    process = serve(port)
    with socket.create_connection(("127.0.0.1", port)) as silent:
        silent.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        started = time.monotonic()
        assert end(process, signal.SIGTERM)[0] == 0
        assert time.monotonic() - started < 30


def test_half_set_settings_are_refused_with_one_sentence(tmp_path):
    process = manage("serve", folder=tmp_path, REDIS_URL="redis://127.0.0.1:6379/0")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.startswith("Baton cannot start. REDIS_URL is set but DATABASE_URL is not.")
    assert "Traceback" not in errors
    assert os.listdir(tmp_path) == []


def test_doctor_says_what_is_missing_and_fails(tmp_path):
    process = manage("doctor", "--json", folder=tmp_path)
    output, errors = process.communicate(timeout=60)
    found = json.loads(output)
    assert (process.returncode, found["ok"]) == (1, False)
    assert {one["part"]: one["ok"] for one in found["parts"]} == {
        "database": False, "broker": True, "disk": True, "hints": True,
    }  # fmt: skip
    assert errors == "CommandError: Not well: database.\n"
    assert f"There is no database in {tmp_path}, or another than was opened" in output
    # To look makes no Baton in a folder that was named wrongly.
    assert os.listdir(tmp_path) == ["secret_key"]


def test_doctor_finds_everything_well(serve, migrated):
    serve(free_port())
    process = manage("doctor", folder=migrated)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert [line.split()[:2] for line in output.splitlines()] == [
        ["ok", "database"], ["ok", "migrations"], ["ok", "broker"], ["ok", "disk"],
        ["ok", "hints"], ["ok", "record"], ["ok", "webhooks"], ["ok", "alerts"],
    ]  # fmt: skip


def test_nothing_is_acknowledged_while_its_folder_is_away(serve, migrated, tmp_path_factory):
    """It was 201, into a file that nobody finds again."""
    port = free_port()
    serve(port)
    printed, _ = manage("create_agent", "mira", folder=migrated).communicate(timeout=60)
    key = {"Authorization": "Bearer " + re.search(r"btn_\S+", printed)[0]}

    def post():
        address = f"http://127.0.0.1:{port}/api/v1/escalations"
        return httpx.post(address, headers=key, json=factories.REFUND, timeout=60).status_code

    away = tmp_path_factory.mktemp("away") / "data"
    assert post() == 201
    migrated.rename(away)
    assert [post() for _ in range(6)] == [503] * 6
    assert not migrated.exists()
    away.rename(migrated)
    assert [post() for _ in range(6)] == [201] * 6


@pytest.mark.parametrize("by", ["serve", "uvicorn"])
def test_waiting_agents_and_large_frames_are_answered_alike(by, migrated, request):
    port = free_port()
    process, url = request.getfixturevalue(by)(port), f"http://127.0.0.1:{port}"
    printed, _ = manage("create_agent", "mira", folder=migrated).communicate(timeout=60)
    key = {"Authorization": "Bearer " + re.search(r"btn_\S+", printed)[0]}
    person = ("create_person", "dana", "--role", "reviewer")
    manage(*person, folder=migrated, BATON_PASSWORD=factories.PASSWORD).communicate(timeout=60)
    with httpx.Client(base_url=url, timeout=60) as browser:
        browser.get("/accounts/login/")
        form = {"login": "dana", "password": factories.PASSWORD}
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        assert browser.post("/accounts/login/", data=form).status_code == 302
        cookie = {"Cookie": f"sessionid={browser.cookies['sessionid']}"}
    address = f"ws://127.0.0.1:{port}/ws/"
    with connect(address, additional_headers=cookie, origin=url, max_size=None) as screen:
        screen.recv(30)
        screen.send("x" * (256 * 1024 + 1))
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                screen.recv(30)
    assert closed.value.rcvd.code == 1009
    case = httpx.post(f"{url}/api/v1/escalations", headers=key, json=factories.REFUND, timeout=60)
    question = f"{url}/api/v1/escalations/{case.json()['id']}/decision?wait=60"
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(httpx.get, question, headers=key, timeout=70) for _ in range(20)]
        until = time.monotonic() + 30
        figure = "baton_waiting_agents 20.0"
        while figure not in httpx.get(f"{url}/-/metrics").text and time.monotonic() < until:
            time.sleep(0.1)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        answers = [one.result() for one in waiting]
        took_s = time.monotonic() - began
    said = {(one.status_code, one.headers["content-type"], one.json()["state"]) for one in answers}
    assert said == {(202, "application/json", "waiting")}
    assert took_s < 5
    process.communicate(timeout=60)


@pytest.mark.parametrize("name", ["file", "file/inside"])
@pytest.mark.parametrize("command", [["serve", "--port", "8999"], ["is_free"]])
def test_a_folder_in_which_nothing_can_be_kept_is_a_sentence(command, name, tmp_path):
    (tmp_path / "file").touch()
    process = manage(*command, folder=tmp_path / name)
    said = process.communicate()[1]
    assert process.returncode == 1
    assert re.fullmatch(r"Baton cannot start\. Nothing can be kept in the folder .*\n", said)


def test_a_port_that_is_none_is_a_sentence(migrated):
    process = manage("serve", "--port", "99999", folder=migrated, BATON_URL="http://localhost")
    said = process.communicate()[1]
    assert "port must be 0-65535. Stop what listens there" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", ["0", "2"])
def test_the_embedded_size_is_one_process(number, migrated):
    process = manage("serve", "--processes", number, folder=migrated)
    said = process.communicate()[1]
    assert said.startswith("CommandError: --processes must be 1 without DATABASE_URL and REDIS_URL")


@pytest.mark.parametrize("command", ["migrate", "demo", "last_migrations"])
def test_a_database_that_does_not_answer_is_a_sentence(command, tmp_path):
    scaled = {
        "DATABASE_URL": f"postgres://x:y@127.0.0.1:{free_port()}/z",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "BATON_SECRET_KEY": "k" * 60,
    }
    process = manage(command, folder=tmp_path, **scaled)
    said = process.communicate()[1]
    assert process.returncode == 1
    assert "The database does not answer: " in said
    assert "Traceback" not in said


def test_nothing_is_taken_from_under_a_server(serve, tmp_path):
    serve(free_port())
    process = manage("is_free", folder=tmp_path)
    assert "Baton already runs on" in process.communicate()[1]
    assert process.returncode == 1
