"""The threads that ask an agent again: once, signed, for two seconds."""

import html
import json
import time
from datetime import timedelta

import pytest

from console import clock
from escalations import commands, tasks
from escalations.commands import Command
from escalations.commands.holding_back import Asking
from escalations.facts import checks, sending
from escalations.models import FactCheck, Receiver
from escalations.record import audit
from tests.escalations.facts.asking import OTHER, SAME, case_of, last
from tests.escalations.test_consumers import Tab, later
from tests.factories import key, person, viewer
from tests.running.listening import endpoint, loopback, verified  # noqa: F401
from tests.running.receivers import free_port, receiving

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _back():
    yield
    sending.rest()


def reply(said):
    """The reply of an address that answers at once."""
    told = [{"action_id": "a1", "label": label, "value": value} for label, value in said.items()]
    return lambda body: json.dumps({"facts": told}).encode()


def asked(url, **how):
    mira = key()
    endpoint(mira, url, **how)
    case = case_of(mira, now=clock.now())
    check = checks.ask(case, case.packages.get(), by=viewer(), now=clock.now())
    tasks.deliver_due()
    sending.rest()
    check.refresh_from_db()
    return check


def test_an_address_may_answer_in_its_reply():
    with receiving((reply(OTHER), {})) as receiver:
        check = asked(receiver.url, events=["escalation.facts_wanted"])
        (received,) = receiver.received
    event = verified(received)
    assert (event["type"], event["subject"]) == ("escalation.facts_wanted", check.escalation.id)
    assert event["data"]["check"] == received.headers["webhook-id"] == check.id
    assert event["data"]["actions"] == [
        {"action_id": "a1", "labels": ["Order total", "Refunded before"]}
    ]
    assert checks.values(check) == {
        ("a1", "Order total"): "92.00", ("a1", "Refunded before"): False,
    }  # fmt: skip
    assert audit.verify().findings == []


@pytest.mark.parametrize("said", [b"", b"ok", b"[]", b'{"facts": 5}', b"\xff", b'{"x": 1}'])
def test_a_reply_that_is_no_answer_leaves_it_open(said):
    with receiving((lambda body: said, {})) as receiver:
        check = asked(receiver.url)
    assert (check.answered_at, check.sent_at is None) == (None, False)


RIGHT = {"action_id": "a1", "label": "Order total", "value": "92.00"}


@pytest.mark.parametrize(
    ("said", "told", "kept"),
    [
        ({"facts": [RIGHT, RIGHT | {"label": "typo"}]}, "/facts/1/label is no fact", "92.00"),
        ({"facts": [{"label": "x"}, RIGHT]}, "/facts/0/action_id ", "92.00"),
        ({"facts": [RIGHT, RIGHT | {"action_id": "zz"}]}, "/facts/1/action_id names no", "92.00"),
        ({"facts": [RIGHT | {"value": None}]}, "/facts/0/value must be", None),
        ({"facts": [RIGHT | {"value": "a\x00b"}]}, "/facts/0/value must not have", None),
        ({"facts": [RIGHT | {"label": "order total"}]}, "/facts/0/label is no fact", None),
        ({"facts": [RIGHT, RIGHT | {"value": "184.00"}]}, "/facts/0/label is there twice", None),
        ({"facts": [RIGHT, RIGHT | {"value": None}]}, "/facts/1/value must be", None),
        ({"facts": [{}] * 2_001}, "/facts has more than 2,000", None),
        ({"facts": None}, "/facts must be a list", None),
        ({"facts": {"Order total": "0.00"}}, "/facts must be a list", None),
        ([RIGHT], "/ is a list: send an object", None),
        ({"facts": [RIGHT]}, "", "92.00"),
        ({"ok": True}, "", None),
    ],
)
def test_what_can_be_read_of_a_reply_counts_and_the_rest_is_told(client, said, told, kept):
    with receiving((lambda body: json.dumps(said).encode(), {})) as receiver:
        check = asked(receiver.url)
    assert check.not_read.startswith(told)
    assert bool(check.not_read) == bool(told)
    assert checks.values(check).get(("a1", "Order total")) == kept
    client.force_login(person("ada", "admin"))
    page = html.unescape(client.get("/deliveries/").content.decode())
    assert ("Facts that could not be read" in page) == bool(told)
    assert check.not_read in page
    assert audit.verify().findings == []


@pytest.mark.parametrize("answer", [404, 410, 500, (302, {"location": "http://127.0.0.1/"})])
def test_where_nobody_takes_it_nobody_waits(answer):
    with receiving(answer) as receiver:
        check = asked(receiver.url)
        assert len(receiver.received) == 1
    assert (check.answer, checks.is_open(check, now=check.asked_at)) == ([], False)


def test_a_host_that_is_away_or_left_alone_is_not_waited_for():
    check = asked(f"http://127.0.0.1:{free_port()}/")
    assert check.answered_at is not None
    FactCheck.objects.all().delete()
    with receiving() as receiver:
        host = f"127.0.0.1:{receiver.port}"
        until = clock.now() + timedelta(minutes=5)
        Receiver.objects.create(host=host, failures=10, paused_until=until)
        second = key("other")
        endpoint(second, receiver.url)
        case = case_of(second, now=clock.now())
        check = checks.ask(case, case.packages.get(), by=viewer("amara"), now=clock.now())
        tasks.deliver_due()
        sending.rest()
        assert receiver.received == []
    check.refresh_from_db()
    assert check.answered_at is not None


def test_an_address_inside_is_not_called(settings):
    settings.CALLBACK_PRIVATE_ADDRESSES = ()
    with receiving() as receiver:
        check = asked(receiver.url)
        assert receiver.received == []
    assert check.answered_at is not None


def test_each_question_leaves_once_and_not_late():
    with receiving(200) as receiver:
        asked(receiver.url)
        tasks.deliver_due()
        sending.rest()
        assert len(receiver.received) == 1
        FactCheck.objects.update(sent_at=None, asked_at=clock.now() - checks.WITHIN)
        assert sending.wake() == 0


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (500, "mira answered with an error (500), so whether"),
        (
            (302, {"location": "/"}),
            "mira answered with a redirect (302), which is not followed, so",
        ),
        ((lambda body: b'{"facts": 5}', {}), "mira gave no answer that can be read, so whether"),
        ((reply({}), {}), "mira gave no value, so whether"),
        ((reply({"Order total": "184.00"}), {}), "mira did not say all of it, so whether"),
        (None, "mira could not be reached, so whether"),
    ],
)
def test_what_went_wrong_is_what_whoever_decides_is_told(client, answer, said):
    if answer is None:
        check = asked(f"http://127.0.0.1:{free_port()}/hook")
    else:
        with receiving(answer) as receiver:
            check = asked(receiver.url)
    # What cannot be read may still come by the API, until the time is over.
    FactCheck.objects.update(asked_at=clock.now() - checks.WITHIN)
    client.force_login(person("amara"))
    page = client.get(f"/escalations/{check.escalation.id}/facts/")
    assert said in " ".join(page.content.decode().split())


def test_who_is_slow_holds_a_thread_for_two_seconds():
    with receiving(holding=True) as receiver:
        began = time.monotonic()
        check = asked(receiver.url)
        took = time.monotonic() - began
        assert receiver.received == []
    assert 1.5 < took < 5
    # Silence is no answer: what the agent says later still counts.
    assert check.answered_at is None


def test_the_press_is_taken_up_by_the_same_id_where_the_agent_answers():
    with receiving((reply(SAME), {})) as receiver:
        mira, dana = key(), viewer()
        endpoint(mira, receiver.url)
        case = case_of(mira, now=clock.now())
        command = Command("approve", "press", case.id, 1)
        with pytest.raises(Asking):
            commands.perform(dana, command)
        tasks.deliver_due()
        sending.rest()
        assert commands.perform(dana, command)["state"] == "decided"


async def test_a_socket_waits_for_the_answer_and_holds_no_thread(transactional_db):
    dana, mira = await later(person, "dana"), await later(key)
    with receiving((reply(SAME), {}), holding=True) as receiver:
        await later(endpoint, mira, receiver.url)
        case = await later(case_of, mira, now=clock.now())
        async with await later(Tab, dana) as tab:
            began = time.monotonic()
            sent = {
                "type": "command", "command": "approve", "id": "one", "escalation": case.id,
                "version": 1, "issued_at": clock.now().isoformat(),
            }  # fmt: skip
            await tab.send_json_to(sent)
            while await later(last) is None:
                pass
            await later(tasks.deliver_due)
            receiver.answering.set()
            answer = await tab.heard("ack", "refused")
        assert (answer["type"], answer["state"]) == ("ack", "decided")
        assert "warning" not in answer
        assert time.monotonic() - began < checks.WITHIN.total_seconds() + 5


async def test_a_socket_goes_on_when_the_time_is_over(transactional_db):
    dana, mira = await later(person, "dana"), await later(key)
    case = await later(case_of, mira, now=clock.now())
    async with await later(Tab, dana) as tab:
        began = time.monotonic()
        answer = await tab.command("approve", case, version=1)
        took = time.monotonic() - began
    assert (answer["type"], answer["warning"]) == (
        "ack", "The agent did not answer within 2 s, so whether the facts still hold is not known.",
    )  # fmt: skip
    assert took >= checks.WITHIN.total_seconds() - 0.1
