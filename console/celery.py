"""The Celery application. Its tasks only say "look now"; all work is rows in the database.

Threads of the web process take Celery from here only: its own modules cannot be loaded by two
threads at once, and this one can.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
# Before the settings are read: a task may take longer than a page that somebody waits for.
os.environ.setdefault("BATON_STATEMENT_TIMEOUT_S", "60")

from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import state

__all__ = ["Scheduler", "Service", "app", "state"]

app = Celery("baton")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
