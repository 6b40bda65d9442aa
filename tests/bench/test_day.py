"""The simulated day: how its people answer, and how told waits are compared with what came."""

import asyncio
import random
from collections import Counter

from bench.day import record, waits
from bench.day.people import Person


def desk(answers):
    """A person whose commands are answered by these, in turn; what they sent."""
    sent = []

    class Scripted(Person):
        async def _ask(self, command, case, version, **more):
            sent.append((command, case, version))
            return answers.pop(0) if answers else {"type": "ack", "version": 1}

        async def _presence(self, state, **more):
            sent.append(("presence", state))

        async def _read(self, case):
            return 7

    one = Scripted(
        1, "", work_s=0.0, chance=random.Random(1), done=asyncio.Event(), counts=Counter()
    )
    one._awake.set()
    return one, sent


def live(one, *parts):
    async def story():
        tasks = [asyncio.ensure_future(part) for part in parts]
        await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()

    asyncio.run(story())


def test_an_offer_that_ends_because_it_was_accepted_is_not_accepted_again():
    one, sent = desk([])
    one._in_hand.add("esc_1")
    one._begin("esc_1")
    assert (sent, one._tasks) == ([], set())


def test_nobody_drops_a_case_that_changed_in_their_hands(monkeypatch):
    monkeypatch.setattr(random.Random, "uniform", lambda self, *span: 0.0)
    one, sent = desk([{"type": "refused", "code": "stale"}, {"type": "ack", "version": 8}])
    one._accepted.put_nowait(("esc_1", 1))
    live(one, one._work())
    assert sent == [("approve", "esc_1", 1), ("approve", "esc_1", 7)]


def test_who_declined_because_it_is_too_much_says_when_it_is_no_longer(monkeypatch):
    """Offers pause until then; of a desk that never said so nothing more was answered."""
    monkeypatch.setattr(random.Random, "uniform", lambda self, *span: 0.0)
    monkeypatch.setattr(random.Random, "random", lambda self: 0.05)
    one, sent = desk([{"type": "ack"}])
    live(one, one._answer("esc_1"))
    assert sent == [("decline", "esc_1", 0), ("presence", "present")]


def test_told_waits_are_compared_with_what_came():
    found = waits.compared([(0, 4.0), (20, 30.0), (40, 10.0), (100, 120.0), (None, 9.0)])
    assert found["about"] == {
        "cases": 3,
        "came_of_said_median": 1.2,
        "half_to_double_percent": 67,
        "or_within_an_offer_percent": 67,
    }
    assert found["by_what_was_said"]["now"] == {
        "cases": 1, "came_s": 4.0, "said_s": 0, "within_percent": 100,
    }  # fmt: skip
    assert found["by_what_was_said"]["not known"] == {"cases": 1, "came_s": 9.0}


def test_a_revision_leaves_a_held_case_with_whoever_holds_it():
    held = {"actor": "person:dana", "facts": {"state": "held"}}
    revised = {"actor": "agent:mira", "facts": {"state": "held"}}
    offered = {"actor": "baton", "facts": {"state": "offered", "to": "kofi"}}
    assert record._whose(held, None) == "dana"
    assert record._whose(revised, "dana") == "dana"
    assert record._whose(offered, "dana") == "kofi"
    assert record._whose({"actor": "baton", "facts": {"state": "waiting"}}, "dana") is None
