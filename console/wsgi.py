"""Django's pages and API; `console/asgi.py` runs them in its own threads."""

import os

from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

application = get_wsgi_application()

# `console/serving/threads.py` looks after the connections of its threads, and cheaper.
request_started.disconnect(close_old_connections)
request_finished.disconnect(close_old_connections)
