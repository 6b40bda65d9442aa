"""The open sockets of one server process and what they are told.

One subscription for the process, fanned out here to its sockets: a case that changed is read and
rendered once, and one frame goes to all who may see it by the same predicate as the queue query.
Whoever misses something asks for what is current on the next connect.
"""

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from typing import Any

import structlog
from django.conf import settings

from console import clock
from console.hints import hub
from console.serving import threads
from escalations import access, eligibility, identifiers
from escalations.access import Viewer
from escalations.live import updates
from escalations.live.beats import Beats
from escalations.live.frames import text
from escalations.live.updates import CaseUpdate
from escalations.live.watching import SeenCase, Watched

log = structlog.get_logger(__name__)

HELLO_S = 5
FLOOR_S = 2
SPEAKING = frozenset({"spoken", "typing"})
MOVING = frozenset({"escalation", "notice"})
BACKLOG_MAX = 200
SIGNED_OUT, RIGHTS_CHANGED, TOO_SLOW = 4401, 4403, 4408

Message = dict[str, Any]
Skills = dict[str, int]


class Seat:
    """One open socket. Frames go out in order; a screen that stops reading holds up nobody."""

    def __init__(
        self,
        send: Callable[[Message], Awaitable[None]],
        viewer: Viewer,
        session_key: str,
        lent: Iterable[str] = (),
    ) -> None:
        self._send = send
        self._backlog: deque[Message] = deque()
        self._flushing: asyncio.Task[None] | None = None
        self.viewer = viewer
        self.session_key = session_key
        self.watching: dict[str, str] = {}
        self._met: dict[int, bool] = {}
        self._lent = set(lent)

    def may_see(self, change: SeenCase) -> bool:
        """`eligibility.may_see` for one case; what skills say is remembered for each requirement,
        as all sockets of a process are asked at every change."""
        # Never out of date: requirements do not change, and whoever's rights change gets another
        # seat.
        met = self._met.get(change.requirement)
        if met is None:
            met = eligibility.sees_skills(self.viewer, change.case.skills)
            self._met[change.requirement] = met
        return met or eligibility.is_lent(self.viewer, change.case)

    def frame_for(self, change: CaseUpdate, left: Iterable[Skills] = ()) -> Message | None:
        """What this seat is told of the case; `gone` once of one that was theirs to see until now,
        because it was offered to them, asked for them or they held it without the skill, or because
        they have the skills that it left."""
        if self.may_see(change):
            if not self._met[change.requirement]:
                self._lent.add(change.id)
            return change.frame_for(self.viewer)
        elif change.id in self._lent or any(self.viewer.meets(skills) for skills in left):
            self._lent.discard(change.id)
            return change.gone
        else:
            return None

    def push(self, message: Message) -> None:
        """Send now if the line is free, as it nearly always is; otherwise queue, up to a limit."""
        if self._flushing is not None:
            self._backlog.append(message)
            # What is thrown away is lost to nobody: the screen connects again and asks for what is
            # current.
            if len(self._backlog) > BACKLOG_MAX:
                self._backlog.clear()
                self._backlog.append({"type": "websocket.close", "code": TOO_SLOW})
            return
        # The first step is taken here, in no task of its own: it nearly always is the whole of it,
        # and this runs for every open socket at every change.
        sending = self._send(message).__await__()
        try:
            waits_for = next(sending)
        except StopIteration:
            return
        except Exception as error:
            log.debug("push_failed", error=str(error))
            return
        self._flushing = asyncio.ensure_future(self._flush(sending, waits_for))

    async def _flush(self, sending: Generator[Any, Any, Any], waits_for: Any) -> None:
        try:
            await _resume(sending, waits_for)
            while self._backlog:
                await self._send(self._backlog.popleft())
        except Exception as error:
            log.debug("push_failed", error=str(error))
            self._backlog.clear()
        finally:
            self._flushing = None


class Desk:
    """Every seat of one event loop. Its two tasks run while anybody is seated."""

    def __init__(self) -> None:
        self.seats: set[Seat] = set()
        self.beats = Beats()
        self._tasks: list[asyncio.Task[None]] = []
        self._name = identifiers.new("desk")
        self._watched = Watched()
        self._floor_at, self._floor_due = 0.0, False

    async def join(self, seat: Seat) -> None:
        """Hears of every change from here on; the screen then asks for what is current."""
        # Seated before anything is waited for, and greeted after we listen: a change between the
        # screen's look at the lists and our first hint would else reach nobody.
        self.seats.add(seat)
        if not self._tasks:
            started = asyncio.Event()
            self._tasks = [
                asyncio.create_task(self._follow(started)),
                asyncio.create_task(self._greet()),
            ]
            await started.wait()
        seat.push(text(hello()))
        seen = {one.id: one for one in self._watched.cases().values() if seat.may_see(one)}
        if seen:
            who = {escalation: self._watched.viewers(escalation) for escalation in seen}
            seat.push(text({"type": "present", "cases": who}))

    def leave(self, seat: Seat) -> None:
        """The socket closed."""
        self.seats.discard(seat)
        if seat.watching:
            self._tell_watchers(list(seat.watching))
        if not self.seats:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def watch(self, seat: Seat, seen: SeenCase, state: str | None) -> None:
        """Who looks at what: looking, away, editing, typing; None ends it. A hint, never stored."""
        if state is None:
            seat.watching.pop(seen.id, None)
        else:
            seat.watching[seen.id] = state
            self._watched.know(seen)
        self._tell_watchers([seen.id])

    async def _follow(self, started: asyncio.Event) -> None:
        with hub.listen() as listener:
            started.set()
            async for first in listener:
                # All that came meanwhile at once: a burst costs one reading, and a case that moved
                # twice is read as it is now.
                messages = [first, *listener.drain()]
                if any(message["type"] == "resync" for message in messages):
                    self._broadcast({"type": "notice", "kind": "resync"})
                for message in messages:
                    if message["type"] == "watched":
                        self._note_watchers(message)
                    elif message["type"] == "notice":
                        self._notify(message)
                    elif message["type"] in SPEAKING:
                        self._tell_spoken(message)
                if any(message["type"] in MOVING for message in messages):
                    self._hint_floor()
                left = _left([m for m in messages if m["type"] == "escalation"])
                if left and self.seats:
                    await self._tell(left)

    async def _tell(self, left: Mapping[int, list[Skills]]) -> None:
        try:
            # One failed reading must not end the task: nobody of this process would hear anything
            # more.
            changed = await threads.run(updates.read, sorted(left))
        except Exception as error:
            log.warning("fan_out_failed", error=str(error))
            return
        for change in changed:
            self._spread(change, left[change.number])

    def _spread(self, change: CaseUpdate, left: list[Skills]) -> None:
        """Frames made once for all who may see the case, and for whoever saw it by the skills that
        it asks for no more; a signal for who watches it."""
        self._watched.know(change, anew=False)
        changed = text({"type": "changed", "escalation": change.id, "version": change.version})
        for seat in list(self.seats):
            frame = seat.frame_for(change, left)
            if frame is not None:
                seat.push(frame)
                if change.id in seat.watching:
                    seat.push(changed)

    def _notify(self, message: Message) -> None:
        """A notice to one person, on every screen of theirs."""
        frame = text({name: value for name, value in message.items() if name != "person"})
        for seat in list(self.seats):
            if seat.viewer.user_id == message.get("person"):
                seat.push(frame)

    def _tell_spoken(self, message: Message) -> None:
        """Whoever looks at the case reads what was said, or sees who types; its version stays."""
        frame = text(message)
        for seat in list(self.seats):
            if message["escalation"] in seat.watching:
                seat.push(frame)

    def _hint_floor(self) -> None:
        """Something moved: whoever sees all reads the floor again, at most every 2 s, and after
        the last move as well."""
        if not self._floor_due:
            loop, self._floor_due = asyncio.get_running_loop(), True
            loop.call_at(self._floor_at + FLOOR_S, self._tell_floor)

    def _tell_floor(self) -> None:
        self._floor_at, self._floor_due = asyncio.get_running_loop().time(), False
        frame = text({"type": "floor"})
        for seat in list(self.seats):
            if seat.viewer.sees_all:
                seat.push(frame)

    def _tell_watchers(self, escalations: Iterable[str]) -> None:
        """Who looks at a case is told to every process."""
        for escalation in escalations:
            viewers = [
                {**_person(seat.viewer), "state": seat.watching[escalation]}
                for seat in self.seats
                if escalation in seat.watching
            ]
            hub.publish(self._watched.message(escalation, self._name, viewers))

    def _note_watchers(self, message: Message) -> None:
        """Everybody who looks at a case is told who else does, and so is each list that has it."""
        escalation = message["escalation"]
        self._watched.note(message)
        viewers, case = self._watched.viewers(escalation), self._watched.case(escalation)
        watching = text({"type": "changed", "escalation": escalation, "viewers": viewers})
        listed = text({"type": "present", "cases": {escalation: viewers}})
        for seat in list(self.seats):
            if escalation in seat.watching:
                seat.push(watching)
            if case is not None and seat.may_see(case):
                seat.push(listed)
        self._watched.drop_unseen(escalation)

    async def _greet(self) -> None:
        while True:
            await asyncio.sleep(HELLO_S)
            self._broadcast(hello())
            try:
                # Without an answer nobody is sent away: a database that is gone for a moment signs
                # nobody out.
                await self._recheck()
            except Exception as error:
                log.warning("recheck_failed", error=str(error))

    async def _recheck(self) -> None:
        """Sessions and rights again, for every open socket; what changed closes."""
        # Whoever takes a seat while the database is asked was not asked about, and is not closed.
        seats = list(self.seats)
        now = await threads.run(access.viewers_now, {seat.session_key for seat in seats})
        for seat in seats:
            viewer = now.get(seat.session_key)
            if viewer is None:
                seat.push(text({"type": "notice", "kind": "signed_out"}))
                seat.push({"type": "websocket.close", "code": SIGNED_OUT})
            elif viewer != seat.viewer:
                seat.push(text({"type": "notice", "kind": "rights"}))
                seat.push({"type": "websocket.close", "code": RIGHTS_CHANGED})

    def _broadcast(self, frame: Message) -> None:
        message = text(frame)
        for seat in list(self.seats):
            seat.push(message)


_desks: dict[asyncio.AbstractEventLoop, Desk] = {}


def desk() -> Desk:
    """The desk of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _desks:
        # A loop that ended gives its desk back to nobody; without this they would gather.
        for closed in [one for one in _desks if one.is_closed()]:
            del _desks[closed]
        _desks[loop] = Desk()
    return _desks[loop]


def hello() -> Message:
    """The server's time and build; a screen without one for 10 s shows that it is stale."""
    return {"type": "hello", "now": clock.now().isoformat(), "build": settings.BUILD}


def _left(messages: Iterable[Message]) -> dict[int, list[Skills]]:
    """The cases that these messages name, each with every set of skills that it left."""
    found: dict[int, list[Skills]] = {}
    for message in messages:
        sets = found.setdefault(message["number"], [])
        if "left" in message:
            sets.append(message["left"])
    return found


def _person(viewer: Viewer) -> Message:
    initials = "".join(word[0] for word in viewer.name.split()[:2]).upper()
    return {"id": viewer.username, "name": viewer.name, "initials": initials}


@types.coroutine
def _resume(sending: Generator[Any, Any, Any], waits_for: Any) -> Generator[Any, Any, None]:
    """Go on with a coroutine whose first step has been taken already."""
    while True:
        try:
            value = yield waits_for
        except BaseException as error:  # Handed on to the coroutine, as `await` does.
            waits_for = sending.throw(error)
            continue
        try:
            waits_for = sending.send(value)
        except StopIteration:
            return
