"""Worker and beat in threads of this process, with tasks of our own."""

import threading
import time

import pytest

from console.celery import app
from console.hints import nudge
from console.serving import embedded


@pytest.fixture
def ran():
    """The threads in which the scheduled task ran."""
    seen, happened = [], threading.Semaphore(0)

    @app.task(name="tests.remember")
    def remember():
        seen.append(threading.current_thread().name)
        happened.release()

    yield seen, happened
    del app.tasks["tests.remember"]


@pytest.fixture
def tasks():
    before, app.conf.beat_schedule = app.conf.beat_schedule, {}
    running = embedded.Embedded()
    yield running
    running.stop()
    for thread in running._threads:
        thread.join(10)
        assert not thread.is_alive()
    app.conf.beat_schedule = before


def test_beat_and_worker_run_what_is_scheduled(ran, tasks):
    seen, happened = ran
    app.conf.beat_schedule = {"remember": {"task": "tests.remember", "schedule": 0.2}}
    tasks.start()
    assert happened.acquire(timeout=30)
    assert happened.acquire(timeout=30)
    assert threading.current_thread().name not in seen


@pytest.mark.django_db(transaction=True)
def test_a_nudge_runs_a_task_long_before_beat_does(ran, tasks, settings):
    _, happened = ran
    hourly = {"remember": {"task": "tests.remember", "schedule": 3600}}
    app.conf.beat_schedule = settings.CELERY_BEAT_SCHEDULE = hourly
    tasks.start()
    nudge.nudge("remember")
    assert happened.acquire(timeout=30)
    started = time.monotonic()
    nudge.nudge("remember")
    assert happened.acquire(timeout=30)
    assert time.monotonic() - started < 10


def test_stopping_before_anything_started_is_fine(tasks):
    tasks.start()
    tasks.stop()


@pytest.fixture
def slow():
    """A task that is under way until it is let go; and how often it began and ended."""
    begun, ended, go_on = threading.Semaphore(0), threading.Semaphore(0), threading.Event()

    @app.task(name="tests.slow")
    def slow():
        begun.release()
        go_on.wait(10)
        ended.release()

    yield begun, ended, go_on
    go_on.set()
    del app.tasks["tests.slow"]


def test_stop_waits_for_the_task_under_way(tasks, slow):
    begun, ended, go_on = slow
    tasks.start()
    tasks.ask("tests.slow")
    assert begun.acquire(timeout=30)
    threading.Timer(0.5, go_on.set).start()
    tasks.stop()
    assert ended.acquire(blocking=False)


def test_what_is_asked_for_while_it_runs_is_run_once_more_and_never_beside_itself(tasks, slow):
    begun, ended, go_on = slow
    tasks.start()
    tasks.ask("tests.slow")
    assert begun.acquire(timeout=30)
    for _ in range(3):
        tasks.ask("tests.slow")
    assert not begun.acquire(timeout=0.3)
    go_on.set()
    assert begun.acquire(timeout=10)
    assert ended.acquire(timeout=10)
    assert ended.acquire(timeout=10)
    assert not begun.acquire(timeout=0.3)


def test_a_task_that_fails_stops_no_other(ran, tasks):
    _, happened = ran

    @app.task(name="tests.broken")
    def broken():
        raise RuntimeError

    tasks.start()
    for _ in range(embedded.THREADS + 1):
        tasks.ask("tests.broken")
        tasks.ask("tests.remember")
        assert happened.acquire(timeout=30)
    del app.tasks["tests.broken"]
