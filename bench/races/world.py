"""Who races and over what: people at both web processes, an agent, a new case for each round."""

import asyncio
import json
import random
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from bench.world import package
from bench.world.pressing import Answer, Hands

UNDO_S = 1
UNDOABLE = "refund/undoable"
SKILLS = {"refunds": 1}
POLICY = {
    "schema": "handoff.policy/1",
    "defaults": {"level": 2, "undo_s": 0},
    "task_types": {
        "refund": {"level": 2, "undo_s": 0, "skills": SKILLS},
        UNDOABLE: {"level": 2, "undo_s": UNDO_S, "skills": SKILLS},
    },
}
# Who decides is not at work, so that nothing is offered to them; amara is at work and lacks the
# skill, so that only the supervisors give her anything.
PEOPLE = {"dana": "reviewer", "ben": "reviewer", "amara": "reviewer",
          "ada": "supervisor", "eve": "supervisor"}  # fmt: skip
BEAT_S = 10


class World:
    """Needs Django set up on the servers' database, for what is made and looked at."""

    def __init__(
        self, ports: list[int], seed: int, people: Mapping[str, str] | None = None
    ) -> None:
        self.ports, self.chance, self._roles = ports, random.Random(seed), people or PEOPLE
        self.origin = f"http://127.0.0.1:{ports[0]}"
        self.http = httpx.AsyncClient(timeout=30)
        self._number = 0
        self._open: list[str] = []

    async def prepare(self) -> None:
        """The policy, the people with their sessions, the agent with its key."""
        sessions, self._token, self._key = await asyncio.to_thread(_prepare, self._roles)
        self.people = {
            name: Hands(name, session, self.origin, self.ports[number % len(self.ports)])
            for number, (name, session) in enumerate(sessions.items())
        }

    async def beat(self) -> None:
        """amara stays at work."""
        while True:
            await asyncio.to_thread(_beat, "amara")
            await asyncio.sleep(BEAT_S)

    async def case(self, **more: Any) -> str:
        """The id of a new waiting case; `more` replaces keys of its package."""
        self._number += 1
        document = {**package.document(), "idempotency_key": f"race-{self._number:08}", **more}
        made = await asyncio.to_thread(_accept, self._key, json.dumps(document).encode())
        self._open.append(made)
        return made

    async def withdraw(self) -> None:
        """What is still open of this round, so that it is in nobody's way in the next."""
        while self._open:
            await self.agent("POST", f"{self._open.pop()}/cancel")

    async def press(self, name: str, verb: str, case: str, version: int, **more: Any) -> Answer:
        """A command, now over the socket and now as a form."""
        frame = {
            "type": "command",
            "command": verb,
            "id": str(uuid.uuid4()),
            "escalation": case,
            "version": version,
            **more,
        }
        by_form = self.chance.random() < 0.5
        return await self.people[name].press(frame, http=self.http if by_form else None)

    async def reassign(self, name: str, case: str, version: int, to: str = "") -> httpx.Response:
        """A supervisor's form: 204 when it was given, 409 with the dialog that says why not."""
        data = {"case": f"{case}:{version}", "to": to, "reason": "Race", "although": to}
        answer = await self.people[name].post(
            self.http, "/floor/reassign/", data, {"HX-Request": "true", "Accept": "text/html"}
        )
        assert answer is not None, "Nobody answered."
        return answer

    async def next(self, name: str) -> Answer:
        """Take next: the id of a case or null."""
        answer = await self.people[name].post(self.http, "/next/", {})
        assert answer is not None, "Nobody answered."
        found: Answer = answer.json()
        return found

    async def agent(self, method: str, path: str, document: Any = None) -> httpx.Response:
        """A call of the agent, at the last of the web processes; without a path to all cases."""
        url = f"http://127.0.0.1:{self.ports[-1]}/api/v1/escalations/{path}".rstrip("/")
        headers = {"Authorization": f"Bearer {self._token}"}
        return await self.http.request(method, url, json=document, headers=headers, timeout=70)

    async def waited(self, case: str, wait_s: int = 30) -> Answer | None:
        """The final answer that the agent gets, None if there is none within that time."""
        answer = await self.agent("GET", f"{case}/decision?wait={wait_s}")
        found: Answer | None = answer.json() if answer.status_code == 200 else None
        return found

    async def shaken(self, *acts: Any, within_s: float = 0.004) -> list[Any]:
        """What became of all, begun at nearly the same moment, in any order."""

        async def later(act: Any) -> Any:
            await asyncio.sleep(self.chance.uniform(0, within_s))
            return await act

        return list(await asyncio.gather(*map(later, acts)))

    async def kept(self, case: str) -> dict[str, Any]:
        """What the database says of it."""
        return await asyncio.to_thread(_kept, case)

    async def close(self) -> None:
        for hands in self.people.values():
            await hands.close()
        await self.http.aclose()


def until(moment: str | datetime, ahead_s: float) -> float:
    """Seconds from now to that long before the moment."""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return max(0.0, (at - datetime.now(at.tzinfo) - timedelta(seconds=ahead_s)).total_seconds())


def verified() -> list[str]:
    """What `audit verify` finds."""
    from escalations.record import audit

    return [str(finding) for finding in audit.verify().findings]


def _prepare(people: Mapping[str, str]) -> tuple[dict[str, str], str, Any]:
    from bench.world.people import session_of
    from console import clock
    from escalations.agents import keys, registry
    from escalations.policy import versions
    from escalations.policy.document import PolicyDocument
    from escalations.record.lines import BATON

    now = clock.now()
    in_force = versions.current().number
    versions.publish(PolicyDocument.model_validate(POLICY), by=BATON, now=now, expected=in_force)
    key, token = keys.create(registry.create("mira", now=now), by=BATON, now=now)
    sessions = {
        name: session_of(name, role=role, skills={} if name == "amara" else SKILLS)
        for name, role in people.items()
    }
    if "amara" in people:
        _beat("amara")
    return sessions, token, key


def _beat(name: str) -> None:
    from console import clock
    from console.models import User
    from routing.attendance import presence

    presence.beat({User.objects.get(username=name).pk: True}, clock.now())


def _accept(key: Any, body: bytes) -> str:
    from console import clock
    from escalations import intake

    return str(intake.accept(key, body, now=clock.now()).escalation.id)


def _kept(case: str) -> dict[str, Any]:
    from escalations.models import Escalation

    one = Escalation.objects.select_related("held_by", "offered_to", "decided_by").get(id=case)
    decisions = list(one.decisions.order_by("sequence"))
    standing = [decision for decision in decisions if decision.undone_at is None]
    people = {"held": one.held_by, "offered": one.offered_to, "decided": one.decided_by}
    return {
        "state": str(one.state),
        "version": one.version,
        "outcome": one.outcome,
        "sequences": [decision.sequence for decision in decisions],
        "standing": [decision.document for decision in standing],
        "told": list(one.events.order_by("position").values_list("kind", flat=True)),
        **{name: person.username if person else None for name, person in people.items()},
    }
