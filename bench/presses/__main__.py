"""All sequences, in lanes that have people of their own."""

import argparse
import asyncio
import json
import os
import random
import sys
import time
import uuid
from collections import Counter
from typing import Any

from bench import presses
from bench.ground import free_port
from bench.presses import judging, packages, pressed
from bench.processes import SIZES, Processes, place, web
from bench.races.__main__ import STARTS
from bench.races.world import World, verified

LANES = (("dana", "ben", "ada"), ("finn", "gus", "eve"))
ROLES = {name: "supervisor" if name in {"ada", "eve"} else "reviewer"
         for lane in LANES for name in lane}  # fmt: skip
STEPS_MAX = 8
SAID_EACH = 500
AT_ONCE_S = 0.01
# What is decided is seldom pressed on, so that most presses meet an open case.
LEFT_ALONE = 0.7
JSON = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.presses", description=presses.__doc__)
    parser.add_argument("size", choices=SIZES, nargs="?", default="embedded")
    parser.add_argument("--sequences", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=60, help="ends earlier when they are over")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(1 if story(given) else 0)


def story(given: argparse.Namespace) -> list[str]:
    """A sentence for each broken promise; the counts are printed."""
    with place(given.size) as ground:
        ports = [free_port() for start in STARTS[given.size] if start is web]
        environment = {**ground.environment, "BATON_URL": f"http://127.0.0.1:{ports[0]}"}
        os.environ.update(environment)
        import django

        django.setup()
        with Processes(STARTS[given.size], environment, ports):
            return asyncio.run(_run(given, World(ports, given.seed, ROLES)))


async def _run(given: argparse.Namespace, world: World) -> list[str]:
    await world.prepare()
    desk = Desk(world, given)
    await asyncio.gather(*map(desk.lane, LANES))
    wrong = [*desk.wrong, *await asyncio.to_thread(verified)]
    print(f"{desk.said()}\nwrong: {len(wrong)}")
    for sentence in wrong[:20]:
        print(f"    {sentence[:600]}", flush=True)
    await world.close()
    return wrong


class Desk:
    """What all lanes share: how many sequences are left, and what was counted."""

    def __init__(self, world: World, given: argparse.Namespace) -> None:
        self._world, self._left = world, given.sequences
        self._until = time.monotonic() + given.minutes * 60
        self._chance = random.Random(given.seed)
        self._presses = pressed.Presses(self._chance)
        self._done, self._documents = 0, 0
        self._pressed: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()
        self.wrong: list[str] = []

    async def lane(self, people: tuple[str, ...]) -> None:
        """One sequence after the other, until all are done or the time is over."""
        while self._left > 0 and time.monotonic() < self._until:
            self._left -= 1
            await self._sequence(people)
            self._done += 1
            if self._done % SAID_EACH == 0:
                print(f"{self.said()}, wrong: {len(self.wrong)}", flush=True)

    def said(self) -> str:
        """The counts so far."""
        accepted, refused = sum(self._pressed.values()), sum(self._refused.values())
        return (
            f"{self._done} sequences, {accepted + refused} presses, {accepted} accepted "
            f"{dict(self._pressed.most_common())}, refused {dict(self._refused.most_common())}; "
            f"{self._documents} documents {dict(self._outcomes.most_common())}"
        )

    async def _sequence(self, people: tuple[str, ...]) -> None:
        sent = packages.drawn(self._chance, f"press-{uuid.uuid4().hex}")
        answer = await self._world.agent("POST", "", sent)
        if answer.status_code != 201:
            self.wrong.append(f"{answer.status_code} {answer.text} to {json.dumps(sent)}")
            return
        case, told = answer.json()["id"], {answer.json()["package"]["digest"]: sent}
        seen = dict.fromkeys(people, 1)
        for _ in range(self._chance.randint(2, STEPS_MAX)):
            acting = self._chance.sample(people, self._chance.choice((1, 1, 2, 3)))
            latest = [*told.values()][-1]
            acts: list[Any] = [self._press(name, case, latest, seen) for name in acting]
            if self._chance.random() < 0.2:
                acts.append(self._act(case, sent, told, seen))
            codes = await self._world.shaken(*acts, within_s=AT_ONCE_S)
            if "closed" in codes and self._chance.random() < LEFT_ALONE:
                break
        await self._world.agent("POST", f"{case}/cancel")
        await self._handed_back(case)
        self.wrong += await asyncio.to_thread(self._judged, case, told)

    async def _press(self, name: str, case: str, package: JSON, seen: dict[str, int]) -> str:
        """The code of the refusal; empty where it counted."""
        verb, arguments = self._presses.drawn(package)
        frame = {"type": "command", "command": verb, "id": str(uuid.uuid4()), "escalation": case}
        # Mostly as a page that follows knows it, else as they last saw it, or from an old tab.
        known = (max(seen.values()), seen[name], self._chance.randint(1, 9))
        (version,) = self._chance.choices(known, (8, 1, 1))
        answer = await self._world.people[name].press({**frame, "version": version, **arguments})
        if answer["type"] == "ack":
            self._pressed[verb] += 1
        else:
            self._refused[answer["code"]] += 1
        if answer.get("code") == "error":
            self.wrong.append(f"{case}: {verb} {arguments} was answered {answer}")
        if answer.get("version"):
            seen[name] = answer["version"]
        return str(answer.get("code", ""))

    async def _handed_back(self, case: str) -> None:
        """A conversation that goes on would fill the hands of whoever has it, and nothing that is
        pressed in later sequences counted."""
        told = await asyncio.to_thread(_conversation, case)
        if told is None:
            return
        name, version = told
        frame = {"type": "command", "command": "hand_back", "id": str(uuid.uuid4())}
        more = {"escalation": case, "version": version, **self._presses.example("hand_back")}
        answer = await self._world.people[name].press({**frame, **more})
        if answer["type"] != "ack":
            self.wrong.append(f"{case}: handing it back was answered {answer}")

    async def _act(
        self, case: str, sent: JSON, told: dict[str, JSON], seen: dict[str, int]
    ) -> None:
        """The agent sends another version, adds, speaks for the customer, or cancels."""
        what = self._chance.choices(("revision", "context", "messages", "cancel"), (4, 2, 2, 1))[0]
        documents: dict[str, JSON] = {
            "context": {"messages": [{"role": "customer", "text": "Any news?"}]},
            "messages": {"id": uuid.uuid4().hex, "text": "Hello?", "author": "Inès"},
            "revision": packages.drawn(self._chance, sent["idempotency_key"]),
        }
        document = documents.get(what)
        answer = await self._world.agent("POST", f"{case}/{what}", document)
        if answer.status_code >= 500:
            self.wrong.append(f"{case}: {what} was answered {answer.status_code} {answer.text}")
        elif answer.status_code < 300:
            seen[""] = answer.json().get("version", 1)
            if what == "revision":
                told[answer.json()["package"]["digest"]] = document or {}

    def _judged(self, case: str, told: dict[str, JSON]) -> list[str]:
        from escalations.models import Escalation

        one = Escalation.objects.get(id=case)
        decisions = list(one.decisions.order_by("id"))
        documents = [decision.document for decision in decisions]
        self._documents += len(documents)
        self._outcomes.update(document["outcome"] for document in documents)
        wrong = [
            f"{case}: {fault}: {document} of {told[document['digest']]}"
            for document in documents
            for fault in judging.faults(document, told[document["digest"]])
        ]
        numbers = [decision.sequence for decision in decisions]
        if numbers != [*range(1, len(numbers) + 1)]:
            wrong.append(f"{case}: the sequences are {numbers}")
        standing = [decision.document for decision in decisions if decision.undone_at is None]
        is_over = str(one.state) in {"decided", "cancelled", "expired"}
        if is_over and (not standing or standing[-1]["outcome"] != one.outcome):
            wrong.append(f"{case}: it ended {one.outcome}, {standing} stands")
        return wrong


def _conversation(case: str) -> tuple[str, int] | None:
    """Who has it and its version, while people have one."""
    from escalations.models import Escalation, State

    one = Escalation.objects.select_related("held_by").get(id=case)
    is_on = one.state == State.LIVE and one.held_by is not None
    return (one.held_by.username, one.version) if is_on else None


if __name__ == "__main__":
    main()
