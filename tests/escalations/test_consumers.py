"""The socket: seats, frames, commands, and what happens when rights end."""

import asyncio
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.test import Client

from console.hints import hub
from console.models import User
from console.urls import sockets
from escalations import commands, lifecycle
from escalations.live import seats, typing
from escalations.models import Decision, Escalation, Requirement
from tests.factories import NOW, PASSWORD, escalation, key, person, viewer_of
from tests.running.communicators import WebsocketCommunicator

pytestmark = pytest.mark.django_db(transaction=True)


ODD = (
    *({name: "a\0b"} for name in ("type", "command", "id", "escalation", "digest", "issued_at")),
    {"response": {"text": "a\0b"}}, {"actions": [{"action_id": "\0"}]}, {"a\0": 1},
    {"fields": {"reply": "\0"}}, {"fields": {"edit:a1:/\0": "x"}}, {"fields": {"reply": 5}},
    {"fields": ["reply"]}, {"fields": None}, {"escalation": "\ud800"}, {"id": "\udfff"},
    *({"digest": odd} for odd in (5, 0, False, True, ["x"], {"x": 1})),
    *({"version": odd} for odd in ("1", "\u0661", 1.0, True, None, -1, 2**31, 2**63, [1])),
    *({"issued_at": odd} for odd in (5, True, "soon", "2026-11-22T10:00", ["x"], "\u0662026-11-22Z")),
)  # fmt: skip


def frame(**keys):
    """A command that only these keys make odd."""
    sent = {"type": "command", "command": "approve", "id": "x", "escalation": "esc_1", "version": 1}
    return json.dumps(sent | keys)


class Tab(WebsocketCommunicator):
    """A browser tab's socket, at the door that `console.asgi` opens for it."""

    def __init__(self, user):
        self.client = Client()
        assert self.client.login(username=user.username, password=PASSWORD)
        cookie = self.client.cookies["sessionid"].value
        headers = {"host": "testserver", "origin": "http://testserver"}
        headers["cookie"] = f"sessionid={cookie}"
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        super().__init__(sockets, "/ws/", sent)

    async def __aenter__(self):
        assert (await self.connect(timeout=30))[0]
        assert (await self.heard())["type"] == "hello"
        return self

    async def __aexit__(self, *error):
        await self.disconnect(timeout=30)

    async def heard(self, *types, within_s=30):
        """The next frame, of one of these types if any is named."""
        async with asyncio.timeout(within_s):
            while True:
                frame = await self.receive_json_from(timeout=within_s)
                if not types or frame["type"] in types:
                    return frame

    async def noticed(self):
        """The kind of the next notice; that the process has subscribed may come before."""
        while (kind := (await self.heard("notice"))["kind"]) == "resync":
            pass
        return kind

    async def closed(self):
        """The code with which the server ends it, after any frames."""
        while (message := await self.receive_output(30))["type"] != "websocket.close":
            pass
        return message["code"]

    async def command(self, name, case, **arguments):
        sent = {
            "type": "command",
            "command": name,
            "id": str(uuid.uuid4()),
            "escalation": case.id,
            "issued_at": datetime.now(UTC).isoformat(),
            **arguments,
        }
        await self.send_json_to(sent)
        answer = await self.heard("ack", "refused")
        assert answer["id"] == sent["id"]
        return answer


@pytest.fixture
def tabs(transactional_db):
    """Tabs hear of what is committed."""


@sync_to_async
def later(act, *args, **kwargs):
    return act(*args, **kwargs)


async def test_case_appears_is_claimed_and_decided_on_every_screen(tabs):
    dana, amara = await later(person, "dana"), await later(person, "amara")
    mira = await later(key)
    async with await later(Tab, dana) as first, await later(Tab, amara) as second:
        case = await later(escalation, by=mira, now=datetime.now(UTC))
        row = await second.heard("row")
        assert (row["escalation"], row["version"], row["tab"]) == (case.id, 1, "mine")
        assert "Refund €184.00 to Inès Carvalho" in row["html"]
        assert (await first.command("claim", case, version=1))["version"] == 2
        assert (await second.heard("row"))["tab"] == "team"
        done = await first.command("approve", case, version=2)
        assert (done["type"], done["state"], done["outcome"]) == ("ack", "decided", "approved")
        # By the clock that ends what it begins, so that no countdown promises more.
        assert datetime.fromisoformat(done["now"]) < datetime.fromisoformat(done["effective_at"])
        gone = await second.heard("gone")
        assert (gone["escalation"], gone["version"]) == (case.id, 3)
        late = await second.command("approve", case, version=1)
        assert (late["code"], late["by"]) == ("closed", {"id": "dana", "name": "Dana Whitlock"})


async def test_typing_is_told_at_its_pace_by_who_speaks_alone(tabs):
    dana, amara = await later(person, "dana"), await later(person, "amara")
    case = await later(escalation, now=datetime.now(UTC))
    await later(
        lifecycle.take_over, case, by=await later(viewer_of, dana), version=1, now=datetime.now(UTC)
    )
    typed = {"type": "typing", "escalation": case.id}
    async with await later(Tab, dana) as first, await later(Tab, amara) as second:
        for tab in (first, second):
            assert (await tab.command("watch", case))["type"] == "ack"
        with hub.listen(case.id) as told:
            for _ in range(5):
                await second.send_json_to(typed)
                await first.send_json_to(typed)
            frame = await second.heard("typing")
            assert frame == {**typed, "by": "person"}
            await later(typing.of_customer, case)
            assert (await second.heard("typing"))["by"] == "customer"
            said = [one for one in told.drain() if one["type"] == "typing"]
        assert [one["by"] for one in said] == ["person", "customer"]


async def test_case_of_another_skill_reaches_nobody_else(tabs):
    dana = await later(person, "dana", skills={"refunds": 3})
    amara = await later(person, "amara")
    mira = await later(key)
    requirement = await Requirement.objects.acreate(key="refunds:3", skills={"refunds": 3})
    async with await later(Tab, dana) as first, await later(Tab, amara) as second:
        case = await later(escalation, by=mira, now=datetime.now(UTC))
        await first.heard("row")
        await second.heard("row")
        case.requirement = requirement
        await later(case.save)
        await later(lifecycle.claim, case, by=await later(viewer_of, dana), now=datetime.now(UTC))
        assert (await first.heard("row"))["version"] == 2
        refused = await second.command("watch", case)
        assert (refused["type"], refused["code"]) == ("refused", "not_found")


async def test_a_case_that_comes_to_ask_for_another_skill_leaves_who_lacks_it(tabs):
    dana, ines = await later(person, "dana"), await later(person, "ines", skills={"gold": 3})
    case = await later(escalation)
    async with await later(Tab, dana) as hers, await later(Tab, ines) as other:
        by = await later(viewer_of, dana)
        await later(lifecycle.pass_on, case, by=by, version=1, skills={"gold": 2}, now=NOW)
        gone = {"type": "gone", "escalation": case.id, "version": 2}
        assert await hers.heard("row", "gone") == gone
        assert (await other.heard("row", "gone"))["tab"] == "mine"


async def test_socket_closes_when_rights_or_session_end(tabs, monkeypatch):
    monkeypatch.setattr(seats, "HELLO_S", 0.2)
    dana, amara = await later(person, "dana"), await later(person, "amara")
    async with await later(Tab, dana) as first, await later(Tab, amara) as second:
        await User.objects.filter(username="dana").aupdate(role="supervisor")
        assert await first.noticed() == "rights"
        assert await first.closed() == seats.RIGHTS_CHANGED
        await later(second.client.logout)
        assert await second.noticed() == "signed_out"
        assert await second.closed() == seats.SIGNED_OUT


@pytest.mark.parametrize("how", ["out", "by an admin", "new password", "closed", "role"])
async def test_who_is_signed_out_decides_nothing_from_that_moment(tabs, monkeypatch, how):
    # Not by the look at all open sockets that comes every few seconds.
    monkeypatch.setattr(seats, "HELLO_S", 3600)
    dana = await later(person, "dana")
    case = await later(escalation, now=datetime.now(UTC))
    async with await later(Tab, dana) as tab:
        assert (await tab.command("claim", case, version=1))["type"] == "ack"
        if how == "out":
            await later(tab.client.logout)
        elif how == "by an admin":
            await Session.objects.all().adelete()
        elif how == "new password":
            await later(dana.set_password, "another long password")
            await dana.asave()
        elif how == "closed":
            await User.objects.aupdate(is_active=False)
        else:
            await User.objects.aupdate(role="auditor")
        refused = await tab.command("approve", case, version=2)
        code = "not_allowed" if how == "role" else "signed_out"
        assert (refused["type"], refused["code"]) == ("refused", code)
        if how != "role":
            assert await tab.closed() == seats.SIGNED_OUT
    assert (await Escalation.objects.aget()).state == "held"


async def test_watchers_see_each_other(tabs):
    dana, amara = await later(person, "dana"), await later(person, "amara")
    case = await later(escalation, now=datetime.now(UTC))
    async with await later(Tab, dana) as first:
        assert (await first.command("watch", case, state="looking"))["type"] == "ack"
        alone = await first.heard("changed")
        assert [one["name"] for one in alone["viewers"]] == ["Dana Whitlock"]
        async with await later(Tab, amara) as second:
            await second.command("watch", case, state="editing")
            both = await first.heard("changed")
            assert {(one["id"], one["state"]) for one in both["viewers"]} == {
                ("dana", "looking"),
                ("amara", "editing"),
            }
        left = await first.heard("changed")
        assert [one["id"] for one in left["viewers"]] == ["dana"]


async def test_who_may_see_a_case_hears_who_is_at_it(tabs):
    """On every list that has it; a reviewer without the skill hears nothing, a new screen all."""
    dana, amara = await later(person, "dana"), await later(person, "amara")
    refunds = await later(lambda: Requirement.objects.create(key="r:3", skills={"refunds": 3}))
    open_case, hidden = await later(escalation, now=NOW), await later(escalation, now=NOW)
    await Escalation.objects.filter(pk=hidden.pk).aupdate(requirement=refunds)
    ruth = await later(person, "ruth", "supervisor")
    async with await later(Tab, amara) as list_, await later(Tab, ruth) as leading:
        await leading.command("watch", hidden, state="looking")
        await leading.command("watch", open_case, state="typing")
        heard = await list_.heard("present")
        seen = {"id": "ruth", "name": "Ruth Whitlock", "initials": "RW", "state": "typing"}
        assert heard["cases"] == {open_case.id: [seen]}
        async with await later(Tab, dana) as late:
            assert (await late.heard("present"))["cases"] == {open_case.id: [seen]}
            # Two tabs of one person are one, and the liveliest of them counts.
            async with await later(Tab, ruth) as second:
                assert set((await second.heard("present"))["cases"]) == {open_case.id, hidden.id}
                await second.command("watch", open_case, state="away")
                assert (await late.heard("present"))["cases"] == {open_case.id: [seen]}
            assert (await late.heard("present"))["cases"] == {open_case.id: [seen]}
        await leading.command("unwatch", open_case)
        while (await list_.heard("present"))["cases"] != {open_case.id: []}:
            pass


async def test_what_is_said_reaches_whoever_looks_at_the_case(tabs):
    dana, amara = await later(person, "dana"), await later(person, "amara")
    case = await later(escalation, now=datetime.now(UTC))
    async with await later(Tab, dana) as first, await later(Tab, amara) as second:
        await first.command("watch", case)
        await second.command("watch", case)
        assert (await first.command("take_over", case, version=1))["state"] == "live"
        said = {"their_id": "m-1", "author": "Inès", "agent": "mira", "now": datetime.now(UTC)}
        await later(lifecycle.hear, case, "Hello?", **said)
        spoken = {"type": "spoken", "escalation": case.id}
        assert await first.heard("spoken") == spoken | {"message": 2}
        assert await second.heard("spoken") == spoken | {"message": 2}
        assert (await first.command("say", case, version=2, text="Yes."))["type"] == "ack"
        assert await second.heard("spoken") == spoken | {"message": 3}
        await second.command("unwatch", case)
        assert (await second.command("say", case, version=2, text="Me too."))["code"] == "held"
        assert (await first.command("say", case, version=2, text="So."))["type"] == "ack"
        done = await first.command("hand_back", case, version=2, promises=["A call."])
        assert (done["state"], done["outcome"]) == ("decided", "returned")
        assert (await second.heard("spoken", "gone"))["type"] == "gone"


@pytest.mark.parametrize(
    "frame",
    [
        {"text": text}
        for text in ("", "[]", "{}", "not json", '{"type": "command", "command": "approve"}')
    ]
    + [{"text": "[" * 200}, {"bytes": b"{}"}]
    + [
        {"text": frame()[:-1] + said + "}"}
        for said in (
            *(', "id": "y"', ', "x": "\\ud800"', ', "id": "\\ud800"'),
            *(', "\\ud800": NaN', ', "x": {"\\udfff": ' + "[" * 200),
        )
    ]
    + [{"text": frame(**odd)} for odd in ODD],
    ids=lambda one: str(one)[:200],
)
async def test_malformed_frame_is_refused_and_the_socket_stays(tabs, frame):
    dana = await later(person, "dana")
    async with await later(Tab, dana) as tab:
        await tab.send_input({"type": "websocket.receive", **frame})
        assert (await tab.heard("refused"))["code"] == "malformed"
        case = await later(escalation, now=NOW)
        assert (await tab.command("approve", case, version=1))["type"] == "ack"
    assert await Decision.objects.acount() == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"version": 2**53}, {"version": 10**400}, {"fields": {"note": 3}}, {"fields": [1]},
        {"command": None}, {"type": None}, {"more": "\0"}, {"more": {"x": 2**60}}, {"more": "\ud800"},
    ],
    ids=lambda odd: str(odd)[:40],
)  # fmt: skip
async def test_a_refused_frame_is_answered_under_its_id_where_that_can_be_read(tabs, odd):
    dana = await later(person, "dana")
    async with await later(Tab, dana) as tab:
        await tab.send_input({"type": "websocket.receive", "text": frame(**odd)})
        refused = await tab.heard("refused")
        sent = json.loads(frame())
        assert (refused["code"], refused["id"]) == ("malformed", sent["id"])
        assert refused["escalation"] == sent["escalation"]


ODDLY_NOTED = [{"how": [1]}, {"how": {}}, {"active_s": True}, {"active_s": 1e300}, {"opened": [[]]}]


@pytest.mark.parametrize("noted", ODDLY_NOTED, ids=str)
async def test_what_is_oddly_noted_beside_an_answer_does_not_end_the_socket(tabs, noted):
    dana = await later(person, "dana")
    case = await later(escalation, now=NOW)
    async with await later(Tab, dana) as tab:
        assert (await tab.command("approve", case, version=1, **noted))["type"] == "ack"


async def test_a_fault_of_ours_is_an_answer_and_the_socket_stays(tabs, monkeypatch):
    def broken(*args, **keys):
        raise ValueError("broken")

    dana = await later(person, "dana")
    case = await later(escalation, now=NOW)
    async with await later(Tab, dana) as tab:
        with monkeypatch.context() as patched:
            patched.setattr(commands, "perform", broken)
            assert (await tab.command("approve", case, version=1))["code"] == "error"
        assert (await tab.command("approve", case, version=1))["type"] == "ack"


async def test_old_command_is_refused(tabs):
    dana = await later(person, "dana")
    case = await later(escalation, now=datetime.now(UTC))
    async with await later(Tab, dana) as tab:
        old = "2026-01-01T00:00:00+00:00"
        refused = await tab.command("approve", case, version=1, issued_at=old)
        assert (refused["code"], await Decision.objects.acount()) == ("too_old", 0)


@pytest.mark.parametrize("text", ["x" * (256 * 1024 + 1), "é" * (128 * 1024 + 1)], ids=len)
async def test_a_frame_over_the_limit_ends_the_socket(tabs, text):
    dana = await later(person, "dana")
    async with await later(Tab, dana) as tab:
        await tab.send_input({"type": "websocket.receive", "text": text})
        assert await tab.closed() == 1009


async def test_a_command_from_the_future_is_refused(tabs):
    dana = await later(person, "dana")
    case = await later(escalation, now=datetime.now(UTC))
    async with await later(Tab, dana) as tab:
        ahead = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()
        refused = await tab.command("approve", case, version=1, issued_at=ahead)
        assert (refused["code"], await Decision.objects.acount()) == ("not_yet", 0)
        a_little = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
        assert (await tab.command("approve", case, version=1, issued_at=a_little))["type"] == "ack"


async def test_a_screen_that_stops_reading_holds_up_nobody():
    sent, stuck = [], asyncio.Event()

    async def slow(message):
        await stuck.wait()

    async def quick(message):
        sent.append(message)

    sleeping, awake = seats.Seat(slow, None, ""), seats.Seat(quick, None, "")
    for number in range(seats.BACKLOG_MAX + 5):
        for seat in (sleeping, awake):
            seat.push({"type": "websocket.send", "text": str(number)})
    assert len(sent) == seats.BACKLOG_MAX + 5
    assert sleeping._backlog[0] == {"type": "websocket.close", "code": seats.TOO_SLOW}
    stuck.set()
