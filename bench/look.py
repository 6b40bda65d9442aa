"""What it costs to look: a briefing, and the inbox with all that its page asks for, ÷ an empty view
behind the same session and rights. Processor time of the web process."""

import argparse

from bench.figures import Ratio, median
from bench.ground import Ground, manage
from bench.queue import Pages

TIMES, CASES = 20, 50
PARTS = ("page", "list", "beside")


def measure(given: argparse.Namespace) -> list[Ratio]:
    with Ground() as ground:
        ground.create("baton")
        code = "from bench import look; look.fill()"
        manage(ground.environment("baton"), "shell", "--verbosity", "0", "-c", code)
        with Pages(ground, "baton") as pages:
            asked = ("empty", "briefing", "first", *PARTS)
            turns = [
                {what: pages.ask(what, TIMES)["own"] for what in asked}
                for _ in range(given.rounds + 1)
            ][1:]
    cost = {what: median([turn[what] for turn in turns]) for what in turns[0]}
    whole = sum(cost[part] for part in PARTS)
    return [
        Ratio("briefing ÷ empty view", cost["briefing"], cost["empty"], "µs", goal=6),
        Ratio("briefing not kept ÷ empty view", cost["first"], cost["empty"], "µs", goal=6),
        Ratio("inbox with its 3 requests ÷ empty view", whole, cost["empty"], "µs", goal=10),
    ]


def fill() -> None:
    """A screenful of cases."""
    from bench.world import people
    from tests import factories

    people.cases(factories.key(), CASES, first=1)
