"""`manage.py serve`: everything in one process, the embedded default."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from console import server
from console.database import migrated
from console.serving import embedded

TASKS_DELAY_S = 2


class Command(BaseCommand):
    help = (
        "Serve Baton. Without settings: web, tasks and SQLite in this one process. With "
        "DATABASE_URL and REDIS_URL: the web process only; run `celery -A console worker` and "
        "`celery -A console beat` beside it."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--data", help="Folder of the database and the secret key (BATON_DATA)."
        )

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        try:
            if settings.ENVIRONMENT.scaled:
                self._serve_web(host, port)
            else:
                with server.only_one(settings.ENVIRONMENT.data):
                    self._serve_all(host, port)
        except (server.AlreadyRunning, server.PortTaken) as error:
            raise CommandError(str(error)) from None
        # What was promised is stored; threads that wait for a receiver or a broker, or are still
        # loading, would only hold up the end.
        sys.stdout.flush()
        os._exit(0)

    def _serve_web(self, host: str, port: int) -> None:
        server.run(server.Server(host=host, port=port, ready=self._announce))

    def _serve_all(self, host: str, port: int) -> None:
        if migrated.pending():
            call_command("migrate", interactive=False, verbosity=0)
        tasks = embedded.Embedded(delay_s=TASKS_DELAY_S)

        def ready() -> None:
            self._announce()
            tasks.start()

        server.run(server.Server(host=host, port=port, ready=ready))
        tasks.stop()

    def _announce(self) -> None:
        self.stdout.write(f"Baton is ready at {settings.BATON_URL}/")
        self.stdout.flush()
