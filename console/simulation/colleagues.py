"""The simulated people of the demo world: present while their shift runs, they decide like people.

Each has a tab and a socket of their own and uses no other door than a person's: an offer is taken
after a look, a case is read for a while and then answered. They keep off what somebody else looks
at, and leave their place to whoever signs in under their name.
"""

import asyncio
import contextlib
import re
from collections.abc import Callable, Collection
from random import Random
from typing import Any

import httpx
import websockets
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session

from console import clock
from console.demo import people
from console.models import User
from console.simulation.signed_in_tab import NAME, NotSignedIn, SignedInTab
from routing.attendance import calendar

JSON = dict[str, Any]
LOOK_AROUND_S = 20
LOOK_S = 1.5
REFLECT_S = (3.0, 9.0)
# The median of how long a case is read before it is answered, and its spread.
READ_S, READ_SPREAD = 40.0, 0.5
# Who was given nothing for so long takes something from the list.
IDLE_S = (20.0, 60.0)
HEARTBEAT_S = 15
CASE = re.compile(
    r'id="row-(esc_\w+)"[^>]*?data-state="(?:waiting|second)"\s+data-level="(\d)"', re.DOTALL
)
ALERT = "4"
# On the list “for me” only one's own are held.
HELD = re.compile(r'id="row-(esc_\w+)"[^>]*?data-state="held"', re.DOTALL)
OFFERED = re.compile(r"esc_\w+")
COMMAND = re.compile(r'<form class="command"[^>]*?data-command="(\w+)"', re.DOTALL)
REASON = re.compile(r'name="reason_code" value="([^"]+)"')
OPTION = re.compile(r'name="option_id" value="([^"]+)"')
VERSION = re.compile(r'id="briefing"[^>]*?data-version="(\d+)"', re.DOTALL)
ANSWERS = (
    "Please ask the customer for a photo first.",
    "Check the order once more; the amount does not match what was paid.",
    "Offer an exchange before anything else, and tell them how long it takes.",
)
# Whoever is not let in or loses the connection comes back a little later.
LOST = (OSError, httpx.HTTPError, websockets.WebSocketException, TimeoutError)


async def work(url: str, rng: Random, tell: Callable[[str], None], *, haste: float = 1.0) -> None:
    """Everybody whose shift runs, until cancelled; `haste` times as fast as people are."""
    async with asyncio.TaskGroup() as group:
        for name in people.SIMULATED:
            own = Random(rng.random())  # noqa: S311
            group.create_task(SimulatedPerson(url, name, own, tell, haste).work())


class SimulatedPerson:
    """One of them."""

    def __init__(
        self, url: str, name: str, rng: Random, tell: Callable[[str], None], haste: float
    ) -> None:
        self._url, self._name, self._rng, self._tell = url, name, rng, tell
        self._haste = haste
        self._tab: SignedInTab | None = None
        self._offers: asyncio.Queue[str] = asyncio.Queue()
        self._looking: dict[str, Collection[str]] = {}
        self._in_hand: set[asyncio.Task[None]] = set()

    async def work(self) -> None:
        """Sits down whenever it is their time and nobody else has their place."""
        await self._pass(self._rng.uniform(0, 5))
        while True:
            if await _is_theirs(self._name):
                with contextlib.suppress(*LOST):
                    await self._sit()
            await self._pass(LOOK_AROUND_S)

    async def _sit(self) -> None:
        try:
            async with SignedInTab(self._url, self._name, people.PASSWORD, self._hear) as tab:
                self._tab, self._offers = tab, asyncio.Queue()
                await tab.post("/presence/", {"state": "present"})
                tasks = [
                    asyncio.create_task(part)
                    for part in (tab.live(), self._take(), self._until_over())
                ]
                try:
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in [*tasks, *self._in_hand]:
                        task.cancel()
                    await asyncio.gather(*tasks, *self._in_hand, return_exceptions=True)
        except NotSignedIn:
            self._tell(f"{self._name} has another password now and is left alone.")
            await asyncio.Event().wait()

    async def _until_over(self) -> None:
        while await _is_theirs(self._name):
            await self._pass(LOOK_AROUND_S)

    async def _pass(self, time_s: float) -> None:
        await asyncio.sleep(time_s / self._haste)

    def _hear(self, frame: JSON) -> None:
        if frame["type"] == "notice" and frame.get("kind") == "offer":
            self._offers.put_nowait(frame.get("escalation", ""))
        elif frame["type"] == "changed" and "viewers" in frame:
            self._looking[frame["escalation"]] = {one["id"] for one in frame["viewers"]}

    async def _take(self) -> None:
        """What they held when they left; what is offered; after a while without anything, what
        waits in the list."""
        assert self._tab
        for case in set(HELD.findall(await self._tab.page("/"))):
            self._begin(self._have(case, {"type": "ack"}))
        for case in await self._offered():
            self._begin(self._accept(case))
        while True:
            try:
                idle_s = self._rng.uniform(*IDLE_S) / self._haste
                await asyncio.wait_for(self._offers.get(), idle_s)
            except TimeoutError:
                await self._help_oneself()
            else:
                for case in await self._offered():
                    self._begin(self._accept(case))

    async def _offered(self) -> set[str]:
        assert self._tab
        return set(OFFERED.findall(await self._tab.page("/offers/")))

    def _begin(self, doing: Any) -> None:
        task = asyncio.create_task(doing)
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)

    async def _accept(self, case: str) -> None:
        assert self._tab
        await self._pass(self._rng.uniform(*REFLECT_S))
        if await self._is_looked_at(case):
            # Not as one who has too much at once: to them nothing more would be offered.
            await self._tab.ask("decline", case, reason_code="other")
        else:
            await self._have(case, await self._tab.ask("accept", case))

    async def _help_oneself(self) -> None:
        """The first of the list that nobody looks at: level 4 before all else, and beside what they
        have in hand."""
        assert self._tab
        listed = CASE.findall(await self._tab.page("/"))
        others = [] if self._in_hand else [case for case, level in listed if level != ALERT]
        for case in [*(case for case, level in listed if level == ALERT), *others[:3]]:
            if not await self._is_looked_at(case):
                answer = await self._tab.ask("claim", case)
                if answer["type"] == "ack":
                    self._begin(self._have(case, answer))
                    break

    async def _is_looked_at(self, case: str) -> bool:
        """Whether somebody who is not simulated has it open."""
        assert self._tab
        await self._tab.ask("watch", case)
        await asyncio.sleep(LOOK_S)
        found = set(self._looking.pop(case, ())) - set(people.SIMULATED)
        if found:
            await self._tab.ask("unwatch", case)
        return bool(found)

    async def _have(self, case: str, answer: JSON) -> None:
        if answer["type"] != "ack":
            return
        keeping = asyncio.create_task(self._keep(case))
        try:
            await self._pass(self._rng.lognormvariate(0, READ_SPREAD) * READ_S)
            await self._answer(case)
        finally:
            keeping.cancel()

    async def _keep(self, case: str) -> None:
        assert self._tab
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self._tab.ask("heartbeat", case, active=True)

    async def _answer(self, case: str) -> None:
        """By what the page of the case offers; what it takes nothing for is given back."""
        assert self._tab
        page = await self._tab.page(f"/escalations/{case}/")
        version = VERSION.search(page)
        number = int(version[1]) if version else 0
        command, arguments = self._choice(page)
        # Whoever came to look while it was read may have it.
        if await self._is_looked_at(case):
            command, arguments = "release", {}
        answer = await self._tab.ask(command, case, number, how="click", **arguments)
        if answer["type"] == "refused" and command != "release":
            await self._tab.ask("release", case, number)
        await self._tab.ask("unwatch", case)

    def _choice(self, page: str) -> tuple[str, JSON]:
        offered, draw = set(COMMAND.findall(page)), self._rng.random()
        reasons, options = REASON.findall(page), OPTION.findall(page)
        if "reject" in offered and reasons and draw < 0.12:
            return "reject", {"reason_code": self._rng.choice(reasons)}
        elif "respond" in offered and draw < 0.17:
            return "respond", {"message": self._rng.choice(ANSWERS)}
        elif "approve" in offered:
            return "approve", {}
        elif "choose" in offered and options:
            return "choose", {"option_id": options[0]}
        elif "respond" in offered:
            return "respond", {"message": self._rng.choice(ANSWERS)}
        else:
            return "release", {}


@sync_to_async
def _is_theirs(name: str) -> bool:
    """Whether their shift runs, and nobody is signed in under their name."""
    now = clock.now()
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None or not calendar.on_duty([user.pk], now)[user.pk].on:
        return False
    visits = UserSession.objects.filter(user=user).exclude(user_agent=NAME)
    keys = visits.values_list("session_key", flat=True)
    return not Session.objects.filter(session_key__in=keys, expire_date__gt=now).exists()
