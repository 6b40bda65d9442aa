"""Celery's beat, which only sends the names of tasks: it loads the settings and none of the apps.

Of the memory of a beat that sets Django up, half is code that it never runs.
"""

from logging.config import dictConfig
from typing import Any

import structlog
from celery.apps import beat
from celery.beat import Scheduler, SchedulingError
from django.conf import settings

log = structlog.get_logger(__name__)


class BriefScheduler(Scheduler):  # type: ignore[misc]
    """Celery's, which tells in one line that Redis is away and in one that it is back; its own
    writes the stack of every task of every second."""

    is_lost = False

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Send one task that is due. One that cannot be sent is due again at its next time."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            if not self.is_lost:
                log.error("tasks_not_sent", task=entry.task, error=str(error))
            self.is_lost = True
        else:
            if self.is_lost:
                log.warning("tasks_sent_again", task=entry.task)
            self.is_lost = False


class BareBeat(beat.Beat):  # type: ignore[misc]
    """What `celery -A console beat` runs."""

    def init_loader(self) -> None:
        """Celery would load every task here, and with them Django."""
        # What Django does itself where it is set up.
        dictConfig(settings.LOGGING)
        self.app.finalize()
