"""Agents that wait, one connection each, and ask again whenever their wait is over."""

import asyncio
import json
import time
from typing import Any

import httpx

from bench.world import package

WAIT_S = 50


class Waiting:
    """Keeps so many questions open; each answer is checked, and another case takes its place."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self._number = 0
        self._open: dict[str, asyncio.Task[None]] = {}
        self._client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/api/v1",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            timeout=60,
        )
        self.answers: dict[str, tuple[float, dict[str, Any]]] = {}
        self.errors: list[str] = []

    async def add(self) -> str:
        """One more case, and an agent that waits for its answer."""
        self._number += 1
        answer = await self._client.post("/escalations", content=package.body(self._number))
        case = str(answer.json()["id"])
        self._open[case] = asyncio.create_task(self._wait(case))
        return case

    @property
    def open(self) -> list[str]:
        """The cases that are waited for."""
        return [case for case, task in self._open.items() if not task.done()]

    async def close(self) -> None:
        for task in self._open.values():
            task.cancel()
        await asyncio.gather(*self._open.values(), return_exceptions=True)
        await self._client.aclose()

    async def _wait(self, case: str) -> None:
        while True:
            try:
                status, body = await self._ask(case)
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                status, body = 0, repr(error).encode()
            if status == 200:
                self.answers[case] = (time.monotonic(), json.loads(body))
                del self._open[case]
                return
            if status != 202:
                self.errors.append(f"{case}: {status} {body[:200]!r}")
                await asyncio.sleep(1)

    async def _ask(self, case: str) -> tuple[int, bytes]:
        """Over a connection of its own, by hand: a thousand of them cost a client of HTTP more."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(
                f"GET /api/v1/escalations/{case}/decision?wait={WAIT_S} HTTP/1.1\r\n"
                f"Host: 127.0.0.1:{self._port}\r\nAuthorization: Bearer {self._token}\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            return int(head.split(b" ")[1]), await reader.read()
        finally:
            writer.close()
