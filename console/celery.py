"""The Celery application. Its tasks only say "look now"; all work is rows in the database.

In the embedded default `console/serving/embedded.py` calls them, by the same names and schedule.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
# Before the settings are read: a task may take longer than a page that somebody waits for.
os.environ.setdefault("BATON_STATEMENT_TIMEOUT_S", "60")

from celery import Celery

app = Celery("baton")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
