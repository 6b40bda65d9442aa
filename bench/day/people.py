"""Forty people at their screens: a socket each, beats, offers answered as people answer them."""

import asyncio
import contextlib
import json
import random
import re
import uuid
from collections import Counter
from typing import Any

import httpx
import websockets

BEAT_S = 15
OFFER_S = 10
DECLINES, MISSES = 0.04, 0.02
TOO_MUCH_S = (5, 15)  # So long whoever declined has enough to do; offers pause until they say so.
WORK_SPREAD = 0.5  # Of the log-normal handle time.
# Why an answer of theirs cannot count any more, whatever they would do about it.
GONE = {"closed", "held", "offered", "not_held", "not_yours", "snoozed"}
SLEEPS_EVERY_S, SLEEPS_S = 1_200, (65, 90)
BREAKS_EVERY_S, BREAKS_S = 600, (15, 40)
CASE = re.compile(r"esc_[0-9A-Za-z]+")
VERSION = re.compile(r'id="briefing"[^>]*? data-version="(\d+)"')
TOKEN = "t" * 32


class Desk:
    """Everybody at work until `close`."""

    def __init__(self, port: int, sessions: dict[str, str], work_s: float, seed: int) -> None:
        self._done = asyncio.Event()
        self._counts: Counter[str] = Counter()
        self._people = [
            Person(
                port,
                session,
                work_s=work_s,
                chance=random.Random(f"{seed} {name}"),
                done=self._done,
                counts=self._counts,
            )
            for name, session in sessions.items()
        ]

    async def work(self) -> None:
        """Until the desk closes."""
        await asyncio.gather(*(person.live() for person in self._people))

    def close(self) -> None:
        """Everybody goes home."""
        self._done.set()

    def counted(self) -> dict[str, int]:
        """What they did, by verb."""
        return dict(sorted(self._counts.items()))


class Person:
    """One person: takes what is offered, works on one case at a time, and is not always there."""

    def __init__(
        self,
        port: int,
        session: str,
        *,
        work_s: float,
        chance: random.Random,
        done: asyncio.Event,
        counts: "Counter[str]",
    ) -> None:
        self._address = f"127.0.0.1:{port}"
        self._work_s = work_s
        self._chance, self._done, self._counts = chance, done, counts
        self._cookies = {"sessionid": session, "csrftoken": TOKEN}
        self._http = httpx.AsyncClient(
            base_url=f"http://{self._address}",
            cookies=self._cookies,
            headers={"X-CSRFToken": TOKEN, "Origin": f"http://{self._address}"},
            timeout=10,
        )
        self._accepted: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._socket: Any = None
        self._awake = asyncio.Event()
        self._offered: set[str] = set()
        self._in_hand: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def live(self) -> None:
        """Until the day is over."""
        self._awake.set()
        parts = [self._connect(), self._beat(), self._work(), self._sleep(), self._rest()]
        tasks = [asyncio.create_task(part) for part in parts]
        await self._done.wait()
        for task in [*tasks, *self._tasks]:
            task.cancel()
        await asyncio.gather(*tasks, *self._tasks, return_exceptions=True)
        await self._http.aclose()

    async def _connect(self) -> None:
        """One socket after the other; each begins by asking for what is current."""
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookie, "Origin": f"http://{self._address}"}
        while True:
            await self._awake.wait()
            with contextlib.suppress(OSError, websockets.WebSocketException):
                async with websockets.connect(
                    f"ws://{self._address}/ws/", additional_headers=headers, compression=None
                ) as socket:
                    self._socket = socket
                    await self._here()
                    await self._look()
                    async for text in socket:
                        await self._awake.wait()
                        self._hear(json.loads(text))
            self._socket = None
            self._drop_answers()
            await asyncio.sleep(self._chance.uniform(0.2, 1))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            await self._awake.wait()
            await self._here()
            await self._look()

    async def _here(self) -> None:
        await self._send({"type": "here", "active": True})

    async def _look(self) -> None:
        """What stands open for me, as the page asks on every connect."""
        with contextlib.suppress(httpx.TransportError):
            page = await self._http.get("/offers/")
            for case in set(CASE.findall(page.text)):
                self._begin(case)

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame["type"] in {"ack", "refused"}:
            waiting = self._answers.pop(frame["id"], None)
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)
        elif frame["type"] == "notice" and frame.get("kind") == "offer":
            self._begin(frame["escalation"])

    def _begin(self, case: str) -> None:
        """A person looks at an offer once, however often they hear of it; the same notice comes
        when an offer is over, also because they accepted it."""
        if case not in self._offered | self._in_hand:
            self._offered.add(case)
            task = asyncio.create_task(self._answer(case))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, case: str) -> None:
        draw = self._chance.random()
        await asyncio.sleep(self._chance.uniform(0.1, 1.0))
        if draw < MISSES:
            self._counts["missed on purpose"] += 1
            await asyncio.sleep(OFFER_S + self._chance.uniform(2, 6))
            self._offered.discard(case)
            await self._presence("present")
        elif draw < MISSES + DECLINES:
            await self._ask("decline", case, 0, reason_code="busy")
            self._offered.discard(case)
            await asyncio.sleep(self._chance.uniform(*TOO_MUCH_S))
            await self._presence("present")
        else:
            done = await self._ask("accept", case, 0)
            if done["type"] == "ack":
                self._in_hand.add(case)
                self._accepted.put_nowait((case, done["version"]))
            self._offered.discard(case)
            if done.get("code") == "offer_over":
                await self._presence("present")  # Too late, so Baton took them for away.

    async def _work(self) -> None:
        while True:
            case, version = await self._accepted.get()
            await asyncio.sleep(self._chance.lognormvariate(0, WORK_SPREAD) * self._work_s)
            await self._awake.wait()
            done = await self._ask("approve", case, version, how="key", active_s=3)
            while done["type"] == "refused" and done["code"] not in GONE:
                await asyncio.sleep(self._chance.uniform(0.5, 1.5))
                again = await self._read(case)
                done = await self._ask("approve", case, again or version, how="key", active_s=3)
            self._in_hand.discard(case)

    async def _read(self, case: str) -> int:
        """The version of a case as its page shows it now; 0 where it does not come."""
        with contextlib.suppress(httpx.TransportError):
            page = await self._http.get(f"/escalations/{case}/")
            shown = VERSION.search(page.text)
            return int(shown[1]) if shown else 0
        return 0

    async def _sleep(self) -> None:
        """The lid is shut: nothing is sent or read, and the connection stays open on their side."""
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / SLEEPS_EVERY_S))
            self._counts["slept"] += 1
            self._awake.clear()
            await asyncio.sleep(self._chance.uniform(*SLEEPS_S))
            self._awake.set()
            if self._socket is not None:
                await self._socket.close()
            await self._presence("present")

    async def _rest(self) -> None:
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / BREAKS_EVERY_S))
            self._counts["breaks"] += 1
            await self._presence("away", reason="Lunch")
            await asyncio.sleep(self._chance.uniform(*BREAKS_S))
            await self._presence("present")

    async def _presence(self, state: str, **more: str) -> None:
        while True:
            await self._awake.wait()
            with contextlib.suppress(httpx.TransportError):
                answer = await self._http.post("/presence/", data={"state": state, **more})
                if answer.status_code < 500:
                    return
            # Somebody who is still shown as away presses again; nothing would ever come to them.
            await asyncio.sleep(1)

    async def _ask(self, command: str, case: str, version: int, **more: Any) -> dict[str, Any]:
        """One command, sent under the same id until it is answered."""
        frame = {
            "type": "command",
            "command": command,
            "id": str(uuid.uuid4()),
            "escalation": case,
            "version": version,
            **more,
        }
        while True:
            await self._awake.wait()
            answer = self._answers[frame["id"]] = asyncio.get_running_loop().create_future()
            if await self._send(frame):
                with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                    done: dict[str, Any] = await asyncio.wait_for(answer, 5)
                    word = (
                        command if done["type"] == "ack" else f"{command} refused: {done['code']}"
                    )
                    self._counts[word] += 1
                    return done
                if self._done.is_set():
                    raise asyncio.CancelledError
            self._counts["commands repeated"] += 1
            await asyncio.sleep(0.3)

    async def _send(self, frame: dict[str, Any]) -> bool:
        if self._socket is None:
            return False
        try:
            await self._socket.send(json.dumps(frame))
        except (OSError, websockets.WebSocketException):
            return False
        return True

    def _drop_answers(self) -> None:
        for waiting in self._answers.values():
            waiting.cancel()
        self._answers.clear()
