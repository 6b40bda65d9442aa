"""A whole run with more than 200 masked values: pages of every role, frames of every socket, mails,
pages of the paging tool, notices, lines of the record, lists of the commands and logs. None of the
values stands in any of it before somebody reveals them, and then on that person's page alone."""

import asyncio
import json
import logging
import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from asgiref.sync import sync_to_async
from django.core.management import call_command
from django.test import Client

from console import clock
from console.models import User
from escalations import intake, lifecycle
from escalations.models import Escalation, Event
from routing.alerts import digests, ladder_steps, reminders
from routing.models import Notice
from tests.escalations.masking import tokens
from tests.escalations.masking.test_seen import HTMX, ROLES, addresses
from tests.escalations.test_consumers import Tab
from tests.factories import PASSWORD, key, person
from tests.routing.alerts.test_paging import carry
from tests.running.listening import SECRET, loopback  # noqa: F401
from tests.running.mailbox import mailbox
from tests.running.receivers import receiving

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = re.compile(r"t[ou]k\d{3}en")
DOCUMENT, TOKENS = tokens.package()
SECRETS = {word.replace("tok", kind) for word in TOKENS.values() for kind in ("tok", "tuk")}


class Heard:
    """All that was shown or sent so far, by where it stood."""

    def __init__(self):
        self.texts = []

    def note(self, where, text):
        self.texts.append((where, text))

    def leaks(self):
        return [
            (where, sorted(set(found)))
            for where, text in self.texts
            if (found := TOKEN.findall(text))
        ]


class Listening(Tab):
    """A tab that keeps every frame it is sent."""

    heard_all = None

    async def receive_output(self, timeout=1):  # noqa: ASYNC109
        message = await super().receive_output(timeout)
        self.heard_all.note("frame", message.get("text", ""))
        return message


@pytest.fixture
def outside(settings, loopback):  # noqa: F811
    """A mailbox and a paging tool."""
    with mailbox() as box, receiving() as pager:
        settings.SMTP, settings.MAIL_FROM = box.settings, "Baton <baton@example.org>"
        settings.PAGING_URL, settings.PAGING_SECRET = pager.url, SECRET
        yield box, pager


def people():
    found = {}
    for role in ROLES:
        user = person(role, role)
        user.email = f"{role}@example.org"
        user.save()
        found[role] = user
    return found


def posted(kind, **keys):
    due = (clock.now() + timedelta(minutes=10)).isoformat()
    sent = DOCUMENT | {"redactions": list(TOKENS), "deadlines": {"respond_by": due}} | keys
    body = json.dumps(sent).replace("tok", kind).encode()
    return intake.accept(key(), body, now=clock.now()).escalation


def look(heard, users, case, *, lists=True):
    """Every page that there is, as every role sees it."""
    for role, user in users.items():
        client = Client(headers={"Accept": "text/html"})
        assert client.login(username=user.username, password=PASSWORD)
        for address in [*addresses(case, lists=lists), f"/escalations/{case.id}/here/"]:
            answer = client.get(address, headers=HTMX)
            assert answer.status_code < 500, address
            heard.note(f"{role} {address}", "" if answer.streaming else answer.content.decode())


def searched(user, case, words):
    """The words by which this case is found."""
    client = Client(headers={"Accept": "text/html"})
    assert client.login(username=user.username, password=PASSWORD)
    pages = ("/inbox/", "/audit/") if user.role != "reviewer" else ("/inbox/",)
    return [
        word
        for word in words
        for page in pages
        if case.id in client.get(page, {"search": word}).content.decode()
    ]


def alerted(heard, box, pager):
    """What leaves when nobody answers in time."""
    late = clock.now() + timedelta(minutes=11)
    for minutes in (8, 10, 11):
        ladder_steps.sweep(clock.now() + timedelta(minutes=minutes))
    reminders.sweep(late)
    carry(late)
    assert box.received
    assert pager.received
    for username in ROLES:
        user = User.objects.get(username=username)
        digests.want(user, on=True, now=late - timedelta(days=1))
    before = len(box.received)
    digests.sweep(late.replace(hour=8))
    assert len(box.received) > before
    for letter in box.received:
        heard.note("mail", letter.as_string())
    for call in pager.received:
        heard.note("paging tool", str(call))


def written(heard):
    heard.note("notices", " ".join(Notice.objects.values_list("text", flat=True)))
    heard.note("record", " ".join(bytes(one.body).decode() for one in Event.objects.all()))
    said = StringIO()
    call_command("audit", "verify", "--json", stdout=said)
    heard.note("audit verify", said.getvalue())


@sync_to_async
def later(act, *args, **keys):
    return act(*args, **keys)


async def press(tab, name, case, **arguments):
    """A command, whatever becomes of it; its answer and all frames are kept."""
    case = await Escalation.objects.aget(pk=case.pk)
    return await tab.command(name, case, version=case.version, digest=case.digest, **arguments)


async def test_two_hundred_masked_values_stand_nowhere(outside, caplog, every):
    caplog.set_level(logging.DEBUG)
    heard, users = Heard(), await later(people)
    Listening.heard_all = heard
    assert len(SECRETS) >= 200
    first = await later(posted, "tok")
    second = await later(posted, "tuk", re_escalates=first.id)
    async with (
        await later(Listening, users["reviewer"]) as dana,
        await later(Listening, users["supervisor"]) as ruth,
        await later(Listening, users["auditor"]) as vera,
    ):
        await _worked_on(dana, ruth, vera, first, second)
        await later(alerted, heard, *outside)
        await later(look, heard, users, second)
        await _answered(dana, ruth, first, second)
        await later(look, heard, users, first)
        for tab in (dana, ruth, vera):
            while not await tab.receive_nothing(timeout=0.2):
                await tab.receive_output(5)
        await later(written, heard)
        for line in caplog.records:
            heard.note(f"log {line.name}", f"{line.getMessage()} {line.exc_text or ''}")
        assert heard.leaks() == []
        words = sorted(SECRETS) if every else sorted(SECRETS)[::10]
        for case in (first, second):
            assert await later(searched, users["admin"], case, words) == []
        # The search for them finds them where somebody has revealed them, and there alone.
        assert (await press(ruth, "reveal", second))["type"] == "ack"
        shown = Heard()
        await later(look, shown, users, second, lists=False)
        assert {where.split()[0] for where, _ in shown.leaks()} == {"supervisor"}
        found = {word for _, words in shown.leaks() for word in words}
        assert len([word for word in found if word.startswith("tuk")]) > 60


async def _worked_on(dana, ruth, vera, first, second):
    """What people and the agent do before they answer; what is refused is worth a look as well."""
    for tab in (dana, ruth, vera):
        await press(tab, "watch", second, state="typing")
    await press(vera, "reveal", second)
    await press(dana, "reveal", second)
    for tab in (dana, ruth):
        await press(tab, "claim", second)
    wrong = {"action_id": "a2", "type": "edit", "edited": {"name": "notify", "args": {"to": 5}}}
    await press(dana, "edit", second, actions=[wrong])
    await press(dana, "edit", second, fields={"edit:a2:/to": "‹masked›x", "reply": "‹masked›"})
    await press(dana, "note", second, text="Is this the one, @supervisor?")
    await press(ruth, "ask_handover", second)
    await press(dana, "ask", second, text="Which one is it?")
    await press(ruth, "pass_on", second, to="supervisor")
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await press(ruth, "snooze", second, until=at)
    await press(dana, "claim", first)
    await press(dana, "release", first)
    said = {"messages": [{"role": "customer", "text": "Any news?"}]}
    await later(lifecycle.add_context, first, said, agent="mira", now=clock.now())


async def _answered(dana, ruth, first, second):
    """One case is talked about with the customer, the other answered and taken back."""
    await press(dana, "claim", first)
    assert (await press(dana, "take_over", first))["type"] == "ack"
    await press(dana, "say", first, text="Hello, I have read everything.")
    await press(dana, "hand_back", first, promises=["A call by noon."])
    await press(ruth, "claim", second)
    assert (await press(ruth, "approve", second))["type"] == "ack"
    await press(ruth, "undo", second)
    await asyncio.sleep(0)
    assert (await press(ruth, "approve", second))["type"] in {"ack", "refused"}
