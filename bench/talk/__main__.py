"""kill -9 of the web process at random moments of talks that people have.

In each round everybody takes a conversation over. The customer writes, the person answers, the
agent carries both and tries to speak itself, and at a random moment everything is killed. Then each
message that was acknowledged is there once, the agent read each once in order, and spoke never.
"""

import argparse
import asyncio
import json
import random
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from bench.faults.__main__ import STARTS
from bench.faults.agents import Agents
from bench.ground import free_port
from bench.processes import SIZES, Processes, in_django, place, web
from bench.world.pressing import Hands

MESSAGES = 12
PAUSE_S = 0.15
LOST = {"lease_over", "not_held"}
Answer = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.talk", description=__doc__)
    parser.add_argument("size", choices=SIZES, nargs="?", default="embedded")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = story(given.size, given.rounds, given.people, given.seed)
    print(json.dumps(found, indent=2))
    sys.exit(1 if found["wrong"] else 0)


def story(size: str, rounds: int, people: int, seed: int = 1) -> dict[str, Any]:
    """Everything counted over all rounds; `wrong` has a sentence for each broken promise."""
    with place(size) as ground:
        starts = STARTS[size]
        ports = [free_port() for start in starts if start is web]
        environment = {**ground.environment, "BATON_URL": f"http://127.0.0.1:{ports[0]}"}
        code = f"from bench.faults import record; record.prepare({people})"
        access = json.loads(in_django(environment, code))
        with Processes(starts, environment, ports) as processes:
            talks = Talks(access, ports, processes, random.Random(seed))
            return asyncio.run(talks.work(rounds, environment, ground.folder))


class Talks:
    """The people and their agent, round after round."""

    def __init__(
        self, access: Answer, ports: list[int], processes: Processes, chance: random.Random
    ) -> None:
        origin = f"http://127.0.0.1:{ports[0]}"
        self._agents = Agents(ports, access["token"])
        self._people = [
            Hands(name, session, origin, ports[number % len(ports)])
            for number, (name, session) in enumerate(access["sessions"].items())
        ]
        self._processes, self._chance = processes, chance
        self._counts = {"kills": 0, "talks": 0, "messages": 0}
        self._posted = 0

    async def work(self, rounds: int, environment: dict[str, str], folder: Path) -> Answer:
        """All rounds, each compared before the next begins."""
        wrong: list[str] = []
        for number in range(1, rounds + 1):
            began = time.monotonic()
            told = await self._round()
            file = folder / "told.json"
            file.write_text(json.dumps(told))
            code = f"from bench.talk import record; record.compare({str(file)!r})"
            found = json.loads(await asyncio.to_thread(in_django, environment, code))
            wrong += [f"Round {number}: {what}" for what in found["wrong"]]
            self._counts["kills"] += 1
            self._counts["talks"] += len(told)
            self._counts["messages"] += found["messages"]
            took_s = time.monotonic() - began
            print(f"round {number} in {took_s:.0f} s: {found['messages']} messages, "
                  f" wrong: {found['wrong'][:5]}", file=sys.stderr, flush=True)  # fmt: skip
        for person in self._people:
            await person.close()
        await self._agents.close()
        repeated = self._agents.repeated + sum(person.repeated for person in self._people)
        return {**self._counts, "repeated": repeated, "wrong": wrong}

    async def _round(self) -> list[Answer]:
        seeds = range(self._posted, self._posted + len(self._people))
        self._posted += len(seeds)
        cases = await asyncio.gather(*(self._agents.post(seed) for seed in seeds))
        having = [
            asyncio.create_task(self._have(person, case))
            for person, case in zip(self._people, cases, strict=True)
        ]
        await asyncio.sleep(self._chance.uniform(0, MESSAGES * PAUSE_S))
        await asyncio.to_thread(self._processes.kill_all)
        return list(await asyncio.gather(*having))

    async def _have(self, person: Hands, case: str) -> Answer:
        """One talk from taking over to handing back, and what everybody was told of it."""
        told: Answer = {"case": case, "heard": [], "said": [], "read": [], "both": []}
        await self._press(person, "take_over", case, version=1)
        reading = asyncio.create_task(self._read(case, told))
        interrupting = asyncio.create_task(self._interrupt(case, told))
        await asyncio.gather(self._write(case, told), self._speak(person, case, told))
        interrupting.cancel()
        await self._hand_back(person, case)
        await reading
        return told

    async def _write(self, case: str, told: Answer) -> None:
        for number in range(MESSAGES):
            sent = {"id": f"{case}-{number}", "text": f"customer {number}"}
            await self._agents.call("POST", f"/escalations/{case}/messages", sent, {200, 201})
            told["heard"].append(sent["text"])
            await asyncio.sleep(self._chance.uniform(0, PAUSE_S))

    async def _speak(self, person: Hands, case: str, told: Answer) -> None:
        for number in range(MESSAGES):
            text = f"person {number}"
            answer = await self._press(person, "say", case, text=text)
            while answer["type"] == "refused" and answer["code"] in LOST:
                await self._press(person, "claim", case)
                answer = await self._press(person, "say", case, text=text)
            assert answer["type"] == "ack", answer
            told["said"].append(text)
            await asyncio.sleep(self._chance.uniform(0, PAUSE_S))

    async def _interrupt(self, case: str, told: Answer) -> None:
        """The agent tries to speak for as long as a person has the conversation."""
        while True:
            sent = {"role": "agent", "text": "I am still here."}
            answer = await self._agents.call("POST", f"/escalations/{case}/messages", sent)
            if answer.status_code != 409:
                told["both"].append(answer.text)
            await asyncio.sleep(PAUSE_S)

    async def _read(self, case: str, told: Answer) -> None:
        last, is_over = 0, False
        while not is_over:
            path = f"/escalations/{case}/messages?after={last}&wait=5"
            document = (await self._agents.call("GET", path, None, {200, 202})).json()
            told["read"] += [(one["number"], one["text"]) for one in document["items"]]
            last = max([last, *(one["number"] for one in document["items"])])
            is_over = document["agent_may_speak"] and not document["more"]

    async def _hand_back(self, person: Hands, case: str) -> None:
        while True:
            answer = await self._agents.call("GET", f"/escalations/{case}", None, {200})
            done = await self._press(person, "hand_back", case, version=answer.json()["version"])
            if done["type"] == "ack":
                return
            if done["code"] in LOST:
                await self._press(person, "claim", case)

    async def _press(self, person: Hands, verb: str, case: str, **more: Any) -> Answer:
        sent = {"type": "command", "command": verb, "id": str(uuid.uuid4()), "escalation": case}
        return await person.press({**sent, **more})


if __name__ == "__main__":
    main()
