"""The whole run: a Baton with the demo world, many hands, and what they were answered."""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench import probes
from bench.ground import Server, manage
from bench.ground import web as served
from bench.probes import described, frames, pages
from bench.probes.api import Api
from bench.probes.counting import Tally
from bench.probes.given import Given
from bench.probes.sending import Answer, Line, Probe
from bench.processes import in_django, place

PART = 2_500
# Of a hundred requests.
FROM_SCHEMATHESIS, OF_PAGES, OF_FRAMES = 15, 25, 5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.probes", description=probes.__doc__)
    parser.add_argument("size", nargs="?", choices=["embedded", "scaled"], default="scaled")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument(
        "--minutes", type=float, default=30, help="ends earlier where they are over"
    )
    parser.add_argument("--hands", type=int, default=6, help="requests under way at a time")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    wrong = 0
    with place(given.size) as ground:
        manage(ground.environment, "demo")
        with served(ground.environment) as server:
            wrong = run(given, ground.environment, server)
    sys.exit(1 if wrong else 0)


def run(given: argparse.Namespace, environment: dict[str, str], server: Server) -> int:
    """Send them all and print the counts; how many answers were wrong."""
    began, memory_kb = time.monotonic(), server.memory_kb()
    folder = Path(tempfile.mkdtemp(prefix="baton-probes-"))
    work = Work(given, environment, server.port, Tally(folder))
    work.run()
    lasted_s = time.monotonic() - began
    tally = work.tally
    print(tally.printed())
    print(
        f"\n{tally.total:,} requests in {lasted_s:.0f} s ({dict(tally.sources)}), "
        f"seed {given.seed}; memory of the web process {memory_kb / 1024:.0f} MB, "
        f"afterwards {server.memory_kb() / 1024:.0f} MB; "
        f"wrong: {len(tally.wrong)}"
    )
    if tally.wrong:
        log = folder / "server.log"
        log.write_text(server.said())
        print(f"What the server logged: {log}")
    else:
        folder.rmdir()
    return len(tally.wrong)


class Work:
    """Hands that draw and send, until enough was sent or the time is over."""

    def __init__(
        self, given: argparse.Namespace, environment: dict[str, str], port: int, tally: Tally
    ) -> None:
        self._given, self._environment, self._port = given, environment, port
        self.tally = tally
        self._until = time.monotonic() + given.minutes * 60
        self._api = Api()
        # The table of pages is the console's own, which needs settings to be read.
        os.environ.update(environment)
        import django

        django.setup()
        self._pages = pages.Pages(pages.table())
        self._there = self._renewed(0)

    def run(self) -> None:
        """Prepare a part, send it, prepare the next."""
        hands = [threading.Thread(target=self._mutate, args=(n,)) for n in range(self._given.hands)]
        hands.append(threading.Thread(target=self._describe))
        for hand in hands:
            hand.start()
        part = 1
        while any(hand.is_alive() for hand in hands):
            time.sleep(0.5)
            if self.tally.total >= part * PART and not self._over():
                self._there = self._renewed(part)
                part += 1
                if part % 4 == 0:
                    print(f"{self.tally.total:,} sent, {len(self.tally.wrong)} wrong", flush=True)

    def _renewed(self, part: int) -> Given:
        code = f"from bench.probes import given; given.prepare('{part}')"
        there = Given(**json.loads(in_django(self._environment, code)))
        if part % 4 == 0:
            with Line(self._port) as line:
                self._pages.read(there, line)
        return there

    def _over(self) -> bool:
        return self.tally.total >= self._given.requests or time.monotonic() > self._until

    def _mutate(self, number: int) -> None:
        chance = random.Random(f"{self._given.seed} {number}")
        socket = frames.Socket(self._port)
        with Line(self._port) as line:
            while not self._over():
                draw = chance.random() * (100 - FROM_SCHEMATHESIS)
                if draw < OF_FRAMES:
                    self._count("frames", *socket.ask(self._there, chance))
                    continue
                if draw < OF_FRAMES + OF_PAGES:
                    source, probe = "pages", self._pages.draw(self._there, chance)
                else:
                    source, probe = "mutations", self._api.draw(self._there, chance)
                self._count(source, probe, line.ask(probe))
        socket.close()

    def _describe(self) -> None:
        share = self._given.requests * FROM_SCHEMATHESIS // 100
        with Line(self._port) as line:
            described.run(
                lambda: self._there,
                self._sender(line),
                examples=max(1, share // len(self._api.calls)),
            )

    def _sender(self, line: Line) -> Callable[[Probe], None]:
        def send(probe: Probe) -> None:
            if self._over():
                raise described.Enough
            self._count("schemathesis", probe, line.ask(probe))

        return send

    def _count(self, source: str, probe: Probe, answer: Answer) -> None:
        self.tally.add(source, probe, answer, port=self._port)


if __name__ == "__main__":
    main()
