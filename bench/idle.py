"""What Baton takes while nobody does anything: the share of a core, and memory, in both sizes."""

import argparse
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.figures import Ratio
from bench.ground import ROOT, children, clean, cpu_s, end, free_port, wait_for_port
from bench.processes import Environment, in_django, place
from bench.soak.memory import of
from bench.soak.screens import Screens

WARM_S = 10
WARM_TRIES = 12
AT_REST = 0.1  # of a core, together
LOOK_S = 20
PREPARE = "from bench.faults import record; record.prepare(1)"


def measure(given: argparse.Namespace) -> list[Ratio]:
    return [*_embedded(), *_scaled()]


def _embedded() -> Iterator[Ratio]:
    with place("embedded") as ground:
        sessions = _sessions(ground.environment)
        with _started(ground.environment, webs=1, others=[]) as (port, processes):
            yield _share("embedded, idle", processes, goal=1)
            with Screens(port, sessions, 1):
                yield _share("embedded, one tab open", processes, goal=1.5)
            yield _memory("embedded", processes, goal=150)


def _scaled() -> Iterator[Ratio]:
    """As docs/operating.md starts it."""
    others = [["worker", "--pool", "threads", "--concurrency", "4"], ["beat"]]
    with (
        place("scaled") as ground,
        _started(ground.environment, webs=2, others=others) as (_, processes),
    ):
        yield _share("scaled (2 web, worker, beat), idle", processes, goal=4)
        yield _memory("scaled (2 web, worker, beat)", processes, goal=350)


def _sessions(environment: Environment) -> list[str]:
    return list(json.loads(in_django(environment, PREPARE))["sessions"].values())


@contextlib.contextmanager
def _started(
    environment: Environment, *, webs: int, others: list[list[str]]
) -> Iterator[tuple[int, list[int]]]:
    """The port of the first, and the ids of all, once everything has been loaded."""
    port = free_port()
    commands = [["manage.py", "serve", "--port", str(port), "--processes", str(webs)]]
    commands += [["-m", "celery", "-A", "console", *other] for other in others]
    running: list[subprocess.Popen[bytes]] = []
    with contextlib.ExitStack() as stack:
        for command in commands:
            running.append(_run(command, environment))
            stack.callback(end, running[-1])
        wait_for_port(port, running[0])
        yield port, _come_to_rest([process.pid for process in running])


def _come_to_rest(started: list[int]) -> list[int]:
    """These processes and their children, when they load nothing more: on a busy machine reading
    the words that packages are searched for goes on for a minute after the first answer."""
    time.sleep(WARM_S)
    for _ in range(WARM_TRIES):
        processes = [one for process in started for one in [process, *children(process)]]
        before = sum(map(cpu_s, processes))
        time.sleep(WARM_S)
        if sum(map(cpu_s, processes)) - before < AT_REST * WARM_S:
            break
    return processes


def _run(command: list[str], environment: Environment) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**clean(), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _share(name: str, processes: list[int], *, goal: float) -> Ratio:
    """Processor time of all of them ÷ that of one core, in hundredths."""
    before = sum(map(cpu_s, processes))
    time.sleep(LOOK_S)
    spent = sum(map(cpu_s, processes)) - before
    return Ratio(f"{name}: share of a core", spent / LOOK_S * 100, None, "%", goal=goal)


def _memory(name: str, processes: list[int], *, goal: float) -> Ratio:
    """What they hold, each page shared out among those who hold it."""
    held = sum(of(one)[1] for one in processes)
    return Ratio(f"{name}: memory", held, None, "MB", goal=goal)
