"""One GET at a registered address: what comes back, and why nothing does."""

import contextlib
import json
import time
from datetime import timedelta

import pytest

from console import clock
from escalations.deliveries import signing
from escalations.lookups import fetching, telling
from escalations.lookups.fetching import NotRead
from escalations.models import Receiver
from tests.running.listening import loopback  # noqa: F401
from tests.running.receivers import free_port, receiving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback")]


def refusal(url, **how):
    with pytest.raises(NotRead) as caught:
        fetching.fetch(url, "", **how)
    return str(caught.value)


def test_the_token_goes_with_it_and_nothing_else_of_ours():
    with receiving((lambda body: json.dumps({"total": 5}).encode(), {})) as receiver:
        assert fetching.fetch(receiver.url, signing.sealed("t0ken")) == {"total": 5}
        assert fetching.fetch(receiver.url, "") == {"total": 5}
        with_token, without = (one.headers for one in receiver.received)
    assert with_token["authorization"] == "Bearer t0ken"
    assert (with_token["accept"], with_token["user-agent"]) == ("application/json", "Baton")
    assert without.keys() == {"host", "accept", "user-agent"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (404, "It answered with an error (404)."),
        (
            (302, {"location": "http://127.0.0.1/"}),
            "It answered with a redirect (302), which is not followed.",
        ),
        ((lambda body: b"<html>", {}), "Its answer is no JSON"),
        ((lambda body: b"", {}), "Its answer is no JSON"),
        ((lambda body: b'"' + b"x" * 70_000 + b'"', {}), "Its answer has 64 KiB or more."),
    ],
)
def test_what_cannot_be_read_is_said(answer, said):
    with receiving(answer) as receiver:
        assert said in refusal(receiver.url)
        assert len(receiver.received) == 1


def test_who_is_away_or_slow_is_not_waited_for_long():
    assert "No connection" in refusal(f"http://127.0.0.1:{free_port()}/")
    began = time.monotonic()
    with receiving(holding=True) as receiver:
        assert "No answer within" in refusal(receiver.url, within_s=0.5)
    assert time.monotonic() - began < 5


def test_an_address_inside_is_not_called(settings):
    settings.CALLBACK_PRIVATE_ADDRESSES = ()
    with receiving() as receiver:
        assert "is a number, not a name" in refusal(receiver.url)
        assert receiver.received == []


def test_a_host_that_is_left_alone_is_not_called():
    with receiving() as receiver:
        until = clock.now() + timedelta(minutes=5)
        Receiver.objects.create(host=f"127.0.0.1:{receiver.port}", failures=10, paused_until=until)
        assert "left alone for some minutes" in refusal(receiver.url)
        assert receiver.received == []


def test_a_token_of_another_deployment_is_said():
    with pytest.raises(NotRead, match="register the address anew"):
        fetching.fetch("https://orders.example.com/", "not ours")


NUMBERS = [
    ("184.00", 184.0, "184"),
    ("184", 184, "184"),
    ("123456789012345678901234567890", "123456789012345678901234567890", None),
    ("0.1234567890123456789", "0.1234567890123456789", None),
    ("12345678901234567.89", "12345678901234567.89", None),
    ("1e308", 1e308, "1e+308"),
]


@pytest.mark.parametrize(("sent", "read", "kept"), NUMBERS)
def test_a_number_has_all_its_digits(sent, read, kept):
    with receiving((lambda body: f'{{"no": {sent}}}'.encode(), {})) as receiver:
        found = fetching.fetch(receiver.url, "")
    assert found == {"no": read}
    [[_, value]] = telling.of_fields(found, [("Number", "no")])
    assert value in {kept or sent, f"{kept}.0"}


@pytest.mark.parametrize(
    "answer", [b"[" * 60_000, b"[" * 1020 + b"]", b'"\\ud800"', b"NaN", b"-1e400"]
)
def test_what_is_no_json_for_everybody_is_not_read(answer):
    with receiving((lambda body: answer, {})) as receiver:
        assert "no JSON" in refusal(receiver.url)


def test_what_is_nested_deeply_is_read_or_refused():
    deep = b"[" * 1020 + b"]" * 1020
    with receiving((lambda body: deep, {})) as receiver, contextlib.suppress(NotRead):
        assert telling.of_fields(fetching.fetch(receiver.url, ""), [("No", "no")]) == [["No", None]]
