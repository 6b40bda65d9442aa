import threading
import time

import pytest
from django.db import transaction

from console.hints import nudge

DELIVER, SWEEP = "escalations.tasks.deliver_due", "escalations.tasks.sweep"


@pytest.fixture
def sent(monkeypatch):
    """What reaches the broker; a broker that answers slowly, so that nudges pile up. What a test
    before this one asked for has left."""
    from console.celery import app

    while nudge._wanted:
        time.sleep(0.01)

    class Sent(list):
        arrived, slow = threading.Semaphore(0), threading.Event()

    names = Sent()
    names.slow.set()

    def send_task(name, **options):
        names.append(name)
        names.arrived.release()
        names.slow.wait(2)

    monkeypatch.setattr(app, "send_task", send_task)
    return names


def arrived(sent, times=1):
    for _ in range(times):
        assert sent.arrived.acquire(timeout=10)
    return list(sent)


@pytest.mark.django_db(transaction=True)
def test_a_nudge_sends_the_scheduled_task(sent):
    nudge.nudge("deliver")
    assert arrived(sent) == [DELIVER]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_before_commit_or_after_rollback(sent):
    with transaction.atomic():
        nudge.nudge("deliver")
        assert not sent.arrived.acquire(timeout=0.05)
    assert arrived(sent) == [DELIVER]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        nudge.nudge("sweep")
        raise ZeroDivisionError
    assert not sent.arrived.acquire(timeout=0.05)


@pytest.mark.django_db(transaction=True)
def test_many_nudges_while_one_is_on_its_way_become_one(sent):
    sent.slow.clear()
    nudge.nudge("deliver")
    arrived(sent)
    for _ in range(50):
        nudge.nudge("deliver")
    sent.slow.set()
    assert arrived(sent) == [DELIVER, DELIVER]
    assert not sent.arrived.acquire(timeout=0.05)


@pytest.mark.django_db(transaction=True)
def test_nudges_shortly_after_one_wait_and_become_one_but_hold_up_no_other(sent, monkeypatch):
    monkeypatch.setattr(nudge, "SPACING_S", 3)
    nudge.nudge("deliver")
    arrived(sent)
    for _ in range(50):
        nudge.nudge("deliver")
    nudge.nudge("sweep")
    assert arrived(sent) == [DELIVER, SWEEP]
    assert arrived(sent) == [DELIVER, SWEEP, DELIVER]
    assert not sent.arrived.acquire(timeout=0.05)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_fails_is_not_noticed_by_the_caller(sent, monkeypatch):
    from console.celery import app

    calls = threading.Semaphore(0)

    def broken(name, **options):
        calls.release()
        raise OSError("no broker")

    with monkeypatch.context() as patch:
        patch.setattr(app, "send_task", broken)
        nudge.nudge("deliver")
        assert calls.acquire(timeout=10)
    nudge.nudge("deliver")
    assert arrived(sent) == [DELIVER]


def test_an_unknown_name_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        nudge.nudge("dinner")
