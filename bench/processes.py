"""Baton's processes in one of its two sizes, to be killed and started again by a bench."""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.ground import ROOT, Ground, Server, clean, end, manage, stop_on_signal

SIZES = ("embedded", "scaled")
Environment = dict[str, str]
Start = Callable[[Environment, int], "subprocess.Popen[bytes]"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one size runs: its settings with an empty database, and a folder that goes with it."""

    environment: Environment
    folder: Path


@contextlib.contextmanager
def place(size: str) -> Iterator[Place]:
    """SQLite in a folder, or PostgreSQL and Redis of the bench's own; gone afterwards."""
    stop_on_signal()
    if size == "embedded":
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            environment = {
                "DJANGO_SETTINGS_MODULE": "console.settings",
                "BATON_DATA": folder,
                "BATON_CALLS_PER_MINUTE": "1000000",
            }
            manage(environment, "migrate", "--verbosity", "0")
            yield Place(environment, Path(folder))
    else:
        with Ground() as ground:
            ground.create("baton")
            yield Place(ground.environment("baton"), ground.folder)


class Processes:
    """Those of one size, started together; any of them can be killed and started again."""

    def __init__(
        self, starts: Sequence[Start], environment: Environment, ports: Sequence[int]
    ) -> None:
        self._starts, self._environment, self._ports = starts, environment, ports

    def __enter__(self) -> Self:
        self._running = self._start_all()
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._running:
            end(process)

    @property
    def ids(self) -> list[int]:
        """The process ids, in the order of their starts."""
        return [process.pid for process in self._running]

    def kill_all(self) -> None:
        """End all by SIGKILL at one moment, and start them again."""
        for process in self._running:
            process.kill()
        for process in self._running:
            process.wait()
        self._running = self._start_all()

    async def kill_in_turn(self, kills: int, within_s: float) -> None:
        """End one after the other by SIGKILL, web first, and start it again."""
        for number in range(kills):
            await asyncio.sleep(within_s / (kills + 1))
            turn = number % len(self._running)
            self._running[turn].kill()
            self._running[turn].wait()
            self._running[turn] = await asyncio.to_thread(self._start, turn)

    def _start_all(self) -> "list[subprocess.Popen[bytes]]":
        with ThreadPoolExecutor(len(self._starts)) as pool:
            return list(pool.map(self._start, range(len(self._starts))))

    def _start(self, number: int) -> "subprocess.Popen[bytes]":
        # More processes than ports: those after the web processes listen on none.
        port = self._ports[min(number, len(self._ports) - 1)]
        return self._starts[number](self._environment, port)


def web(environment: Environment, port: int) -> "subprocess.Popen[bytes]":
    """Baton's web process, to be killed."""
    server = Server(["manage.py", "serve", "--port", str(port)], port, environment)
    server.close_log()
    return server.process


def celery(part: str, *options: str) -> Start:
    """Starts a worker or a beat, to be killed."""
    threads = ["--pool", "threads", "--concurrency", "2"] if part == "worker" else []

    def start(environment: Environment, port: int) -> "subprocess.Popen[bytes]":
        schedule = f"{tempfile.gettempdir()}/beat-{port}"
        command = [sys.executable, "-m", "celery", "-A", "console", part, *options, *threads]
        return subprocess.Popen(
            [*command, "-s", schedule],
            cwd=ROOT,
            env={**clean(), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return start


def in_django(environment: Environment, code: str) -> str:
    """The last line that this code prints, run on the server's settings."""
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        cwd=ROOT,
        env={**clean(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return done.stdout.strip().splitlines()[-1]
