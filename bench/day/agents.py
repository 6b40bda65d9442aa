"""The agents' side: posts through the day, some cancelled, some that expire, each to its end."""

import asyncio
import json
import random
import time
from pathlib import Path
from typing import Any

import httpx

from bench.world import package

SAMPLES = Path(__file__).resolve().parents[3] / "shared/data/retail-packages.jsonl"
BUSY_HOURS = (0.6, 1.4, 1.7, 1.2, 0.5, 1.1, 1.3, 0.2)
CANCELLED, EXPIRING, REVISED = 0.02, 0.02, 0.03
EXPIRES_S = 45
BUSY = "urn:baton:problem:busy"
OPEN = {"waiting", "offered", "held", "live", "second", "snoozed"}


class Agents:
    """Posts so many cases within that time, busier at some hours than at others."""

    def __init__(self, port: int, token: str, cases: int, within_s: float, seed: int) -> None:
        self._chance = random.Random(seed)
        self._within_s, self._cases = within_s, cases
        self._samples = samples()
        self._client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/api/v1",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            timeout=10,
        )
        self.posted: dict[str, str] = {}
        self.waits: dict[str, int | None] = {}
        self.revised = self.repeated = 0
        self._all_posted = asyncio.Event()

    async def post(self) -> None:
        """Every post is repeated as it was until it is answered."""
        began = time.monotonic()
        try:
            async with asyncio.TaskGroup() as group:
                for number, at_s in enumerate(self._times()):
                    await asyncio.sleep(max(0.0, began + at_s - time.monotonic()))
                    group.create_task(self._one(number))
        finally:
            # Also where one of them failed: nobody waits for the others then.
            self._all_posted.set()

    async def until_all_ended(self, within_s: float) -> int:
        """How many cases have ended, once all have or the time is up."""
        until = time.monotonic() + within_s
        await asyncio.wait_for(self._all_posted.wait(), within_s)
        still = list(self.posted.values())
        while still and time.monotonic() < until:
            still = [one for one in still if await self._state(one) in OPEN]
            await asyncio.sleep(1)
        await self._client.aclose()
        return self._cases - len(still)

    async def _one(self, number: int) -> None:
        document = {**self._samples[number % len(self._samples)]}
        document["idempotency_key"] = key = f"day-{number:08}"
        if self._chance.random() < EXPIRING:
            expires_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + EXPIRES_S))
            document["deadlines"] = {"expires_at": expires_at, "on_timeout": "reject"}
        answer = await self._insist("/escalations", json.dumps(document).encode())
        self.posted[key] = answer["id"]
        if answer["state"] == "waiting":
            self.waits[answer["id"]] = answer["queue"]["estimated_wait_s"]
        if self._chance.random() < CANCELLED:
            await asyncio.sleep(self._chance.uniform(0, 20))
            await self._insist(f"/escalations/{answer['id']}/cancel", b"{}")
        elif self._chance.random() < REVISED:
            await self._revise(answer["id"], document)

    async def _revise(self, case: str, document: dict[str, Any]) -> None:
        """Known better a moment later: often while somebody holds it, sometimes too late."""
        await asyncio.sleep(self._chance.uniform(0, 10))
        kept = {name: value for name, value in document.items() if name != "idempotency_key"}
        again = {**kept, "summary": f"{document['summary'][:150]} (checked again)"}
        done = await self._insist(f"/escalations/{case}/revision", json.dumps(again).encode())
        self.revised += "id" in done

    async def _state(self, case: str) -> str:
        while True:
            try:
                answer = await self._client.get(f"/escalations/{case}")
            except httpx.TransportError:
                await asyncio.sleep(0.2)
                continue
            if answer.status_code < 500:
                return str(answer.json()["state"])

    async def _insist(self, path: str, body: bytes) -> dict[str, Any]:
        while True:
            try:
                answer = await self._client.post(path, content=body)
                found: dict[str, Any] = answer.json() if answer.status_code < 500 else {}
                # While the first call is in flight still, which nobody here waits for any more.
                again = answer.status_code == 429 or found.get("type") == BUSY
                if found and not again:
                    return found
            except httpx.TransportError:
                pass  # A killed process answers nothing; the same is sent again.
            self.repeated += 1
            await asyncio.sleep(0.2)

    def _times(self) -> list[float]:
        """When each case comes: evenly within each hour of the day, as busy as that hour is."""
        hour_s = self._within_s / len(BUSY_HOURS)
        hours = self._chance.choices(range(len(BUSY_HOURS)), BUSY_HOURS, k=self._cases)
        return sorted((hour + self._chance.random()) * hour_s for hour in hours)


def samples() -> list[dict[str, Any]]:
    """The real packages where they are at hand, otherwise the bench's own."""
    if SAMPLES.exists():
        return [json.loads(line) for line in SAMPLES.read_text().splitlines()]
    else:
        return [{**package.document(), "task_type": "retail/exchange"}]
