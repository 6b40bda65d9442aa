"""The floor with 200 present, read again by a supervisor's tab while things move ÷ an empty view;
processor time of the web process and of its database connection.

Between two looks so many offers are taken back and others made as 200 people bring about in two
seconds; that part is not counted.
"""

import argparse
import json
import re
from datetime import timedelta
from typing import Any

from bench.figures import Ratio, median
from bench.ground import Ground
from bench.processes import in_django
from bench.queue import fill

STAMP = re.compile(r'data-stamp="(\w+)"')
PEOPLE, WAITING, LOOKS, MOVES = 200, 500, 8, 6


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
        Ratio("the same ÷ an empty view", cost["again"], cost["empty"], "ms", goal=10),
        Ratio("what comes", cost["sent"] / 1e3, None, "KB", goal=50),
    ]


def looks(times: int) -> None:
    """Print what so many looks cost, each after something moved."""
    from bench.world import people
    from bench.world.tabs import Tab
    from console import clock
    from routing.models import Presence

    # They came at different times this morning, not all in this second.
    for number, one in enumerate(Presence.objects.all()):
        Presence.objects.filter(pk=one.pk).update(
            since=clock.now() - timedelta(minutes=61, seconds=number)
        )
    tab, found = Tab(people.session_of("ruth", role="supervisor")), []
    had = ""
    for _ in range(times + 1):
        _move()
        empty, _length = tab.spent("/-/empty")
        again, sent = tab.spent(f"/floor/?had={had}", "div#board")
        # As a tab does: the rows that it has are those of the whole board.
        had = ".".join(STAMP.findall(tab.get("/floor/", "div#board")))
        found.append({"empty": empty, "again": again, "sent": sent})
    print(json.dumps(found[1:]))


def _move() -> None:
    """Some offers are taken back, and others are made."""
    from console import clock
    from escalations import lifecycle
    from escalations.models import Escalation
    from routing.offers import dispatch

    taken_back: Any = Escalation.objects.filter(state="offered").order_by("?")[:MOVES]
    for case in taken_back:
        lifecycle.withdraw(case, whose=case.offered_to_id, reason="busy", now=clock.now())
    dispatch.dispatch(clock.now())
