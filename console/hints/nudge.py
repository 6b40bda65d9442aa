"""Wakes a task early. Beat runs every one of them anyway, so a lost nudge costs seconds."""

import threading
import time
from collections.abc import Callable
from functools import partial

import structlog
from django.conf import settings
from django.db import transaction

EXPIRES_S = 30
SPACING_S = 0.2

log = structlog.get_logger(__name__)

_wanted: set[str] = set()
_changed = threading.Condition()
_sender: threading.Thread | None = None
_here: Callable[[str], None] | None = None


def nudge(name: str) -> None:
    """Runs the named entry of `CELERY_BEAT_SCHEDULE` soon after commit.

    Never waits for the broker: the name goes to one thread. The first is sent at once; what is
    asked for again within `SPACING_S` of that is sent once, after it, because one look sees what
    any number of changes left. Raises KeyError for a name that is not scheduled.
    """
    task = str(settings.CELERY_BEAT_SCHEDULE[name]["task"])
    transaction.on_commit(partial(_hand_over, task), robust=True)


def send_by(ask: Callable[[str], None] | None) -> None:
    """Where tasks run in this process, whom to ask for one by its name; None for the broker."""
    global _here
    _here = ask


def _hand_over(task: str) -> None:
    global _sender
    with _changed:
        _wanted.add(task)
        # A forked process has the variable, but not the thread.
        if _sender is None or not _sender.is_alive():
            _sender = threading.Thread(target=_send_for_ever, name="nudge", daemon=True)
            _sender.start()
        _changed.notify()


def _send_for_ever() -> None:
    again_at: dict[str, float] = {}
    while True:
        with _changed:
            _changed.wait_for(lambda: _wanted)
            now = time.monotonic()
            due = sorted(task for task in _wanted if again_at.get(task, now) <= now)
            if not due:
                _changed.wait(min(again_at[task] for task in _wanted) - now)
            # Taken off before they are sent: whoever asks while one is on its way is owed another.
            _wanted.difference_update(due)
        for task in due:
            again_at[task] = time.monotonic() + SPACING_S
            _send(task)


def _send(task: str) -> None:
    if _here is not None:
        return _here(task)
    # Loaded by this thread, since loading Celery takes long.
    from console.celery import app

    try:
        # What piled up while no worker was there is worth nothing: beat has asked again.
        app.send_task(task, ignore_result=True, expires=EXPIRES_S)
    except Exception as error:  # the sweep finds what a lost nudge missed
        log.warning("nudge_lost", task=task, error=str(error))
