"""The Celery application. Its tasks only say "look now"; all work is rows in the database."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
os.environ.setdefault("BATON_STATEMENT_TIMEOUT_S", "60")

from celery import Celery

app = Celery("baton")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
