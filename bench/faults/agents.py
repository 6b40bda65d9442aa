"""The agents' side of a round: cases are posted, and each is waited for until its answer."""

import asyncio
import json
import random
from typing import Any

import httpx

from bench.world import package
from bench.world.pressing import AGAIN_AFTER_S

WAIT_S = 20
# Too many at once, or a server that did not come to read what had arrived.
AGAIN = frozenset({408, 429})


class Agents:
    """Agents that repeat every post until it is answered and ask until there is a final answer."""

    def __init__(self, ports: list[int], token: str) -> None:
        self._ports = ports
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            timeout=WAIT_S + 20,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
        )
        self.repeated = 0

    async def post(self, seed: int) -> str:
        """The id of the case that is there now."""
        answer = await self._insist("POST", "/escalations", content=package.body(seed))
        assert answer.status_code in {200, 201}, answer.text
        return str(answer.json()["id"])

    async def wait(self, case: str) -> dict[str, Any]:
        """The final answer, as soon as there is one."""
        while True:
            answer = await self._insist("GET", f"/escalations/{case}/decision?wait={WAIT_S}")
            assert answer.status_code in {200, 202}, answer.text
            if answer.status_code == 200 and answer.json()["final"]:
                found: dict[str, Any] = answer.json()
                return found

    async def call(
        self, method: str, path: str, sent: Any = None, wanted: set[int] | None = None
    ) -> httpx.Response:
        """The answer to any call, repeated until there is one; of these kinds, if any are named."""
        answer = await self._insist(
            method, path, b"" if sent is None else json.dumps(sent).encode()
        )
        assert wanted is None or answer.status_code in wanted, answer.text
        return answer

    async def close(self) -> None:
        await self._client.aclose()

    async def _insist(self, method: str, path: str, content: bytes = b"") -> httpx.Response:
        while True:
            url = f"http://127.0.0.1:{random.choice(self._ports)}/api/v1{path}"
            try:
                answer = await self._client.request(method, url, content=content)
                if answer.status_code < 500 and not _comes_later(answer):
                    return answer
            except httpx.TransportError:
                pass  # A killed process answers nothing; the same is sent again.
            self.repeated += 1
            await asyncio.sleep(random.uniform(*AGAIN_AFTER_S))


def _comes_later(answer: httpx.Response) -> bool:
    # A conflict that passes says when: the first of two equal calls is being answered.
    passes = answer.status_code == 409 and "Retry-After" in answer.headers
    return passes or answer.status_code in AGAIN


def webhooks(received: list[Any]) -> list[list[Any]]:
    """Of each webhook its id, the case, the id of the decision and its sequence."""
    found = []
    for one in received:
        event = json.loads(one.body)
        data = event["data"]
        found.append([one.headers["webhook-id"], event["subject"], data["id"], data["sequence"]])
    return found
