"""The whole day: the ground, the processes and their deaths, the people, and the record."""

import argparse
import asyncio
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from bench import day
from bench.day.agents import Agents
from bench.day.people import Desk
from bench.faults import celery, in_django, web
from bench.ground import Ground, allow_files, end, free_port, manage, stop_on_signal

Start = Callable[[dict[str, str], int], "subprocess.Popen[bytes]"]
END_WITHIN_S = 420


def main() -> None:
    """Run the day and print what was counted; a broken promise ends with the first that broke."""
    parser = argparse.ArgumentParser(prog="python -m bench.day", description=day.__doc__)
    parser.add_argument("size", choices=["embedded", "scaled"])
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--cases", type=int, default=3_000)
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    stop_on_signal()
    allow_files(4_096)
    print(json.dumps((embedded if given.size == "embedded" else scaled)(given), indent=2))


def embedded(given: argparse.Namespace) -> dict[str, Any]:
    """The one process of the embedded default."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        environment = {
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "BATON_DATA": folder,
            "BATON_CALLS_PER_MINUTE": "1000000",
        }
        manage(environment, "migrate", "--verbosity", "0")
        return _story(given, environment, [web], Path(folder))


def scaled(given: argparse.Namespace) -> dict[str, Any]:
    """Web, worker and beat, each a process of its own."""
    with Ground() as ground:
        ground.create("baton")
        starts: list[Start] = [web, celery("worker"), celery("beat")]
        return _story(given, ground.environment("baton"), starts, ground.folder)


def _story(
    given: argparse.Namespace, environment: dict[str, str], starts: list[Start], folder: Path
) -> dict[str, Any]:
    port = free_port()
    environment = {**environment, "BATON_URL": f"http://127.0.0.1:{port}"}
    access = json.loads(
        in_django(environment, f"from bench.day import ground; ground.prepare({given.people})")
    )
    began = time.monotonic()
    with Processes(starts, environment, port) as processes:
        counted = asyncio.run(_live(given, port, access, processes))
    lasted = time.monotonic() - began
    said = folder / "said.json"
    said.write_text(json.dumps(counted.pop("posted")))
    found = json.loads(
        in_django(environment, f"from bench.day import record; record.check({str(said)!r})")
    )
    manage(environment, "audit", "verify")
    return {"size": given.size, "lasted_s": round(lasted), **counted, **found}


class Processes:
    """Those of one size, started together; any of them can be killed and started again."""

    def __init__(self, starts: list[Start], environment: dict[str, str], port: int) -> None:
        self._starts, self._environment, self._port = starts, environment, port

    def __enter__(self) -> Self:
        self._running = [start(self._environment, self._port) for start in self._starts]
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._running:
            end(process)

    async def kill(self, kills: int, within_s: float) -> None:
        """End one after the other by SIGKILL, web first, and start it again."""
        for number in range(kills):
            await asyncio.sleep(within_s / (kills + 1))
            place = number % len(self._running)
            self._running[place].kill()
            self._running[place].wait()
            start = self._starts[place]
            self._running[place] = await asyncio.to_thread(start, self._environment, self._port)


async def _live(
    given: argparse.Namespace, port: int, access: dict[str, Any], processes: Processes
) -> dict[str, Any]:
    agents = Agents(port, access["token"], given.cases, given.minutes * 60, given.seed)
    desk = Desk(port, access["people"], given.seed)
    at_work = [
        asyncio.create_task(desk.work()),
        asyncio.create_task(agents.post()),
        asyncio.create_task(processes.kill(given.kills, given.minutes * 60)),
    ]
    ended = await agents.until_all_ended(given.minutes * 60 + END_WITHIN_S)
    desk.close()
    at_work[-1].cancel()
    await asyncio.gather(*at_work, return_exceptions=True)
    return {
        "cases": given.cases,
        "open_at_the_end": given.cases - ended,
        "repeated_posts": agents.repeated,
        "kills": given.kills,
        "posted": agents.posted,
        "people": desk.counted(),
    }


if __name__ == "__main__":
    main()
