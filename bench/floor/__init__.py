"""The floor with 200 present, read again by a supervisor's tab while things move; processor time of
the web process and of its database connection, and the bytes that come.

Between two looks so many offers are taken back and others made as 200 people bring about in two
seconds; that part is not counted.
"""

import argparse
import json
import time
from typing import Any

from bench.figures import Ratio, median
from bench.ground import Ground, cpu_s
from bench.processes import in_django
from bench.queue import fill

PEOPLE, WAITING, LOOKS, MOVES = 200, 500, 10, 6


def measure(given: argparse.Namespace) -> list[Ratio]:
    with Ground() as ground:
        ground.create("baton")
        fill(ground, "baton", WAITING)
        environment = ground.environment("baton")
        in_django(environment, f"from bench import dispatch; dispatch.prepare({PEOPLE})")
        code = f"from bench import floor; floor.looks({given.rounds * LOOKS})"
        seen = json.loads(in_django(environment, code))
    cost = {name: median([one[name] for one in seen]) for name in seen[0]}
    return [
        Ratio(f"floor with {PEOPLE} present, read again", cost["again"], None, "ms", goal=20),
        Ratio("the same ÷ the whole board", cost["again"], cost["whole"], "ms", goal=0.2),
        Ratio("bytes of it ÷ of the whole board", cost["sent"], cost["bytes"], "", goal=0.2),
    ]


def looks(times: int) -> None:
    """Print what so many looks cost, whole and as a tab that has the board asks again."""
    from django.conf import settings
    from django.db import connection

    settings.ROOT_URLCONF = "bench.urls"
    from bench.world import people
    from console.wsgi import application

    session = people.session_of("ruth", role="supervisor")
    tab = Tab(application, session)
    connection.ensure_connection()
    found = []
    for _ in range(times + 1):
        _move()
        found.append(tab.look())
    print(json.dumps(found[1:]))


class Tab:
    """A tab with the board open."""

    def __init__(self, application: Any, session: str) -> None:
        self._application, self._session = application, session
        self._get("/floor/")

    def look(self) -> dict[str, float]:
        """What it costs to read the board again, and to read it whole, in milliseconds."""
        again, sent = self._spent("/floor/")
        whole, everything = self._spent("/floor/")
        return {"again": again, "sent": sent, "whole": whole, "bytes": everything}

    def _spent(self, path: str) -> tuple[float, int]:
        from django.db import connection

        backend = connection.connection.info.backend_pid
        before_s = time.process_time() + cpu_s(backend)
        page = self._get(path)
        return (time.process_time() + cpu_s(backend) - before_s) * 1e3, len(page)

    def _get(self, path: str) -> str:
        from bench import pages

        return pages.get(self._application, path, self._session, "div#board")


def _move() -> None:
    """Some offers are taken back, and others are made."""
    from console import clock
    from escalations import lifecycle
    from escalations.models import Escalation
    from routing.offers import dispatch

    for case in Escalation.objects.filter(state="offered").order_by("?")[:MOVES]:
        lifecycle.withdraw(case, whose=case.offered_to_id, reason="busy", now=clock.now())
    dispatch.dispatch(clock.now())
