"""Wakes a task early. Beat runs every one of them anyway, so a lost nudge costs seconds."""

import threading
from functools import partial

import structlog
from django.conf import settings
from django.db import transaction

EXPIRES_S = 30

log = structlog.get_logger(__name__)

_wanted: set[str] = set()
_changed = threading.Condition()
_sender: threading.Thread | None = None


def nudge(name: str) -> None:
    """Runs the named entry of `CELERY_BEAT_SCHEDULE` soon after commit.

    Never waits for the broker: the name goes to one thread, and the same name asked for again
    before it was sent is sent once. Raises KeyError for a name that is not scheduled.
    """
    task = str(settings.CELERY_BEAT_SCHEDULE[name]["task"])
    transaction.on_commit(partial(_hand_over, task), robust=True)


def _hand_over(task: str) -> None:
    global _sender
    with _changed:
        _wanted.add(task)
        if _sender is None or not _sender.is_alive():
            _sender = threading.Thread(target=_send_for_ever, name="nudge", daemon=True)
            _sender.start()
        _changed.notify()


def _send_for_ever() -> None:
    while True:
        with _changed:
            _changed.wait_for(lambda: _wanted)
            tasks = sorted(_wanted)
            _wanted.clear()
        for task in tasks:
            _send(task)


def _send(task: str) -> None:
    from console.celery import app

    try:
        app.send_task(task, ignore_result=True, expires=EXPIRES_S)
    except Exception as error:  # the sweep finds what a lost nudge missed
        log.warning("nudge_lost", task=task, error=str(error))
