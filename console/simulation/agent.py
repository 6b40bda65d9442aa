"""The simulated agent: posts packages, waits for every decision at once, reports what it did."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import ValidationError

from escalations.schemas.decision import Decision

JSON = dict[str, Any]
WAIT_S = 50
TIMEOUT = httpx.Timeout(10, read=WAIT_S + 20)
PAUSE_S, PAUSE_MAX_S = 0.5, 10.0
TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
THINKS_S = 3.0
# What the customer says to a person, one line for each of theirs.
CUSTOMER = (
    "Finally somebody. I have explained this three times already.",
    "OK. By when will it be done?",
    "Good. And whom do I call if it is not?",
    "Thank you, that helps.",
)
ANSWER = "I have looked again: everything that I know about it is in the case by now."


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, for people and for scripts."""

    event: str
    case: str
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Summary:
    """What came of it all."""

    posted: int = 0
    refused: int = 0
    invalid: int = 0
    decided: Counter[str] = field(default_factory=Counter)
    took_s: float = 0.0

    @property
    def answered(self) -> int:
        return sum(self.decided.values())

    def document(self) -> JSON:
        """As JSON."""
        return {
            "posted": self.posted,
            "answered": self.answered,
            "waiting": self.posted - self.refused - self.answered - self.invalid,
            "refused": self.refused,
            "invalid": self.invalid,
            "outcomes": dict(self.decided),
            "took_s": round(self.took_s, 1),
        }


class Simulation:
    """Runs until all packages are answered, or `stop` is called."""

    def __init__(
        self,
        url: str,
        keys: Mapping[str, str],
        *,
        rate_per_minute: float | None,
        at_once: int,
        tell: Callable[[Happening], None],
    ) -> None:
        self.summary = Summary()
        self._url = f"{url}/api/v1"
        self._keys = keys
        self._pause_s = 60 / rate_per_minute if rate_per_minute else 0.0
        self._open = asyncio.Semaphore(at_once)
        self._tell = tell
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Post no more and wait for nothing further."""
        self._stopped.set()

    async def run(self, packages: Iterator[tuple[str, JSON]], count: int | None) -> Summary:
        """Post up to `count` packages (None: all) and wait for every answer."""
        started = time.monotonic()
        # Each package that waits for its decision holds a connection.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
        async with httpx.AsyncClient(timeout=TIMEOUT, limits=limits, trust_env=False) as client:
            working = asyncio.create_task(self._all(client, packages, count))
            stopping = asyncio.create_task(self._stopped.wait())
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if working.done():
                working.result()
            else:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
        self.summary.took_s = time.monotonic() - started
        return self.summary

    async def _all(
        self, client: httpx.AsyncClient, packages: Iterator[tuple[str, JSON]], count: int | None
    ) -> None:
        async with asyncio.TaskGroup() as group:
            while count is None or self.summary.posted < count:
                await self._open.acquire()
                agent, package = next(packages, ("", None))
                if package is None:
                    break
                self.summary.posted += 1
                group.create_task(self._one(client, agent, package))
                await asyncio.sleep(self._pause_s)

    async def _one(self, client: httpx.AsyncClient, agent: str, package: JSON) -> None:
        headers = {"Authorization": f"Bearer {self._keys.get(agent) or self._keys['']}"}
        try:
            await self._escalate(client, headers, package)
        finally:
            self._open.release()

    async def _escalate(
        self, client: httpx.AsyncClient, headers: dict[str, str], package: JSON
    ) -> None:
        key = package.get("idempotency_key") or f"simulate-{uuid.uuid4().hex}"
        # The same key for each try: what was lost may have been the answer only.
        sent = {**headers, "Idempotency-Key": key}
        response = await self._call(client, "POST", "/escalations", headers=sent, json=package)
        if response.status_code not in {200, 201}:
            self.summary.refused += 1
            problem = response.json()
            sentence = f"refused with {response.status_code}: {problem.get('detail')}"
            self._tell(Happening("refused", package.get("task_type", ""), sentence, problem))
            return
        case = response.json()
        name = f"BTN-{case['number']}"
        sentence = f"{case['task_type']}, level {case['level']}: {case['disposition']}"
        self._tell(
            Happening("escalated", name, sentence, {"id": case["id"], "level": case["level"]})
        )
        since = time.monotonic()
        decision = await self._decision(client, headers, case["id"])
        await self._carry_out(client, headers, name, decision, waited_s=time.monotonic() - since)

    async def _decision(
        self, client: httpx.AsyncClient, headers: dict[str, str], case: str
    ) -> JSON:
        """The last one: while a person has the conversation the customer speaks with them, and what
        the agent is asked it answers."""
        path, after = f"/escalations/{case}/decision", 0
        talking: asyncio.Task[None] | None = None
        try:
            while True:
                wanted = {"wait": WAIT_S, "after": after}
                response = await self._call(client, "GET", path, headers=headers, params=wanted)
                if response.status_code == 200:
                    decision: JSON = response.json()
                    if decision["final"]:
                        return decision
                    after = decision["sequence"]
                    talking = asyncio.create_task(self._talk(client, headers, case))
                elif response.status_code != 202:
                    await asyncio.sleep(PAUSE_MAX_S)
                elif response.json()["state"] == "snoozed":
                    await self._answer(client, headers, case)
        finally:
            if talking is not None:
                talking.cancel()

    async def _talk(self, client: httpx.AsyncClient, headers: dict[str, str], case: str) -> None:
        """The customer answers whoever speaks with them, until it is handed back."""
        path, after, lines = f"/escalations/{case}/messages", 0, list(CUSTOMER)
        while lines:
            wanted = {"wait": WAIT_S, "after": after}
            response = await self._call(client, "GET", path, headers=headers, params=wanted)
            told = response.json()
            if response.status_code == 200 and told["agent_may_speak"]:
                return
            spoken = [one for one in told.get("items", ()) if one["role"] != "customer"]
            after = max([after, *(one["number"] for one in told.get("items", ()))])
            if spoken and lines:
                await asyncio.sleep(THINKS_S)
                said = {"id": f"said-{len(lines)}", "text": lines.pop(0)}
                await self._call(client, "POST", path, headers=headers, json=said)

    async def _answer(self, client: httpx.AsyncClient, headers: dict[str, str], case: str) -> None:
        path = f"/escalations/{case}"
        asked = await self._call(client, "GET", f"{path}/question", headers=headers)
        if asked.status_code == 200:
            said = {"messages": [{"role": "agent", "text": ANSWER}]}
            await self._call(client, "POST", f"{path}/context", headers=headers, json=said)

    async def _carry_out(
        self,
        client: httpx.AsyncClient,
        headers: dict[str, str],
        name: str,
        decision: JSON,
        *,
        waited_s: float,
    ) -> None:
        outcome = decision.get("outcome")
        try:
            Decision.model_validate(decision)
        except ValidationError as error:
            self.summary.invalid += 1
            faults = error.errors(include_url=False, include_input=False, include_context=False)
            self._tell(Happening("invalid", name, f"The decision is not valid: {faults}", decision))
            return
        done = "executed" if decision["proceed"] else "refused"
        path = f"/escalations/{decision['escalation_id']}/outcome"
        await self._call(client, "POST", path, headers=headers, json={"outcome": done})
        self.summary.decided[str(outcome)] += 1
        by = (decision.get("reviewer") or {}).get("name") or "the policy"
        sentence = f"{outcome} by {by} after {waited_s:.1f} s; {done}"
        facts = {"id": decision["escalation_id"], "outcome": outcome, "reported": done}
        self._tell(Happening("decided", name, sentence, facts))

    async def _call(
        self, client: httpx.AsyncClient, method: str, path: str, **how: Any
    ) -> httpx.Response:
        """The answer, asked for again with growing pauses while the server cannot give one."""
        pause_s = PAUSE_S
        while True:
            try:
                response = await client.request(method, f"{self._url}{path}", **how)
            except httpx.TransportError:
                response = None
            if response is not None and response.status_code not in TRY_AGAIN:
                return response
            # It may be a date as well; then the pause is our own.
            stated = response.headers.get("Retry-After", "") if response is not None else ""
            await asyncio.sleep(float(stated) if stated.isdigit() else pause_s)
            pause_s = min(pause_s * 2, PAUSE_MAX_S)
