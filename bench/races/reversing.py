"""Races for an answer that has left: the agent carries it out while somebody takes it back."""

import asyncio
import uuid
from collections import Counter
from typing import Any

from bench.races.judging import acked, lost_to, require
from bench.races.world import World

WHY = {"fields": {"instructions": "A faulty rule."}}
# As many as one form of the record takes.
MANY = 100
WORKS_S = 2.0


async def execute_and_reverse(world: World, number: int) -> str:
    """The agent hears, acts and reports while a supervisor reverses; what it hears next is last."""
    case = await world.case()
    first = await world.press("dana", "approve", case, 1)
    require(acked(first), f"{first}")
    heard, ada = await world.shaken(
        _carry_out(world, case), world.press("ada", "reverse", case, first["version"], **WHY)
    )
    require(acked(ada), f"{ada}")
    await _ends_reversed(world, case, heard)
    return "after it acted" if len(heard) > 1 else "before it acted"


async def many_reversed(world: World, number: int) -> str:
    """A hundred agents carry out what they were told while a supervisor reverses all of it in one
    form; each ends with one final document, and its case tells the whole story in order."""
    versions: dict[str, int] = {}
    for _ in range(MANY):
        case = await world.case()
        first = await world.press("dana", "approve", case, 1)
        require(acked(first), f"{first}")
        versions[case] = first["version"]
    form = {"case": [*versions], "form": uuid.uuid4().hex[:20], "instructions": "A faulty rule."}
    form |= {f"version:{case}": version for case, version in versions.items()}
    as_page = {"Accept": "text/html"}
    agents = [_carry_out(world, case, WORKS_S) for case in versions]
    reversal = world.people["ada"].post(world.http, "/audit/reverse/", form, as_page)
    *heard, answer = await world.shaken(*agents, reversal, within_s=WORKS_S / 2)
    require(answer is not None and f"{MANY} of {MANY} reversed" in answer.text, f"{answer}")
    for case, documents in zip(versions, heard, strict=True):
        await _ends_reversed(world, case, documents)
        told = (await world.kept(case))["told"]
        order = [kind for kind in told if kind in {"received", "decided", "reversed"}]
        require(order == ["received", "decided", "reversed"], f"the record says {told}")
    acted = Counter(len(documents) for documents in heard)
    return f"{acted[2]} after they acted, {acted[1]} before"


async def _carry_out(world: World, case: str, works_s: float = 0) -> list[dict[str, Any]]:
    """What the agent hears until the answer is reversed; it does and reports what it is told."""
    heard: list[dict[str, Any]] = []
    for _ in range(2):
        after = heard[-1]["sequence"] if heard else 0
        answer = await world.agent("GET", f"{case}/decision?wait=30&after={after}")
        require(answer.status_code == 200, f"{answer.status_code} {answer.text}")
        heard.append(answer.json())
        if heard[-1]["outcome"] == "reversed":
            break
        await asyncio.sleep(world.chance.uniform(0, works_s))
        told = await world.agent("POST", f"{case}/outcome", {"outcome": "executed"})
        require(told.status_code == 200, f"{told.status_code} {told.text}")
    return heard


async def two_reverse(world: World, number: int) -> str:
    """Two supervisors reverse the same answer."""
    case = await world.case()
    first = await world.press("dana", "approve", case, 1)
    require(acked(first), f"{first}")
    ada, eve = await world.shaken(
        world.press("ada", "reverse", case, first["version"], **WHY),
        world.press("eve", "reverse", case, first["version"], **WHY),
    )
    require(acked(ada) != acked(eve), f"{ada} and {eve}")
    winner, loser = ("ada", eve) if acked(ada) else ("eve", ada)
    lost_to(loser, winner, {"reversed", "stale", "closed"})
    answer = await world.agent("GET", f"{case}/decision?wait=30&after=1")
    await _ends_reversed(world, case, [answer.json()])
    return winner


async def _ends_reversed(world: World, case: str, heard: list[dict[str, Any]]) -> None:
    """The last that the agent hears is the reversal, with the next number, and once."""
    kept = await world.kept(case)
    require(kept["sequences"] == [1, 2], f"the sequences are {kept['sequences']}")
    numbers = [one["sequence"] for one in heard]
    require(numbers == sorted(set(numbers)), f"the agent heard {numbers}")
    last = heard[-1]
    require(last == kept["standing"][-1], f"the agent heard {last}, {kept['standing']} stands")
    is_end = last["outcome"] == kept["outcome"] == "reversed" and last["proceed"] is False
    require(is_end, f"the agent ends with {last}, the case with {kept['outcome']}")


RACES = {"agent acts, supervisor reverses": execute_and_reverse, "two reverse": two_reverse}
# Not of all rounds: each is a hundred cases.
LARGE = {"a hundred reversed": many_reversed}
