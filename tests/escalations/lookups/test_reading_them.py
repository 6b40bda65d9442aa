"""Look-ups over real HTTP: once, read-only, within two seconds, and failures in a sentence."""

import re
import time

import pytest

from console import clock
from escalations import tasks
from escalations.lookups import asking, reading_them
from escalations.models import LookUpReading
from escalations.record import audit
from escalations.refusals import Conflict
from tests.escalations.lookups.registering import answering, case_of, look_up, settle
from tests.factories import viewer
from tests.running.listening import loopback  # noqa: F401
from tests.running.receivers import free_port, receiving

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback"),
]  # fmt: skip


def made(url, **keys):
    case = case_of(**keys.pop("package", {}))
    reading = asking.ask(case, look_up(url, **keys).pk, by=viewer(), now=clock.now())
    settle()
    reading.refresh_from_db()
    return reading


def test_it_is_read_once_with_its_token():
    with answering() as orders:
        reading = made(orders.url)
        settle()
        (received,) = orders.received
    assert received.path == "/orders/HP-20931"
    assert received.headers["authorization"] == "Bearer t0k"
    assert received.body == b""
    assert reading.answer == [
        ["Order", "HP-20931"], ["Amount", {"value": "184.0", "currency": "EUR"}],
        ["Ordered on", "2026-11-01"],
    ]  # fmt: skip
    assert (reading.fault, reading.read_from) == ("", f"127.0.0.1:{orders.port}")
    assert audit.verify().findings == []


def test_a_worker_takes_it():
    with answering() as orders:
        case = case_of()
        asking.ask(case, look_up(orders.url).pk, by=viewer(), now=clock.now())
        tasks.deliver_due()
        reading_them.rest()
    assert LookUpReading.objects.get().answer != []


def test_the_first_call_that_fills_it_in_counts():
    actions = [
        {"id": "a1", "name": "note", "args": {"text": "x"}},
        {"id": "a2", "name": "refund", "args": {"order_id": "HP/2"}},
    ]
    with answering() as orders:
        made(orders.url, package={"proposed_actions": actions})
        (received,) = orders.received
    # What the package says is one piece of the path, whatever stands in it.
    assert received.path == "/orders/HP%2F2"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (404, "It answered with an error (404)."),
        (
            (302, {"location": "https://evil.example/"}),
            "It answered with a redirect (302), which is not followed.",
        ),
        ((lambda _: b"<p>", {}), "Its answer is no JSON, or did not come whole in time."),
        ((lambda _: b'"' + b"x" * 70_000 + b'"', {}), "Its answer has 64 KiB or more."),
        ((lambda _: b"{}", {}), reading_them.NOTHING),
    ],
)
def test_what_cannot_be_read_is_one_sentence(answer, said):
    with receiving(answer) as orders:
        reading = made(orders.url)
    assert (reading.answer, reading.fault) == ([], said)
    assert audit.verify().findings == []


def test_a_case_that_fills_in_nothing_asks_nobody():
    said = "This case has no text or number for {args.order_id}."
    with receiving(200) as orders, pytest.raises(Conflict, match=re.escape(said)):
        made(orders.url, package={"proposed_actions": []})
    assert orders.received == []
    assert LookUpReading.objects.count() == 0


def test_an_address_that_is_away_is_said():
    assert "No connection" in made(f"http://127.0.0.1:{free_port()}/hook").fault


def test_who_is_slow_holds_nobody_beyond_the_two_seconds():
    with answering(holding=True) as orders:
        began = time.monotonic()
        reading = made(orders.url)
        took = time.monotonic() - began
    assert 1.2 < took < 5
    assert "No answer within" in reading.fault


def test_private_addresses_are_not_read(settings):
    with answering() as orders:
        case, registered = case_of(), look_up(orders.url)
        settings.CALLBACK_PRIVATE_ADDRESSES = ()
        asking.ask(case, registered.pk, by=viewer(), now=clock.now())
        settle()
        assert orders.received == []
    assert "is a number, not a name" in LookUpReading.objects.get().fault
