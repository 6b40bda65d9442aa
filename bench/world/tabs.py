"""A browser's tab without its browser: what a request costs the web process that answers it."""

import time
from typing import Any

from bench.ground import cpu_s


class Tab:
    """Somebody signed in, asking Baton's WSGI application in this process."""

    def __init__(self, session: str) -> None:
        from django.conf import settings

        settings.ROOT_URLCONF = "bench.urls"
        from console.wsgi import application

        self._application: Any = application
        self._session = session

    def get(self, path: str, part: str = "") -> str:
        """What comes back, whole or the `part` that a screen asks for."""
        from bench import pages

        return pages.get(self._application, path, self._session, part)

    def spent(self, path: str, part: str = "") -> tuple[float, int]:
        """Processor time of it with the database's, in milliseconds; and its length."""
        from django.db import connection

        backend = connection.connection.info.backend_pid
        before_s = time.process_time() + cpu_s(backend)
        page = self.get(path, part)
        return (time.process_time() + cpu_s(backend) - before_s) * 1e3, len(page)
