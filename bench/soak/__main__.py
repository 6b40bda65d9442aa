"""The whole soak: processes, screens, agents, one who decides, and the memory minute by minute."""

import argparse
import asyncio
import json
import random
import resource
import sys
import time
import uuid
from typing import Any

import httpx

from bench import soak
from bench.figures import Ratio, table
from bench.ground import allow_files, free_port
from bench.processes import SIZES, Processes, Start, celery, in_django, place, web
from bench.soak.memory import Curve
from bench.soak.screens import Screens
from bench.soak.waiting import Waiting
from bench.world.pressing import Hands

PEOPLE, EVERY_S, HEARD_WITHIN_S, MINUTE_S = 20, 0.5, 20, 60
STARTS: dict[str, list[Start]] = {
    "embedded": [web],
    "scaled": [web, celery("worker", "--beat")],
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=soak.__doc__)
    parser.add_argument("size", nargs="?", choices=SIZES, default="scaled")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--sockets", type=int, default=1_000)
    parser.add_argument("--agents", type=int, default=1_000)
    given = parser.parse_args()
    ratios = story(given)
    print(table(ratios))
    sys.exit(0 if all(one.reached for one in ratios) else 1)


def story(given: argparse.Namespace) -> list[Ratio]:
    """The figures with their goals; each minute is printed."""
    wanted = given.sockets + given.agents + 500
    allow_files(wanted)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        raise SystemExit(f"{wanted} files must be open at once, and {soft} may be: ulimit -n.")
    with place(given.size) as ground:
        port = free_port()
        environment = {**ground.environment, "BATON_URL": f"http://127.0.0.1:{port}"}
        code = f"from bench.faults import record; record.prepare({PEOPLE})"
        access = json.loads(in_django(environment, code))
        with Processes(STARTS[given.size], environment, [port]) as processes:
            names = ["web", "worker"][: len(processes.ids)]
            curves = [Curve(*one) for one in zip(names, processes.ids, strict=True)]
            return asyncio.run(Soak(given, port, access, curves).run())


class Soak:
    """One who decides while all the others wait."""

    def __init__(
        self, given: argparse.Namespace, port: int, access: dict[str, Any], curves: list[Curve]
    ) -> None:
        self._given, self._port, self._curves = given, port, curves
        self._names = list(access["sessions"])
        self._sessions = list(access["sessions"].values())
        self._waiting = Waiting(port, access["token"])
        self._decided: dict[str, float] = {}
        self._checked: set[str] = set()
        self._deaf: list[str] = []
        self._errors: list[str] = []

    async def run(self) -> list[Ratio]:
        """Until the minutes are over and the last answers are heard."""
        self._say("started")
        with Screens(self._port, self._sessions, self._given.sockets) as screens:
            for _ in range(self._given.agents):
                await self._waiting.add()
            self._say(f"{self._given.sockets} screens and {self._given.agents} agents")
            minutes = asyncio.create_task(self._watch())
            await self._decide(time.monotonic() + self._given.minutes * MINUTE_S, screens)
            await minutes
            await self._settle(screens, self._decided)
            ended = screens.ended
        lost = [case for case in self._decided if case not in self._waiting.answers]
        late = max((self._late_s(case) for case in self._decided if case not in lost), default=0)
        await self._waiting.close()
        for sentence in [*self._waiting.errors, *self._errors, *self._deaf][:10]:
            print(f"    {sentence}")
        slopes = ", ".join(f"{one.name} {one.slope():+.2f} MB/min" for one in self._curves)
        print(f"{len(self._decided)} cases decided; the longest way to the agent {late:.1f} s "
              f"(undo window of 2 s included); slope: {slopes}")  # fmt: skip
        return [
            *(curve.ratio() for curve in self._curves),
            Ratio("answers lost", len(lost), None, "", goal=0),
            Ratio("hints lost", len(self._deaf), None, "", goal=0),
            Ratio("screens ended", ended, None, "", goal=0),
            Ratio("errors", len(self._waiting.errors) + len(self._errors), None, "", goal=0),
        ]

    async def _decide(self, until: float, screens: Screens) -> None:
        chance = random.Random(1)
        hands = Hands(
            self._names[0], self._sessions[0], f"http://127.0.0.1:{self._port}", self._port
        )
        async with httpx.AsyncClient(timeout=30) as http:
            while time.monotonic() < until:
                began = time.monotonic()
                case = chance.choice(self._waiting.open)
                sent = {"type": "command", "command": "approve", "id": str(uuid.uuid4()),
                        "escalation": case, "version": 1}  # fmt: skip
                answer = await hands.press(sent, http=http)
                if answer["type"] == "ack":
                    self._decided[case] = time.monotonic()
                elif case not in self._decided:
                    self._errors.append(f"{case}: {answer}")
                await self._waiting.add()
                long_ago = [c for c, at in self._decided.items() if began - at > HEARD_WITHIN_S]
                await self._settle(screens, long_ago, within_s=0)
                await asyncio.sleep(max(0.0, EVERY_S - (time.monotonic() - began)))

    async def _settle(self, screens: Screens, cases: Any, within_s: float = HEARD_WITHIN_S) -> None:
        """Every screen heard of these, and every agent got its answer, or it is said."""
        until = time.monotonic() + within_s
        mine = [case for case in cases if case not in self._checked]
        while any(screens.deaf_to(case) or case not in self._waiting.answers for case in mine):
            if time.monotonic() > until:
                break
            await asyncio.sleep(0.5)
        for case in mine:
            self._checked.add(case)
            if deaf := screens.deaf_to(case):
                self._deaf.append(f"{deaf} screens heard nothing of {case}.")
            screens.forget(case)

    def _late_s(self, case: str) -> float:
        return self._waiting.answers[case][0] - self._decided[case]

    async def _watch(self) -> None:
        for minute in range(1, int(self._given.minutes) + 1):
            await asyncio.sleep(MINUTE_S)
            waiting = len(self._waiting.open)
            self._say(f"minute {minute}: {len(self._decided)} decided, {waiting} agents wait")

    def _say(self, what: str) -> None:
        samples = ", ".join(curve.sample() for curve in self._curves)
        print(f"{what}: {samples} (RSS / PSS)", flush=True)


if __name__ == "__main__":
    main()
