"""compose.yaml: that it is whole, and every command of it run side by side without containers."""

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection

from tests.deploy import composition, image
from tests.running.ports import free_port, wait_for_port


@pytest.fixture
def secrets(tmp_path):
    """The folder that deploy/make-secrets makes."""
    folder = tmp_path / "secrets"
    subprocess.run([image.ROOT / "deploy/make-secrets", folder], check=True, capture_output=True)
    return folder


def words(service: dict, name: str) -> str:
    return " ".join(service.get(name, []))


def test_secrets_are_made_once_for_nobody_else_on_the_machine(secrets):
    made = {path: path.read_text() for path in secrets.rglob("*") if path.is_file()}
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o644}
    again = subprocess.run(
        [image.ROOT / "deploy/make-secrets", secrets], check=True, capture_output=True
    )
    assert again.stdout == b""
    assert {path: path.read_text() for path in made} == made
    password = (secrets / "postgres_password").read_text().strip()
    assert len(password) == 64
    assert f"://baton:{password}@postgres:" in (secrets / "baton/DATABASE_URL").read_text()


def test_what_compose_names_is_there(secrets):
    document = composition.services()
    mounted = [volume for one in document.values() for volume in one.get("volumes", [])]
    for source, target, *_ in (volume.split(":") for volume in mounted):
        if source.startswith("./secrets"):
            assert (secrets.parent / source).is_dir()
        elif source.startswith("./"):
            assert (image.ROOT / source).is_file()
        assert target.startswith("/")
    for name in composition.PASSWORD_FILES:
        assert (secrets / name).is_file()


def test_every_variable_of_compose_is_a_setting_or_told_of():
    manual = (image.ROOT / "docs/operating.md").read_text()
    text = (image.ROOT / "compose.yaml").read_text()
    names = set(re.findall(r"\b(?:BATON|FORWARDED)_[A-Z_]+\b", text))
    assert sorted(name for name in names if f"`{name}`" not in manual) == []


def test_secrets_never_stand_in_the_environment_of_a_container():
    for name, service in composition.services().items():
        told = service.get("environment", {})
        assert [key for key in told if re.search("SECRET|PASSWORD$|DATABASE_URL", key)] == [], name


def test_stores_are_reached_from_inside_only():
    document = composition.services()
    assert {name for name, one in document.items() if "ports" in one} == {"proxy"}
    assert {name for name, one in document.items() if one["networks"] == ["inside"]} == {
        "postgres",
        "redis",
    }


class Stack:
    """Every service of compose.yaml on this machine, but PostgreSQL and the proxy."""

    def __init__(self, folder: Path, secrets: Path) -> None:
        self.folder, self.secrets = folder, secrets
        self.ports = {name: free_port() for name in ("web-1", "web-2", "redis")}
        self.running: dict[str, image.Container] = {}
        place = connection.settings_dict
        self._replace("baton/DATABASE_URL", r"^.*$", settings.ENVIRONMENT.database_url)
        self._replace("baton/DATABASE_URL", r"/[^/]*$", f"/{place['NAME']}")
        self._replace("baton/REDIS_URL", r"@redis:6379", f"@127.0.0.1:{self.ports['redis']}")

    def redis(self) -> None:
        service = composition.services()["redis"]
        command = [
            str(self.secrets / Path(word).name) if word.startswith("/run/secrets/") else word
            for word in service["command"]
        ]
        port = str(self.ports["redis"])
        command += ["--port", port, "--bind", "127.0.0.1", "--dir", str(self.secrets)]
        self._start("redis", command, {})
        wait_for_port(int(port))
        check = service["healthcheck"]["test"]
        done = subprocess.run(
            [*check[1:2], "-p", port, *check[2:]], check=True, capture_output=True, text=True
        )
        assert done.stdout.startswith("NOAUTH")

    def start(self, name: str) -> None:
        """Starts a service and waits for its health check, if it has one."""
        service, port = composition.ours()[name], self.ports.get(name, 0)
        variables = self._variables(service)
        running = self._start(name, composition.argv(service, port), variables)
        if not service.get("healthcheck", {}).get("disable"):
            check = composition.health_check(service, port)
            running.healthy(check, self.folder, variables)

    def run(self, name: str, *arguments: str, **more: str) -> str:
        """Runs a service to its end, as `docker compose run --rm` does; what it prints."""
        service = composition.ours()[name]
        command = [*service.get("entrypoint", []), *(arguments or service["command"])]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self._variables(service), **more},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def stop(self) -> None:
        for running in reversed(self.running.values()):
            running.stop()

    def _start(self, name: str, argv: list[str], variables: dict[str, str]) -> image.Container:
        log = self.secrets.parent / f"{name}.log"
        variables = variables or image.environment()
        self.running[name] = image.Container(self.folder, argv, variables, log)
        return self.running[name]

    def _variables(self, service: dict) -> dict[str, str]:
        url = f"http://127.0.0.1:{self.ports['web-1']}"
        told = composition.variables(service, self.secrets, url)
        return {**told, "HOSTNAME": socket.gethostname(), "BATON_DATA": str(self.secrets.parent)}

    def _replace(self, name: str, pattern: str, by: str) -> None:
        path = self.secrets / name
        path.write_text(re.sub(pattern, lambda _: by, path.read_text().strip()))


@pytest.fixture
def stack(transactional_db, secrets, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL: bin/test runs it with DATABASE_URL and REDIS_URL.")
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    standing = Stack(image.lay_out(tmp_path), secrets)
    yield standing
    standing.stop()


@pytest.mark.long
@pytest.mark.scaled
@pytest.mark.django_db(transaction=True)
def test_every_service_runs_and_is_healthy(stack):
    before = {path.name for path in stack.folder.iterdir()}
    stack.redis()
    assert "No migrations to apply" in stack.run("migrate")
    for name in ("web-1", "web-2", "worker", "beat"):
        stack.start(name)
    made = stack.run(
        "manage", "create_person", "ada", "--role", "admin", BATON_PASSWORD="correct horse battery"
    )
    assert made == "ada can sign in as ada (admin).\n"
    assert "NOT" not in stack.run("manage")
    with httpx.Client(base_url=stack.url("web-2"), follow_redirects=True) as browser:
        page = browser.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        form = {"csrfmiddlewaretoken": token, "login": "ada", "password": "correct horse battery"}
        origin = {"Origin": stack.url("web-1")}
        assert browser.post("/accounts/login/", data=form, headers=origin).status_code == 200
        assert browser.get("/people/").status_code == 200
    assert worked(stack) > 0
    # The containers' own file system is read only.
    assert {path.name for path in stack.folder.iterdir()} - before == set()


def worked(stack: Stack) -> int:
    """How many tasks of the beat the worker has done, once there are some."""
    worker = composition.ours()["worker"]
    inspect = [*worker["healthcheck"]["test"][1].split()[:4], "stats", "--json"]
    until = time.monotonic() + 60
    while True:
        done = subprocess.run(
            inspect,
            cwd=stack.folder,
            env=stack._variables(worker),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        (told,) = json.loads(done.stdout).values()
        if told["total"] or time.monotonic() > until:
            return sum(told["total"].values())


def test_health_checks_of_the_stores_are_programs_of_theirs():
    document = composition.services()
    postgres = document["postgres"]["healthcheck"]["test"]
    assert postgres[1] == "pg_isready"
    if shutil.which("pg_isready") is None:
        pytest.skip("pg_isready is not installed: apt-get install postgresql-client")
    done = subprocess.run(
        [*postgres[1:], "--host", "127.0.0.1", "--port", str(free_port())],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (2, "")


def test_commands_of_our_services_are_installed():
    for name, service in composition.ours().items():
        program = composition.argv(service, 1)[0]
        found = Path(sys.executable).parent / program
        assert os.access(found, os.X_OK), f"{name}: {program}"
