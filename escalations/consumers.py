"""The socket of one tab: authorise, take a seat, forward commands (contract: WebSocket `/ws/`)."""

import asyncio
import json
from functools import partial
from typing import Any

import structlog
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.db import DatabaseError

from console import clock
from console.hints import hub
from console.serving import threads
from escalations import access, commands
from escalations.commands.holding_back import Asking
from escalations.forms import commands as forms
from escalations.live import frames, typing
from escalations.live.frames import text
from escalations.live.seats import SIGNED_OUT, Seat, desk
from escalations.live.watching import WatchedCase
from escalations.models import Escalation
from escalations.package import limits
from escalations.refusals import Invalid, Refused

FRAME_BYTES_MAX = 256 * 1024
TOO_BIG = 1009
VERSION_MAX = 2**31 - 1
# What a page says without a hand; every other command is one.
BY_ITSELF = frozenset({"watch", "unwatch", "heartbeat"})
STATES = frozenset({"looking", "away", "editing", "typing"})
Frame = dict[str, Any]
log = structlog.get_logger(__name__)


class Console(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Exactly one `ack` or `refused` for each command; rights are checked again at each."""

    seat: Seat
    _typed_at = float("-inf")

    async def dispatch(self, message: Frame) -> None:
        """Channels visits a thread before every frame, to look after connections to the database;
        ours are looked after where they are used."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        """Take a seat at the desk. Whoever is not signed in sees the socket close with 4401, as a
        page cannot read the status of a refused one."""
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.accept()
            await self.close(SIGNED_OUT)
            raise StopConsumer
        viewer, lent = await threads.run(_arriving, user)
        await self.accept()
        self.seat = Seat(self.base_send, viewer, self.scope["session"].session_key, lent)
        await desk().join(self.seat)

    async def disconnect(self, code: int) -> None:
        """The tab is gone; what it held is given back when its heartbeat is missed."""
        if hasattr(self, "seat"):
            desk().leave(self.seat)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """One frame up. What is no command is refused, and the socket stays; one over the limit
        ends it as a server with that limit would."""
        if len((text_data or "").encode() or bytes_data or b"") > FRAME_BYTES_MAX:
            self.seat.push({"type": "websocket.close", "code": TOO_BIG})
            return
        try:
            # Channels would raise ValueError, which ends the socket, on a frame without text.
            await super().receive(text_data or "?", **kwargs)
        except Refused as refused:
            self.seat.push(text(frames.refusal(refused, _named_in(text_data or ""))))

    async def receive_json(self, content: Frame, **kwargs: Any) -> None:
        """A beat and typing get no answer, a command one."""
        if content["type"] == "here":
            self._hear(active=content["active"], dialog=content["dialog"])
            return
        if content["type"] == "typing":
            await self._types(content["escalation"])
            return
        if content["command"] not in BY_ITSELF:
            self._hear(active=True)
        try:
            answer = await self._answer(content)
        except Refused as refused:
            answer = frames.refusal(refused, content)
        # Every command gets its answer, and the socket outlives a database that is busy.
        except DatabaseError:
            busy = Refused("busy", "Baton could not save this; try again.")
            answer = frames.refusal(busy, content)
        # So is a fault of ours answered: a socket that broke would leave open whether it counted.
        except Exception:
            log.exception("command_failed", command=content["command"])
            broken = Refused("error", "Baton broke while doing this; look at the case again.")
            answer = frames.refusal(broken, content)
        self.seat.push(text(answer))
        if answer.get("code") == "signed_out":
            self.seat.push({"type": "websocket.close", "code": SIGNED_OUT})

    @classmethod
    async def decode_json(cls, text_data: str) -> Frame:
        """A frame of the contract. Raises Invalid."""
        return _frame(text_data)

    def _hear(self, *, active: bool, dialog: bool = False) -> None:
        desk().beats.hear(self.seat.viewer.user_id, active=active, dialog=dialog)

    async def _types(self, escalation: str) -> None:
        """Told on at the pace that is asked of screens, whatever one sends."""
        now = asyncio.get_running_loop().time()
        if now - self._typed_at < typing.PAUSE_S or escalation not in self.seat.watching:
            return
        self._typed_at = now
        await threads.run(typing.of_person, self.seat.viewer, escalation)

    async def _answer(self, frame: Frame) -> Frame:
        if frame["command"] in {"watch", "unwatch"}:
            await self._watch(frame)
            done = {"escalation": frame["escalation"]}
        else:
            done = await self._performed(frame)
        # A countdown begins with it, by the clock that ends it.
        return {"type": "ack", "id": frame["id"], "now": clock.now().isoformat(), **done}

    async def _performed(self, frame: Frame) -> Frame:
        """What waits for the agent's word is brought again when it is there or the time is over;
        meanwhile it holds neither a thread nor a connection."""
        perform = partial(_perform, self.scope["user"], self.seat.session_key, frame)
        try:
            return await threads.run(perform)
        except Asking as asking:
            until = asking.until
        with hub.listen(str(frame["escalation"])) as hints:
            while (left_s := (until - clock.now()).total_seconds()) > 0:
                # Looked at before it waits: the answer may have come before it listened.
                try:
                    return await threads.run(perform)
                except Asking:
                    await _heard(hints, left_s)
        return await threads.run(perform)

    async def _watch(self, frame: Frame) -> None:
        seen = await threads.run(_watched, self.seat.viewer, str(frame["escalation"]))
        state = str(frame.get("state", "looking"))
        looking = frame["command"] == "watch"
        desk().watch(
            self.seat, seen, (state if state in STATES else "looking") if looking else None
        )


def _watched(viewer: access.Viewer, escalation_id: str) -> WatchedCase:
    case = access.escalation_for(viewer, escalation_id)
    return WatchedCase(case.id, case.requirement_id, access.case_of(case))


async def _heard(hints: hub.Listener, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            await anext(hints)
    except TimeoutError:
        pass
    hints.drain()


def _arriving(user: Any) -> tuple[access.Viewer, set[str]]:
    """Who it is, and what is theirs to see for now: whoever loses that is told that it is gone."""
    viewer = access.viewer_of(user)
    return viewer, Escalation.objects.lent_to(viewer.user_id, viewer.username)


def _perform(user: Any, session_key: str, frame: Frame) -> Frame:
    viewer = access.viewer_signed_in(user, session_key)
    return commands.perform(viewer, _command(viewer, frame))


def _named_in(text_data: str) -> Frame:
    """Which command a frame that is refused was, as far as that can be read of it."""
    try:
        # Numbers stay as they are written: they may be what it is refused for.
        sent = json.loads(text_data, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return {}
    named = {name: sent.get(name) for name in ("id", "escalation")} if type(sent) is dict else {}
    return {name: said for name, said in named.items() if _can_be_said(said)}


def _can_be_said(text: Any) -> bool:
    return isinstance(text, str) and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _frame(text_data: str) -> Frame:
    sent = text_data.encode("utf-8", "surrogatepass")
    try:
        frame = limits.read(sent, bytes_max=FRAME_BYTES_MAX).value
    except Refused as refused:
        faults = refused.errors if isinstance(refused, Invalid) else ()
        said = "A frame is JSON text, without NUL, halves of characters or a key that stands twice."
        raise Invalid(said, errors=faults, code="malformed") from None
    if isinstance(frame, dict) and frame.get("type") == "here":
        return {name: frame.get(name) is True for name in ("active", "dialog")} | {"type": "here"}
    if isinstance(frame, dict) and frame.get("type") == "typing":
        return {"type": "typing", "escalation": str(frame.get("escalation", ""))}
    needed = ("type", "command", "id", "escalation")
    if not isinstance(frame, dict) or not all(isinstance(frame.get(k), str) for k in needed):
        raise Invalid("A command has a type, a command, an id and an escalation.", code="malformed")
    fields = frame.get("fields", {})
    # What is no text would be left out in silence.
    if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
        raise Invalid("The fields of a form are texts.", code="malformed")
    return frame


def _command(viewer: access.Viewer, frame: Frame) -> commands.Command:
    version = frame.get("version", 0)
    # `True` is an integer in Python.
    if type(version) is not int or not 0 <= version <= VERSION_MAX:
        raise Invalid("The version is a number.", code="malformed")
    digest = frame.get("digest")
    # One that is not understood would leave the decision bound to nothing.
    if not isinstance(digest, str | None):
        raise Invalid("The digest is a text.", code="malformed")
    return commands.Command(
        name=frame["command"],
        id=frame["id"],
        escalation=frame["escalation"],
        version=version,
        arguments=forms.of_frame(viewer, frame),
        issued_at=frames.moment(frame.get("issued_at")),
        digest=digest or None,
        said=forms.said_in(frame),
    )
