"""Baton as it runs on many hosts: web processes, a Celery worker and a beat, each on its own."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection

from tests.running.ports import free_port, free_ports, wait_for_port

PROGRAMS = Path(sys.executable).parent


ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "docs" / "operating.md"


def documented() -> list[str]:
    """The line that docs/operating.md starts a web process with."""
    line = re.search(r"^uvicorn (?:.*\\\n)*.*$", MANUAL.read_text(), re.MULTILINE)
    return shlex.split(line[0].replace("\\\n", " "))


class Cluster:
    """Processes on the test's own database; a test may kill each of them."""

    def __init__(self, redis_url: str, folder: Path, *, data: Path | None = None) -> None:
        database = connection.settings_dict
        place = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
        secret = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self._environment = {
            **kept,
            "DATABASE_URL": f"postgresql://{database['USER']}{secret}@{place}",
            "REDIS_URL": redis_url,
            "BATON_SECRET_KEY": settings.SECRET_KEY,
            "BATON_CALLBACK_PRIVATE_ADDRESSES": "127.0.0.0/8",
            "BATON_DATA": str(data or folder),
        }
        self._folder = folder
        self.processes: dict[str, subprocess.Popen] = {}

    def web(self, name: str) -> str:
        """Starts a web process; its address."""
        port = free_port()
        program, *serving = documented()
        self._start(name, program, *serving, "--port", str(port), "--log-level", "warning")
        wait_for_port(port, within_s=60)
        url = f"http://127.0.0.1:{port}"
        ready = httpx.get(f"{url}/readyz", timeout=30)
        assert ready.json()["status"] == "ok", ready.text
        return url

    def webs(self, name: str, count: int) -> list[str]:
        """Starts web processes forked from one; their addresses."""
        ports = free_ports(count)
        serving = ("manage.py", "serve", "--port", str(ports[0]), "--processes", str(count))
        self._start(name, "python", *serving)
        for port in ports:
            wait_for_port(port, within_s=60)
        return [f"http://127.0.0.1:{port}" for port in ports]

    def worker(self, name: str = "worker") -> None:
        alone = ("--without-gossip", "--without-mingle", "--pool", "threads", "--concurrency", "2")
        self._start(name, "celery", "-A", "console", "worker", "-n", f"{name}@%h", *alone)

    def beat(self) -> None:
        self._start("beat", "celery", "-A", "console", "beat")

    def manage(self, *arguments: str, **variables: str) -> str:
        """What a command of `manage.py` prints."""
        command = [sys.executable, "manage.py", *arguments]
        environment = {**self._environment, **variables}
        return subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout

    def kill(self, name: str) -> None:
        """Ends a process without warning."""
        process = self.processes.pop(name)
        process.kill()
        process.wait(10)

    def children(self, name: str) -> list[int]:
        """The ids of the processes that this one forked, oldest first."""
        process = self.processes[name].pid
        return [
            int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()
        ]

    def stop(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 10
        for process in self.processes.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text()

    def _start(self, name: str, program: str, *arguments: str) -> None:
        with (self._folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [PROGRAMS / program, *arguments],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
