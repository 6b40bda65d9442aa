"""Races for the case itself, most of them with the supervisor who gives it to somebody else."""

import html
import re
from typing import Any

import httpx

from bench.races.judging import acked, answered_once, lost_to, require
from bench.races.world import World

TAG = re.compile(r"<[^>]*>")


async def two_claim(world: World, number: int) -> str:
    """Two people claim the same case."""
    case = await world.case()
    dana, ben = await world.shaken(
        world.press("dana", "claim", case, 1), world.press("ben", "claim", case, 1)
    )
    require(acked(dana) != acked(ben), f"{dana} and {ben}")
    winner, loser = ("dana", ben) if acked(dana) else ("ben", dana)
    lost_to(loser, winner, {"held"})
    kept = await world.kept(case)
    require((kept["state"], kept["held"]) == ("held", winner), f"{kept}")
    await _end(world, case)
    return winner


async def decide_and_reassign(world: World, number: int) -> str:
    """The holder answers while the supervisor gives the case to somebody else, or back."""
    case = await world.case()
    held = await world.press("dana", "claim", case, 1)
    require(acked(held), f"{held}")
    version, to = held["version"], ("amara", "")[number % 2]
    dana, given = await world.shaken(
        world.press("dana", "approve", case, version), world.reassign("ada", case, version, to)
    )
    _one_of(acked(dana), given, f"{dana}")
    if acked(dana):
        _told(given, "dana")
        await answered_once(world, case, await world.waited(case), by="dana")
        return "dana"
    lost_to(dana, "ada", {"not_held", "stale"})
    await _given(world, case, to)
    return "supervisor"


async def decide_free_and_reassign(world: World, number: int) -> str:
    """Somebody answers a free case while the supervisor gives it to another."""
    case = await world.case()
    dana, given = await world.shaken(
        world.press("dana", "approve", case, 1), world.reassign("ada", case, 1, "amara")
    )
    _one_of(acked(dana), given, f"{dana}")
    if acked(dana):
        _told(given, "dana")
        await answered_once(world, case, await world.waited(case), by="dana")
        return "dana"
    lost_to(dana, "ada", {"not_held"})
    await _given(world, case, "amara")
    return "supervisor"


async def claim_and_reassign(world: World, number: int) -> str:
    """Somebody claims what the supervisor gives to another."""
    case = await world.case()
    ben, given = await world.shaken(
        world.press("ben", "claim", case, 1), world.reassign("ada", case, 1, "amara")
    )
    _one_of(acked(ben), given, f"{ben}")
    if acked(ben):
        _told(given, "ben")
        require((await world.kept(case))["held"] == "ben", "somebody else holds it")
        await _end(world, case)
        return "ben"
    lost_to(ben, "amara", {"offered"})
    await _given(world, case, "amara")
    return "supervisor"


async def next_and_reassign(world: World, number: int) -> str:
    """Take next, while the supervisor gives the only case that waits to another."""
    case = await world.case()
    taken, given = await world.shaken(world.next("dana"), world.reassign("ada", case, 1, "amara"))
    took = taken.get("escalation") == case
    _one_of(took, given, f"{taken}")
    if took:
        _told(given, "dana")
        require((await world.kept(case))["held"] == "dana", "somebody else holds it")
        await _end(world, case)
        return "dana"
    require(taken.get("escalation") is None, f"{taken}")
    await _given(world, case, "amara")
    return "supervisor"


async def accept_and_reassign(world: World, number: int) -> str:
    """The offer is accepted while the supervisor takes it back."""
    case = await world.case()
    offered = await world.reassign("ada", case, 1, "amara")
    require(_is_given(offered), f"{offered.status_code}")
    version = (await world.kept(case))["version"]
    amara, given = await world.shaken(
        world.press("amara", "accept", case, version), world.reassign("eve", case, version)
    )
    _one_of(acked(amara), given, f"{amara}")
    if acked(amara):
        _told(given, "amara")
        require((await world.kept(case))["held"] == "amara", "somebody else holds it")
        await _end(world, case)
        return "amara"
    # Without the offer the case is none of hers, and who did what to it is not told.
    if amara["code"] != "not_found":
        lost_to(amara, "eve", {"offer_over"})
    await _given(world, case, "")
    return "supervisor"


async def release_and_reassign(world: World, number: int) -> str:
    """The holder gives it back while the supervisor gives it to another."""
    case = await world.case()
    held = await world.press("dana", "claim", case, 1)
    version = held["version"]
    dana, given = await world.shaken(
        world.press("dana", "release", case, version),
        world.reassign("ada", case, version, "amara"),
    )
    _one_of(acked(dana), given, f"{dana}")
    if acked(dana):
        _told(given, "dana")
        require((await world.kept(case))["state"] == "waiting", "it does not wait")
        await _end(world, case)
        return "dana"
    lost_to(dana, "ada", {"not_held"})
    await _given(world, case, "amara")
    return "supervisor"


async def two_reassign(world: World, number: int) -> str:
    """Two supervisors give the same case, one to somebody and one back to the queue."""
    case = await world.case()
    held = await world.press("dana", "claim", case, 1)
    version = held["version"]
    ada, eve = await world.shaken(
        world.reassign("ada", case, version, "amara"), world.reassign("eve", case, version)
    )
    require(_is_given(ada) != _is_given(eve), f"{ada.status_code} and {eve.status_code}")
    winner, loser = ("ada", eve) if _is_given(ada) else ("eve", ada)
    _told(loser, winner)
    await _given(world, case, "amara" if winner == "ada" else "")
    return winner


def _is_given(answer: httpx.Response) -> bool:
    require(answer.status_code in {204, 409}, f"{answer.status_code} {answer.text[:300]}")
    return answer.status_code == 204


def _one_of(won: bool, given: httpx.Response, otherwise: str) -> None:
    """Exactly one of a person and the supervisor."""
    said = html.unescape(given.text)
    require(won != _is_given(given), f"{otherwise} and {given.status_code}: {_faster(said)}")


def _told(refused: httpx.Response, winner: str) -> None:
    said = _faster(html.unescape(refused.text))
    require(f"{winner} " in said, f"{winner} was faster, and the supervisor read: {said}")


def _faster(page: str) -> str:
    """What the dialog says, which begins with why not."""
    return " ".join(TAG.sub(" ", page).split())[:400]


async def _given(world: World, case: str, to: str) -> None:
    """It is offered to that person, or waits; then it is withdrawn."""
    kept = await world.kept(case)
    wanted = ("offered", to) if to else ("waiting", None)
    require((kept["state"], kept["offered"]) == wanted, f"given to {to or 'the queue'}: {kept}")
    await _end(world, case)


async def _end(world: World, case: str) -> None:
    """The agent withdraws it, so that nobody's hands stay full; that is its one answer."""
    answer = await world.agent("POST", f"{case}/cancel")
    require(answer.status_code == 200, answer.text)
    heard: Any = await world.waited(case)
    await answered_once(world, case, heard, by=None)


RACES = {
    "claim, claim": two_claim,
    "holder decides, supervisor reassigns": decide_and_reassign,
    "decide what is free, supervisor reassigns": decide_free_and_reassign,
    "claim, supervisor reassigns": claim_and_reassign,
    "take next, supervisor reassigns": next_and_reassign,
    "accept an offer, supervisor reassigns": accept_and_reassign,
    "release, supervisor reassigns": release_and_reassign,
    "two supervisors reassign": two_reassign,
}
