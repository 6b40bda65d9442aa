"""The rounds: who decides what, when everything is killed, and what is said afterwards."""

import argparse
import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from bench import faults
from bench.faults import record, reviewers
from bench.faults.agents import Agents, webhooks
from bench.faults.reviewers import Reviewer
from bench.ground import allow_files, free_port
from bench.processes import SIZES, Processes, Start, celery, in_django, place, web
from bench.world.pressing import Hands
from tests.running.receivers import Receiver, receiving

SHARED = 4  # Every so many people come second to a case of their neighbour's too.
Posting = asyncio.Task[str]
WEBHOOKS_WITHIN_S = 90
STARTS: dict[str, list[Start]] = {
    "embedded": [web],
    # The beat apart: one inside a worker is a child that outlives its kill.
    "scaled": [web, web, celery("worker"), celery("beat")],
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=faults.__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--reviewers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = story(given.size, given.rounds, given.reviewers, given.seed)
    print(json.dumps(found, indent=2))
    sys.exit(1 if found["wrong"] else 0)


def story(size: str, rounds: int, people: int, seed: int = 1) -> dict[str, Any]:
    """Everything counted over all rounds; `wrong` has a sentence for each broken promise."""
    allow_files(10_000)
    with place(size) as ground, receiving() as receiver:
        starts = STARTS[size]
        ports = [free_port() for start in starts if start is web]
        environment = {
            **ground.environment,
            "BATON_URL": f"http://127.0.0.1:{ports[0]}",
            "BATON_CALLBACK_PRIVATE_ADDRESSES": "127.0.0.0/8",
        }
        code = f"from bench.faults import record; record.prepare({people}, {receiver.url!r})"
        access = json.loads(in_django(environment, code))
        with Processes(starts, environment, ports) as processes:
            desk = Desk(access, ports, processes, receiver, seed)
            return asyncio.run(desk.work(rounds, environment, ground.folder))


class Desk:
    """The people and the agents, round after round."""

    def __init__(
        self,
        access: dict[str, Any],
        ports: list[int],
        processes: Processes,
        receiver: Receiver,
        seed: int,
    ) -> None:
        self._access, self._ports, self._processes = access, ports, processes
        self._receiver, self._chance = receiver, random.Random(seed)
        self._posted = 0
        self._told: list[dict[str, Any]] = []
        self._heard: dict[str, str] = {}
        self._wrong: list[str] = []

    async def work(self, rounds: int, environment: dict[str, str], folder: Path) -> dict[str, Any]:
        """All rounds, each compared before the next begins."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        self._agents = Agents(self._ports, self._access["token"])
        async with httpx.AsyncClient(timeout=15, limits=limits) as http:
            self._people = self._reviewers(http)
            for number in range(1, rounds + 1):
                began = time.monotonic()
                said = await self._round()
                file = folder / "said.json"
                file.write_text(json.dumps(said))
                code = f"from bench.faults import record; record.compare({str(file)!r})"
                found = json.loads(await asyncio.to_thread(in_django, environment, code))
                self._wrong += [f"Round {number}: {what}" for what in found["wrong"]]
                took_s = time.monotonic() - began
                print(f"round {number} in {took_s:.0f} s: {len(said['posted'])} cases, "
                      f"{len(said['told'])} answers, {found['lines']} lines, "
                      f"wrong: {found['wrong'][:5]}", file=sys.stderr, flush=True)  # fmt: skip
            for person in self._people:
                await person.hands.close()
        await self._agents.close()
        hooks = await self._webhooks()
        self._wrong += record.told_elsewhere(self._heard, hooks)
        return {**self._counted(rounds), "webhooks": len(hooks)}

    async def _round(self) -> dict[str, Any]:
        people, before = self._people, [len(one.told) for one in self._people]
        seeds = range(self._posted, self._posted + len(people))
        posting = [asyncio.create_task(self._agents.post(seed)) for seed in seeds]
        self._posted += len(posting)
        heard = [asyncio.create_task(self._wait(post)) for post in posting]
        deciding = [
            asyncio.create_task(self._decide(person, self._of(number, posting)))
            for number, person in enumerate(people)
        ]
        await self._kill(before, deciding, self._chance.uniform(0.05, 0.9) * len(posting))
        await asyncio.gather(*deciding)
        cases = await asyncio.gather(*posting)
        documents = await asyncio.gather(*heard)
        self._heard |= {document["escalation_id"]: document["id"] for document in documents}
        told = [
            one for person, start in zip(people, before, strict=True) for one in person.told[start:]
        ]
        self._told += told
        return {
            "posted": {f"bench-{s:012}": case for s, case in zip(seeds, cases, strict=True)},
            "cases_of_all_rounds": self._posted,
            "told": told,
            "heard": documents,
        }

    async def _wait(self, posting: Posting) -> dict[str, Any]:
        return await self._agents.wait(await posting)

    async def _decide(self, person: Reviewer, posting: list[Posting]) -> None:
        for post in posting:
            await person.decide(await post)

    async def _kill(
        self, before: list[int], deciding: "list[asyncio.Task[None]]", answers: float
    ) -> None:
        """All processes at one moment, once so many answers came."""
        while sum(len(one.told) for one in self._people) - sum(before) < answers:
            if all(task.done() for task in deciding):
                break
            await asyncio.sleep(0.005)
        await asyncio.to_thread(self._processes.kill_all)

    async def _webhooks(self) -> list[list[Any]]:
        """Those that came, once each decision has one, or when it takes too long: one that was
        under way at a kill goes out again when its lease is over, after some rounds perhaps."""
        decisions = set(self._heard.values())
        until = time.monotonic() + WEBHOOKS_WITHIN_S
        while time.monotonic() < until:
            found = webhooks(list(self._receiver.received))
            if decisions <= {one[2] for one in found}:
                return found
            await asyncio.sleep(0.2)
        return webhooks(list(self._receiver.received))

    def _of(self, number: int, posting: list[Posting]) -> list[Posting]:
        """The cases of one person, in the order in which they look at them."""
        mine = [posting[number]]
        if number % SHARED == 0:
            mine.insert(0, posting[(number + 1) % len(posting)])
        return mine

    def _reviewers(self, http: httpx.AsyncClient) -> list[Reviewer]:
        """Every other one decides by forms, the rest over sockets, at the web processes in turn."""
        origin = f"http://127.0.0.1:{self._ports[0]}"
        found = []
        for number, (name, session) in enumerate(self._access["sessions"].items()):
            port = self._ports[number // 2 % len(self._ports)]
            hands = Hands(name, session, origin, port)
            chance = random.Random(f"{self._chance.random()} {name}")
            by_form = http if number % 2 else None
            found.append(Reviewer(hands, by_form, chance, record.UNDO_S))
        return found

    def _counted(self, rounds: int) -> dict[str, Any]:
        return {
            "kills": rounds,
            "posted": self._posted,
            "answers": reviewers.counted(self._told),
            "waited_for": len(self._heard),
            "repeated": {
                "by agents": self._agents.repeated,
                "by people": sum(person.hands.repeated for person in self._people),
            },
            "wrong": self._wrong,
        }


if __name__ == "__main__":
    main()
