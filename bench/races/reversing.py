"""Races for an answer that has left: the agent carries it out while somebody takes it back."""

from typing import Any

from bench.races.judging import acked, lost_to, require
from bench.races.world import World

WHY = {"fields": {"instructions": "A faulty rule."}}


async def execute_and_reverse(world: World, number: int) -> str:
    """The agent hears, acts and reports while a supervisor reverses; what it hears next is last."""
    case = await world.case()
    first = await world.press("dana", "approve", case, 1)
    require(acked(first), f"{first}")
    done: list[str] = []

    async def agent() -> list[dict[str, Any]]:
        heard: list[dict[str, Any]] = []
        for _ in range(2):
            after = heard[-1]["sequence"] if heard else 0
            answer = await world.agent("GET", f"{case}/decision?wait=30&after={after}")
            require(answer.status_code == 200, f"{answer.status_code} {answer.text}")
            heard.append(answer.json())
            if heard[-1]["outcome"] == "reversed":
                break
            told = await world.agent("POST", f"{case}/outcome", {"outcome": "executed"})
            require(told.status_code == 200, f"{told.status_code} {told.text}")
            done.append(case)
        return heard

    heard, ada = await world.shaken(
        agent(), world.press("ada", "reverse", case, first["version"], **WHY)
    )
    require(acked(ada), f"{ada}")
    await _ends_reversed(world, case, heard)
    return "after it acted" if done else "before it acted"


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
