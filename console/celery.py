"""The Celery application. Its tasks only say "look now"; all work is rows in the database.

In the embedded default `console/serving/embedded.py` calls them, by the same names and schedule.
"""

import os
from functools import cached_property
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
# Before the settings are read: a task may take longer than a page that somebody waits for.
os.environ.setdefault("BATON_STATEMENT_TIMEOUT_S", "60")
# Django's checks load every page, which neither worker nor beat ever answers with.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

from celery import Celery


class CeleryTasks(Celery):  # type: ignore[misc]
    """Celery with a beat of our own."""

    @cached_property
    def Beat(self) -> Any:  # noqa: N802 - Celery's name for it
        """What the command `beat` runs."""
        return self.subclass_with_self("console.serving.beat:BareBeat")


app = CeleryTasks("baton")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
