"""Races for the answer: whoever is first, the agent gets one, and the other is told."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bench.races.judging import acked, answered_once, lost_to, require
from bench.races.world import UNDOABLE, World, until
from bench.world import package

LAST_MS = 60
EXPIRES_S = 1.5


async def two_decide(world: World, number: int) -> str:
    """Two people decide the same version."""
    case = await world.case()
    waiting = world.waited(case)
    dana, ben, heard = await world.shaken(
        world.press("dana", "approve", case, 1),
        world.press("ben", "reject", case, 1, reason_code="other", fields={"reason_code": "other"}),
        waiting,
    )
    require(acked(dana) != acked(ben), f"{dana} and {ben}")
    winner, loser = ("dana", ben) if acked(dana) else ("ben", dana)
    lost_to(loser, winner, {"closed"})
    await answered_once(world, case, heard, by=winner)
    return winner


async def undo_and_hand_out(world: World, number: int) -> str:
    """Taken back in the last 60 ms, while the agent waits and somebody else decides as well."""
    case = await world.case(task_type=UNDOABLE)
    first = await world.press("dana", "approve", case, 1)
    require(acked(first), f"{first}")

    async def undo() -> Any:
        ahead_s = world.chance.uniform(0, LAST_MS / 1000)
        await asyncio.sleep(until(first["effective_at"], ahead_s))
        return await world.press("dana", "undo", case, first["version"])

    async def decide() -> Any:
        await asyncio.sleep(
            until(first["effective_at"], world.chance.uniform(-0.02, LAST_MS / 1000))
        )
        return await world.press("ben", "reject", case, first["version"] + 1, reason_code="other",
                                 fields={"reason_code": "other"})  # fmt: skip

    heard, undone, other = await world.shaken(world.waited(case, 3), undo(), decide())
    if not acked(undone):
        lost_to(undone, None, {"too_late", "closed", "stale"})
        require(not acked(other), f"{other} after {undone}")
        await answered_once(world, case, heard, by="dana", sequence=1)
        return "handed out"
    if not acked(other):
        lost_to(other, "dana", {"closed", "stale", "held"})
        require(heard is None, f"Taken back, and the agent had got {heard}.")
        again = await world.press("dana", "approve", case, undone["version"])
        require(acked(again), f"{again}")
    heard = heard or await world.waited(case)
    await answered_once(world, case, heard, by="ben" if acked(other) else "dana", sequence=2)
    return "taken back"


async def decide_and_cancel(world: World, number: int) -> str:
    """A person answers while the agent cancels."""
    case = await world.case()
    dana, cancelled = await world.shaken(
        world.press("dana", "approve", case, 1), world.agent("POST", f"{case}/cancel")
    )
    is_cancelled = cancelled.status_code == 200
    require(acked(dana) != is_cancelled, f"{dana} and {cancelled.status_code} {cancelled.text}")
    if is_cancelled:
        lost_to(dana, None, {"closed", "stale"})
    else:
        _agent_lost_to(cancelled, "dana")
    await answered_once(world, case, await world.waited(case), by=None if is_cancelled else "dana")
    return "agent" if is_cancelled else "dana"


async def decide_and_revise(world: World, number: int) -> str:
    """A person answers while the agent sends the package anew."""
    case = await world.case()
    newer = {**package.document(), "summary": f"Refund {number} EUR?"}
    del newer["idempotency_key"]
    dana, revised = await world.shaken(
        world.press("dana", "approve", case, 1), world.agent("POST", f"{case}/revision", newer)
    )
    is_revised = revised.status_code == 200
    require(acked(dana) != is_revised, f"{dana} and {revised.status_code} {revised.text}")
    if is_revised:
        lost_to(dana, None, {"stale"})
        again = await world.press("dana", "approve", case, revised.json()["version"])
        require(acked(again), f"{again}")
    else:
        _agent_lost_to(revised, "dana")
    await answered_once(world, case, await world.waited(case), by="dana")
    return "agent" if is_revised else "dana"


async def decide_and_expire(world: World, number: int) -> str:
    """A person answers at the moment when the case ends."""
    ends = datetime.now(UTC) + timedelta(seconds=EXPIRES_S)
    deadlines = {"expires_at": ends.isoformat().replace("+00:00", "Z"), "on_timeout": "reject"}
    case = await world.case(deadlines=deadlines)

    async def decide() -> Any:
        await asyncio.sleep(until(ends, world.chance.uniform(-0.03, 0.06)))
        return await world.press("dana", "approve", case, 1)

    heard, dana = await world.shaken(world.waited(case), decide())
    if not acked(dana):
        lost_to(dana, None, {"closed", "expired", "stale"})
    await answered_once(world, case, heard, by="dana" if acked(dana) else None)
    return "dana" if acked(dana) else "expiry"


async def decide_and_snooze(world: World, number: int) -> str:
    """One answers what another puts off."""
    case = await world.case()
    snoozing = {"minutes": 5, "fields": {"minutes": "5"}}
    dana, ben = await world.shaken(
        world.press("dana", "approve", case, 1), world.press("ben", "snooze", case, 1, **snoozing)
    )
    require(acked(dana) != acked(ben), f"{dana} and {ben}")
    if acked(ben):
        lost_to(dana, "ben", {"not_held", "snoozed"})
        await world.agent("POST", f"{case}/cancel")
    else:
        lost_to(ben, "dana", {"closed"})
    await answered_once(world, case, await world.waited(case), by="dana" if acked(dana) else None)
    return "dana" if acked(dana) else "ben"


def _agent_lost_to(answer: httpx.Response, winner: str) -> None:
    by = answer.json().get("by") or {}
    require(answer.status_code == 409 and by.get("id") == winner, answer.text)


RACES = {
    "two decide": two_decide,
    "undo in the last 60 ms, hand out, decide": undo_and_hand_out,
    "decide, agent cancels": decide_and_cancel,
    "decide, agent revises": decide_and_revise,
    "decide, case expires": decide_and_expire,
    "decide, snooze": decide_and_snooze,
}
