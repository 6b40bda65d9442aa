"""Live push: processor time for each delivery to many screens ÷ bare asyncio with a ready frame.

Both hear of an event over Redis. The product reads the case, makes its frame and sends it to all
who may see it; the bare server writes the very same frame, ready-made, to every socket.
"""

import argparse
import asyncio
import os
import selectors
import time
from collections.abc import Callable
from typing import Any

from bench.figures import Ratio, median
from bench.ground import Ground, Server, allow_files, free_port, web
from bench.push.bare import CHANNEL
from bench.world import people

EVENTS = 20
GAP_S = 0.05
QUIET_S = 5


def measure(given: argparse.Namespace) -> list[Ratio]:
    allow_files(given.sockets * 2 + 200)
    with Ground() as ground:
        ground.create("baton")
        environment = ground.environment("baton")
        os.environ.update(environment)
        import django

        django.setup()
        port = free_port()
        command = ["-m", "bench.push.bare", str(port), environment["REDIS_URL"]]
        with web(environment) as ours, Server(command, port, environment) as bare:
            return _measure(given, ours, bare)


def _measure(given: argparse.Namespace, ours: Server, bare: Server) -> list[Ratio]:
    import redis
    from django.conf import settings

    from escalations.live import updates
    from escalations.models import Escalation
    from tests import factories

    people.cases(factories.key(), EVENTS, first=1)
    numbers = list(Escalation.objects.values_list("number", flat=True))
    frames = [change.mine["text"] for change in updates.read(numbers)]
    client = redis.Redis.from_url(settings.REDIS_URL)

    loop = asyncio.new_event_loop()

    def hint(event: int) -> None:
        loop.run_until_complete(people.hint(numbers[event]))

    def frame(event: int) -> None:
        client.publish(CHANNEL, frames[event])

    session = people.session_of("dana")
    costs: dict[str, list[float]] = {"ours": [], "bare": []}
    lost = 0
    with Audience(ours, given.sockets, session) as mine, Audience(bare, given.sockets) as theirs:
        for turn in range(given.rounds + 1):
            for name, audience, publish in (("bare", theirs, frame), ("ours", mine, hint)):
                cost_us, missed = audience.deliver(publish)
                if turn:  # The first one only warms both up.
                    costs[name].append(cost_us)
                    lost += missed
    figure, limit = median(costs["ours"]), median(costs["bare"])
    loop.close()
    each = f"delivery to {given.sockets:,} sockets ÷ bare asyncio"
    return [
        Ratio(each, figure, limit, "µs", goal=4),
        Ratio("deliveries lost", lost, None, "", goal=0),
    ]


class Audience:
    """Many sockets on one server, all of which should hear every event."""

    def __init__(self, server: Server, count: int, session: str = "") -> None:
        self._server = server
        self._screens = [people.Screen(server.port, session) for _ in range(count)]
        self._ready = selectors.EpollSelector()

    def __enter__(self) -> "Audience":
        for screen in self._screens:
            self._ready.register(screen.socket, selectors.EVENT_READ, screen)
        self._hear(wanted=1 << 60, within_s=1.5)
        return self

    def __exit__(self, *error: Any) -> None:
        for screen in self._screens:
            screen.close()
        self._ready.close()

    def deliver(self, publish: Callable[[int], None]) -> tuple[float, int]:
        """Processor time of the server for each delivery, in µs, and how many never came."""
        before_s, heard = self._server.cpu_s(), 0
        for event in range(EVENTS):
            publish(event)
            heard += self._hear(wanted=len(self._screens), within_s=GAP_S)
        wanted = EVENTS * len(self._screens)
        heard += self._hear(wanted=wanted - heard, within_s=QUIET_S)
        return (self._server.cpu_s() - before_s) / wanted * 1e6, wanted - heard

    def _hear(self, *, wanted: int, within_s: float) -> int:
        heard, until = 0, time.monotonic() + within_s
        while heard < wanted and (left := until - time.monotonic()) > 0:
            for key, _ in self._ready.select(left):
                heard += sum(b'"type":"row"' in frame for frame in key.data.frames())
        return heard
