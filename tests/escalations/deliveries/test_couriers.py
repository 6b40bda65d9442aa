"""Whole rounds with real receivers, real threads and a real database that several write to."""

import os
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings
from django.db import connection

from console import clock
from escalations import tasks
from escalations.deliveries import couriers, hosts
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.models import Delivery
from tests import factories
from tests.running.listening import decided, endpoint, loopback, seconds, verified  # noqa: F401
from tests.running.receivers import free_port, receiving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback")]
State = Delivery.State


@pytest.fixture(autouse=True)
def _back():
    yield
    couriers.rest()


def decisions(key, number):
    """The ids of this many decisions for the agent of that key."""
    dana = factories.viewer(f"dana-{key.agent.name}")
    return [decided(key, dana).id for _ in range(number)]


def states():
    return sorted(Delivery.objects.values_list("state", flat=True))


def test_every_decision_arrives_once_under_its_own_id():
    key = factories.key()
    with receiving() as receiver:
        endpoint(key, receiver.url)
        wanted = decisions(key, 12)
        tasks.deliver_due()
        tasks.deliver_due()
        couriers.rest()
        events = [verified(received) for received in receiver.received]
        assert sorted(event["data"]["id"] for event in events) == sorted(wanted)
        assert len({one.headers["webhook-id"] for one in receiver.received}) == 12
        assert states() == [State.DELIVERED] * 12
    assert couriers.wake() == 0


def test_slow_receiver_delays_no_other():
    slow_key, key = factories.key("slow"), factories.key("quick")
    with receiving(holding=True) as slow, receiving() as quick:
        endpoint(slow_key, slow.url)
        endpoint(key, quick.url)
        decisions(slow_key, 12)
        decisions(key, 6)
        Delivery.objects.filter(agent=key.agent).update(next_at=clock.now())
        until = time.monotonic() + 60
        couriers.wake()
        while len(quick.received) < 6 and time.monotonic() < until:
            time.sleep(0.01)
        assert (len(quick.received), len(slow.received)) == (6, 0)
        Delivery.objects.filter(lease_until__isnull=True, agent=slow_key.agent).delete()


def test_task_returns_before_a_slow_receiver_answers():
    key = factories.key()
    with receiving(holding=True) as receiver:
        endpoint(key, receiver.url)
        decisions(key, 1)
        tasks.deliver_due()
        assert states() == [State.DUE]
        receiver.answering.set()
        couriers.rest()
        assert states() == [State.DELIVERED]


def test_worker_that_died_with_messages_leased_loses_none():
    key = factories.key()
    with receiving() as receiver:
        endpoint(key, receiver.url)
        wanted = decisions(key, 3)
        dead = WEBHOOKS.lease_due(3, now=clock.now() - WEBHOOKS.lease - seconds(1))
        assert dead == []
        long_ago = clock.now() - WEBHOOKS.lease - seconds(1)
        Delivery.objects.update(next_at=long_ago)
        dead = WEBHOOKS.lease_due(3, now=long_ago)
        WEBHOOKS.send(dead[0], now=clock.now())  # It was killed between sending and marking.
        couriers.wake()
        couriers.rest()
        ids = [one.headers["webhook-id"] for one in receiver.received]
        assert sorted(set(ids)) == sorted(one.id for one in dead)
        assert ids.count(dead[0].id) == 2
        assert {verified(one)["data"]["id"] for one in receiver.received} == set(wanted)
        assert states() == [State.DELIVERED] * 3


WORKER = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from escalations.deliveries import couriers, webhooks
couriers.carry(webhooks.WEBHOOKS)
"""


def test_messages_of_a_process_killed_while_sending_go_on():
    key = factories.key()
    name = str(connection.settings_dict["NAME"])
    variables = {
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "BATON_CALLBACK_PRIVATE_ADDRESSES": "127.0.0.0/8",
        "BATON_SECRET_KEY": settings.SECRET_KEY,
    }
    with receiving(holding=True) as receiver:
        endpoint(key, receiver.url)
        (wanted,) = decisions(key, 1)
        worker = subprocess.Popen([sys.executable, "-c", WORKER, name], env=os.environ | variables)
        until = time.monotonic() + 60
        while not receiver.arrived and time.monotonic() < until:
            time.sleep(0.02)
        worker.kill()
        worker.wait(10)
        receiver.answering.set()
        assert states() == [State.DUE]
        assert couriers.wake() == 0
        Delivery.objects.update(lease_until=clock.now() - seconds(1))
        assert couriers.wake() == 1
        couriers.rest()
        assert states() == [State.DELIVERED]
        assert len(receiver.arrived) == 2
        assert len(set(receiver.arrived)) == 1
        assert {verified(one)["data"]["id"] for one in receiver.received} == {wanted}
    assert seconds(30) >= WEBHOOKS.lease


def test_several_processes_share_the_work_and_send_each_once():
    key = factories.key()
    with receiving() as receiver:
        endpoint(key, receiver.url)
        decisions(key, 10)
        workers = [threading.Thread(target=couriers.carry, args=(WEBHOOKS,)) for _ in range(5)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        couriers.carry(WEBHOOKS)
        ids = [one.headers["webhook-id"] for one in receiver.received]
        assert sorted(ids) == sorted(Delivery.objects.values_list("id", flat=True))


def test_receiver_that_is_down_slow_and_redirecting_gets_every_decision_in_the_end(monkeypatch):
    monkeypatch.setattr(WEBHOOKS, "pauses_s", (0.05,))
    monkeypatch.setattr(hosts, "PAUSE_S", 0.05)
    monkeypatch.setattr(hosts, "PAUSE_MAX_S", 0.1)
    key, port = factories.key(), free_port()
    endpoint(key, f"http://127.0.0.1:{port}/hook")
    wanted = decisions(key, 4)
    couriers.wake()
    couriers.rest()
    with receiving(
        500, (301, {"location": "/"}), (503, {"retry-after": "0"}), 500, 200, port=port
    ) as receiver:
        until = time.monotonic() + 60
        while State.DUE in states() and time.monotonic() < until:
            couriers.wake()
            time.sleep(0.05)
        couriers.rest()
        seen = {verified(one)["data"]["id"] for one in receiver.received}
        assert seen == set(wanted)
        ids = {one.headers["webhook-id"] for one in receiver.received}
        assert ids == set(Delivery.objects.values_list("id", flat=True))
        assert states() == [State.DELIVERED] * 4


def test_tasks_have_the_names_that_beat_calls():
    assert tasks.deliver_due.name == "escalations.tasks.deliver_due"
    assert tasks.sweep.name == "escalations.tasks.sweep"
