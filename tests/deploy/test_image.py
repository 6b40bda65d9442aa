"""The image and the units of one machine: all of Baton in one process, on SQLite."""

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.deploy import image
from tests.running import databases
from tests.running.ports import free_port

UNITS = image.ROOT / "deploy" / "systemd"


@pytest.fixture
def folder(tmp_path):
    return image.lay_out(tmp_path)


@pytest.fixture
def served(folder, tmp_path):
    """The image's own command, healthy by its own check; its address and its data."""
    data = tmp_path / "data"
    data.mkdir()
    databases.put_into(data)
    port = free_port()
    variables = {**image.environment(), "BATON_DATA": str(data)}
    running = image.Container(folder, image.command(port), variables, data / "log")
    try:
        running.healthy(image.health_check(port), folder, variables)
        yield f"http://127.0.0.1:{port}", data
    finally:
        running.stop()
    done = subprocess.run(
        image.health_check(port), cwd=folder, env=variables, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Connection refused" in done.stderr


def unit(name: str) -> dict[str, str]:
    """The settings of a unit, the last of each name."""
    lines = (UNITS / name).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"\w+=", line))


def here(text: str) -> str:
    """A line of a unit, for the tests' own environment and project."""
    text = text.replace("/opt/baton/.venv/bin/python", sys.executable)
    return text.replace("/opt/baton", str(image.ROOT))


def test_image_has_the_python_that_is_asked_for_at_least():
    project = tomllib.loads((image.ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["requires-python"].removeprefix(">=")
    stages = [argument for word, argument in image.instructions() if word == "FROM"]
    assert {re.match(r"python:([\d.]+)-", stage)[1] for stage in stages} == {wanted}


@pytest.mark.long
def test_image_is_whole_and_compiles(folder):
    for word, argument in image.instructions():
        sources = [] if "--from=" in argument else argument.split()[:-1]
        if word == "COPY":
            assert [source for source in sources if not (folder / source).exists()] == []
    compiles = next(x for word, x in image.instructions() if word == "RUN" and "compileall" in x)
    done = subprocess.run(shlex.split(compiles), cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.long
def test_image_serves_and_is_backed_up_meanwhile(served, tmp_path):
    url, data = served
    page = httpx.get(f"{url}/accounts/login/")
    assert page.status_code == 200
    style = re.search(r'href="(/static/[^"]+\.css)"', page.text)[1]
    assert httpx.get(f"{url}{style}").status_code == 200
    assert httpx.get(f"{url}/readyz").json()["status"] == "ok"
    copies = back_up(data, tmp_path / "copies", times=3, keep=2)
    assert [sorted(path.name for path in copy.iterdir()) for copy in copies] == [
        ["baton.sqlite3", "secret_key"]
    ] * 2
    ask = "SELECT app, name FROM django_migrations ORDER BY id"
    assert rows(copies[-1], ask) == rows(data, ask) != []
    assert (copies[-1] / "secret_key").read_text() == (data / "secret_key").read_text()


def back_up(data: Path, target: Path, *, times: int, keep: int) -> list[Path]:
    """The copies that the unit's own command leaves."""
    command = here(unit("baton-backup.service")["ExecStart"])
    command = command.replace("/var/lib/baton-backup", str(target))
    command = command.replace("/var/lib/baton", str(data))
    for _ in range(times):
        words = [*shlex.split(command), "--keep", str(keep)]
        subprocess.run(words, check=True, capture_output=True)
    return sorted(target.iterdir())


def rows(folder: Path, statement: str) -> list[tuple]:
    with closing(sqlite3.connect(folder / "baton.sqlite3")) as database:
        return database.execute(statement).fetchall()


def test_back_up_refuses_a_folder_without_a_database(tmp_path):
    done = subprocess.run(
        [sys.executable, image.ROOT / "deploy/back_up.py", tmp_path, tmp_path / "copies"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, f"There is no baton.sqlite3 in {tmp_path}.\n")
    assert list(tmp_path.iterdir()) == []


def test_back_up_takes_no_count_below_none(tmp_path):
    sqlite3.connect(tmp_path / "baton.sqlite3").close()
    copy = tmp_path / "copies" / "2026-11-25-000000-000000"
    copy.mkdir(parents=True)
    words = [image.ROOT / "deploy/back_up.py", tmp_path, copy.parent, "--keep", "-1"]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True)
    assert done.returncode == 2
    assert "--keep needs how many copies stay, or 0 for all." in done.stderr
    assert list(copy.parent.iterdir()) == [copy]


def test_back_up_copies_a_database_that_nobody_serves(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    with closing(sqlite3.connect(source / "baton.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE kept (word TEXT)")
        database.execute("INSERT INTO kept VALUES ('here')")
        database.commit()
    subprocess.run(
        [sys.executable, image.ROOT / "deploy/back_up.py", source, target],
        check=True,
        capture_output=True,
    )
    (copy,) = target.iterdir()
    assert rows(copy, "SELECT word FROM kept") == [("here",)]


def test_unit_runs_the_same_command_as_the_image():
    started = shlex.split(here(unit("baton.service")["ExecStart"]))
    assert started[0] == sys.executable
    serve = json.loads(image.last("CMD"))[1:]
    assert started[1:] == [word.replace("0.0.0.0", "127.0.0.1") for word in serve]


def test_units_are_sound(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    for path in UNITS.glob("baton*"):
        (tmp_path / path.name).write_text(here(path.read_text()))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
    )
    about_ours = [line for line in done.stderr.splitlines() if "baton" in line]
    assert (done.returncode, about_ours) == (0, [])


def test_only_programs_of_the_project_are_named_in_units():
    for path in (path for path in UNITS.rglob("*") if path.is_file()):
        for word in re.findall(r"/opt/baton/\S+", path.read_text()):
            assert Path(here(word)).exists(), f"{path.name}: {word}"
