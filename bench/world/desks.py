"""People at their screens as a browser drives them: the list, Take next, a case, Approve."""

import asyncio
import contextlib
import itertools
import os
import subprocess
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence

import httpx

from bench.ground import Ground, Server, cpu_s, end
from bench.ground import web as web_process
from bench.processes import celery
from bench.world.pressing import Hands

WEBS = 2
_LIST = {"HX-Request": "true", "HX-Target": "div#queue"}
_BESIDE = {"HX-Request": "true", "HX-Target": "beside"}
_CASE = {"HX-Request": "true", "HX-Target": "div#briefing"}
_JSON = {"Accept": "application/json"}


class Reviewer:
    """Somebody signed in: a socket and a connection of their own. Raises AssertionError for an
    answer that is none."""

    def __init__(self, name: str, session: str, port: int) -> None:
        self.hands = Hands(name, session, f"http://127.0.0.1:{port}", port)
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            cookies={"sessionid": session},
            timeout=120,
            limits=httpx.Limits(max_connections=1),
        )

    async def inbox(self) -> int:
        """The page with all that it asks for; its bytes."""
        page = await self._get("/inbox/")
        stamp = page.text.partition('data-stamp="')[2].partition('"')[0]
        parts = [
            page,
            await self._get(f"/inbox/?tab=mine&had={stamp}", _LIST),
            await self._get("/beside/?families", _BESIDE),
        ]
        return sum(len(one.content) for one in parts)

    async def next(self) -> str:
        """Take next: the id of the case that is theirs now; empty where none is left."""
        answer = await self.hands.post(self._http, "/next/", {}, _JSON)
        assert answer is not None, self.hands.last
        assert answer.status_code == 200, answer.text[:300]
        return str(answer.json()["escalation"] or "")

    async def look(self, case: str) -> int:
        """The case as it is put in the place of another; the version that it shows."""
        page = await self._get(f"/escalations/{case}/", _CASE)
        version = page.text.partition('data-version="')[2].partition('"')[0]
        assert version, page.text[:300]
        return int(version)

    async def approve(self, case: str, version: int) -> bool:
        """Whether it counted."""
        frame = {
            "type": "command",
            "command": "approve",
            "id": str(uuid.uuid4()),
            "escalation": case,
            "version": version,
            "how": "key",
        }
        answer = await self.hands.press(frame)
        return bool(answer["type"] == "ack")

    async def close(self) -> None:
        await self._http.aclose()
        await self.hands.close()

    async def _get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        answer = await self._http.get(path, headers=headers)
        assert answer.status_code in {200, 204}, (path, answer.status_code, answer.text[:300])
        return answer


class Desk:
    """Baton as docs/operating.md starts it: two web processes, a worker and a beat."""

    def __init__(self, ground: Ground, webs: Sequence[Server], others: Sequence[int]) -> None:
        self.ground = ground
        self.ports = [web.port for web in webs]
        self.ids = [*(web.process.pid for web in webs), *others]

    @property
    def cpu_s(self) -> float:
        """Processor time of all of them so far."""
        return sum(map(cpu_s, self.ids))

    @contextlib.asynccontextmanager
    async def at_work(self, sessions: Sequence[str]) -> AsyncIterator[list[Reviewer]]:
        """Everybody with a live page, one web process after the other."""
        people = [
            Reviewer(f"person{number}", session, port)
            for number, (session, port) in enumerate(
                zip(sessions, itertools.cycle(self.ports), strict=False)
            )
        ]
        try:
            await asyncio.gather(*(one.hands.open() for one in people))
            yield people
        finally:
            await asyncio.gather(*(one.close() for one in people))


@contextlib.contextmanager
def desk() -> Iterator[Desk]:
    """A desk with an empty database; this process may use Django on it."""
    with Ground(connections_max=200) as ground, contextlib.ExitStack() as stack:
        ground.create("baton")
        environment = ground.environment("baton")
        os.environ.update(environment)
        import django

        django.setup()
        webs = [stack.enter_context(web_process(environment)) for _ in range(WEBS)]
        others: list[subprocess.Popen[bytes]] = []
        for part in ("worker", "beat"):
            others.append(celery(part)(environment, webs[0].port))
            stack.callback(end, others[-1])
        yield Desk(ground, webs, [one.pid for one in others])
