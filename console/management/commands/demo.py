"""`manage.py demo`: the demo world, and later the same as of this hour."""

from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from console import clock, server
from console.database import migrated
from console.demo import people, world


class Command(BaseCommand):
    help = "Load the demo world into an empty database. Once more makes it one of this hour."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="start over (embedded default, demo data only)"
        )

    def handle(self, *, reset: bool, **options: Any) -> None:
        try:
            with self._alone():
                self._make(reset=reset)
        except (world.Taken, server.AlreadyRunning) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(people.log_ins())

    def _alone(self) -> AbstractContextManager[None]:
        """Nothing changes below a server that runs on it, nor by two at once."""
        if settings.ENVIRONMENT.scaled:
            return nullcontext()
        return server.only_one(settings.ENVIRONMENT.data)

    def _make(self, *, reset: bool) -> None:
        if reset:
            self._start_over()
        if migrated.pending():
            call_command("migrate", interactive=False, verbosity=0)
        if world.exists():
            world.freshen(now=clock.now())
        else:
            count = world.build(now=clock.now())
            self.stderr.write(f"The demo world has {count} cases.")

    def _start_over(self) -> None:
        """The record refuses deletion, so a new beginning is a new file."""
        if settings.ENVIRONMENT.scaled:
            raise CommandError("--reset works on the embedded default only; use an empty database.")
        if not migrated.pending():
            self._refuse_strangers()
        # An open connection would go on with the file that is gone.
        connection.close()
        for file in settings.ENVIRONMENT.data.glob("baton.sqlite3*"):
            file.unlink()

    def _refuse_strangers(self) -> None:
        others = world.others()
        if others:
            named = ", ".join(others[:3])
            raise CommandError(f"This is not only the demo world: there is {named}.")
