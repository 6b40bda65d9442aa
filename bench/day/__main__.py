"""The whole day: the ground, the processes and their deaths, the people, and the record."""

import argparse
import asyncio
import json
import time
from pathlib import Path
from typing import Any

from bench import day
from bench.day import changes
from bench.day.agents import Agents
from bench.day.people import Desk
from bench.ground import allow_files, free_port, manage
from bench.processes import SIZES, Processes, Start, celery, in_django, place, web

STARTS: dict[str, list[Start]] = {
    "embedded": [web],
    "scaled": [web, celery("worker"), celery("beat")],
}
END_WITHIN_S = 420


def main() -> None:
    """Run the day and print what was counted; a broken promise ends with the first that broke."""
    parser = argparse.ArgumentParser(prog="python -m bench.day", description=day.__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--cases", type=int, default=3_000)
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--work-s", type=float, default=2.5, help="median time on a case")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    allow_files(4_096)
    with place(given.size) as ground:
        found = _story(given, ground.environment, STARTS[given.size], ground.folder)
    print(json.dumps(found, indent=2))


def _story(
    given: argparse.Namespace, environment: dict[str, str], starts: list[Start], folder: Path
) -> dict[str, Any]:
    port = free_port()
    environment = {**environment, "BATON_URL": f"http://127.0.0.1:{port}"}
    code = f"from bench.day import ground; ground.prepare({given.people}, {given.work_s})"
    access = json.loads(in_django(environment, code))
    began = time.monotonic()
    with Processes(starts, environment, [port]) as processes:
        counted = asyncio.run(_live(given, environment, access, processes))
    lasted = time.monotonic() - began
    said = folder / "said.json"
    said.write_text(json.dumps({one: counted.pop(one) for one in ("posted", "waits")}))
    found = json.loads(
        in_django(environment, f"from bench.day import record; record.check({str(said)!r})")
    )
    manage(environment, "audit", "verify")
    return {"size": given.size, "lasted_s": round(lasted), **counted, **found}


async def _live(
    given: argparse.Namespace,
    environment: dict[str, str],
    access: dict[str, Any],
    processes: Processes,
) -> dict[str, Any]:
    port = int(environment["BATON_URL"].rpartition(":")[2])
    agents = Agents(port, access["token"], given.cases, given.minutes * 60, given.seed)
    desk = Desk(port, access["people"], given.work_s, given.seed)
    at_work = [
        asyncio.create_task(desk.work()),
        asyncio.create_task(agents.post()),
        asyncio.create_task(changes.through_the_day(environment, given.minutes * 60, given.seed)),
        asyncio.create_task(processes.kill_in_turn(given.kills, given.minutes * 60)),
    ]
    ended = await agents.until_all_ended(given.minutes * 60 + END_WITHIN_S)
    desk.close()
    at_work[-1].cancel()
    _, _, changed, _ = done = await asyncio.gather(*at_work, return_exceptions=True)
    for failed in done:
        if isinstance(failed, Exception):
            raise failed
    return {
        "cases": given.cases,
        "open_at_the_end": given.cases - ended,
        "repeated_posts": agents.repeated,
        "revised": agents.revised,
        "people_changed": changed,
        "kills": given.kills,
        "posted": agents.posted,
        "waits": agents.waits,
        "people": desk.counted(),
    }


if __name__ == "__main__":
    main()
