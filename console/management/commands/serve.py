"""`manage.py serve`: everything in one process, the embedded default; or web processes only."""

import os
import sys
from argparse import ArgumentParser
from socket import socket
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from console import asgi, server
from console.database import migrated
from console.serving import embedded, forked
from console.sqlite import base as sqlite

TASKS_DELAY_S = 2
ONE = (
    "--processes must be 1 without DATABASE_URL and REDIS_URL: the embedded size is one process. "
    "With them, any number from 1."
)


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
            "--processes",
            type=int,
            default=1,
            help="Web processes, on this port and those after it, which share the program's "
            "memory; more than one with DATABASE_URL and REDIS_URL only.",
        )
        parser.add_argument(
            "--data", help="Folder of the database and the secret key (BATON_DATA)."
        )

    def handle(self, *, host: str, port: int, processes: int, **options: Any) -> None:
        scaled = settings.ENVIRONMENT.scaled
        if processes < 1 or (processes > 1 and not scaled):
            raise CommandError(ONE)
        try:
            if processes > 1:
                self._serve_forked(host, range(port, port + processes))
            elif scaled:
                self._serve_web(server.listening(host, port))
            else:
                with server.only_one(settings.ENVIRONMENT.data):
                    self._serve_all(host, port)
        except (server.AlreadyRunning, server.PortTaken) as error:
            raise CommandError(str(error)) from None
        # What was promised is stored; threads that wait for a receiver or a broker, or are still
        # loading, would only hold up the end.
        sys.stdout.flush()
        os._exit(0)

    def _serve_forked(self, host: str, ports: range) -> None:
        listeners = [server.listening(host, port) for port in ports]
        asgi.load()
        connections.close_all()
        forked.Forked(len(listeners), lambda number: self._serve_web(listeners[number])).run()

    def _serve_web(self, listener: socket) -> None:
        server.run(server.Server(ready=self._announce), listener)

    def _serve_all(self, host: str, port: int) -> None:
        if migrated.pending():
            call_command("migrate", interactive=False, verbosity=0)
        sqlite.never_anew()
        tasks = embedded.Embedded(delay_s=TASKS_DELAY_S)

        def ready() -> None:
            self._announce()
            tasks.start()

        server.run(server.Server(ready=ready), server.listening(host, port))
        tasks.stop()

    def _announce(self) -> None:
        self.stdout.write(f"Baton is ready at {settings.BATON_URL}/")
        self.stdout.flush()
