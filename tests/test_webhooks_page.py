"""The receiver that docs/webhooks.md shows is run as it stands there."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from console import clock
from escalations import lifecycle
from escalations.deliveries import couriers
from escalations.models import Delivery
from tests import factories
from tests.conftest import free_port, wait_for_port
from tests.running.listening import SECRET, decided, endpoint, loopback, seconds  # noqa: F401

PAGE = Path(__file__).parent.parent / "docs" / "webhooks.md"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback")]


@pytest.fixture
def receiver(tmp_path):
    """The code of the page as a process of its own: its address and what it stored."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "receiver.py").write_text(code)
    port, store = free_port(), tmp_path / "inbox.sqlite3"
    process = subprocess.Popen(
        [sys.executable, tmp_path / "receiver.py"],
        env=os.environ | {"WEBHOOK_SECRET": SECRET, "PORT": str(port), "STORE": str(store)},
        stderr=subprocess.DEVNULL,
    )
    wait_for_port(port)
    yield f"http://127.0.0.1:{port}/hook", store
    process.terminate()
    process.wait(10)


def answers(store):
    with sqlite3.connect(store) as opened:
        return opened.execute("SELECT escalation, sequence, proceed FROM answers").fetchall()


def delivered():
    couriers.wake()
    couriers.rest()
    return sorted(Delivery.objects.values_list("state", flat=True))


def test_receiver_of_the_page_verifies_and_drops_repetitions(receiver):
    url, store = receiver
    key, dana = factories.key(), factories.viewer()
    endpoint(key, url)
    approved = decided(key, dana)
    rejected = decided(key, dana, command="reject")
    assert delivered() == ["delivered", "delivered"]
    wanted = [(approved.escalation.id, 1, 1), (rejected.escalation.id, 1, 0)]
    assert sorted(answers(store)) == sorted(wanted)
    Delivery.objects.update(state=Delivery.State.DUE, next_at=clock.now())
    assert delivered() == ["delivered", "delivered"]
    assert sorted(answers(store)) == sorted(wanted)


def test_receiver_of_the_page_refuses_another_signature(receiver):
    url, store = receiver
    key, dana = factories.key(), factories.viewer()
    listener = endpoint(key, url)
    from escalations.deliveries import signing

    listener.secret = signing.sealed(signing.new_secret())
    listener.save()
    decided(key, dana)
    assert delivered() == ["due"]
    assert Delivery.objects.get().last_error == "Answered 400."
    assert answers(store) == []


def test_receiver_of_the_page_keeps_the_latest_of_a_case(receiver):
    url, store = receiver
    key, dana = factories.key(), factories.viewer()
    endpoint(key, url)
    now = clock.now()
    case = decided(key, dana, now=now - seconds(5), undo_s=10).escalation
    lifecycle.cancel(case, agent="mira", now=now)
    assert delivered() == ["delivered", "dropped"]
    assert answers(store) == [(case.id, 2, 0)]
