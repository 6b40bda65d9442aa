"""Worker and beat in threads of this process, with tasks of our own."""

import threading
import time

import pytest

from console.celery import app, state
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
    state.should_stop = None
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


def test_stop_waits_for_the_task_under_way(tasks):
    done, begun = threading.Event(), threading.Event()

    @app.task(name="tests.slow")
    def slow():
        begun.set()
        time.sleep(0.5)
        done.set()

    tasks.start()
    slow.delay()
    assert begun.wait(30)
    tasks.stop()
    assert done.is_set()
    del app.tasks["tests.slow"]
