"""Celery's beat, which only sends the names of tasks: it loads the settings and none of the apps.

Of the memory of a beat that sets Django up, half is code that it never runs.
"""

from logging.config import dictConfig

from celery.apps import beat
from django.conf import settings


class BareBeat(beat.Beat):  # type: ignore[misc]
    """What `celery -A console beat` runs."""

    def init_loader(self) -> None:
        """Celery would load every task here, and with them Django."""
        # What Django does itself where it is set up.
        dictConfig(settings.LOGGING)
        self.app.finalize()
