"""Commands that read tables say in a sentence when there are none yet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from console.database import migrated


class MigratedCommand(BaseCommand):
    """Runs on a database that is up to date. Raises CommandError, before anything is read or
    written, where it is not, or where it does not answer; and where it fails on the way."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            missing = migrated.pending()
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}") from None
        if missing:
            number = f"{len(missing)} migration{'s' if len(missing) > 1 else ''}"
            raise CommandError(f"The database lacks {number}: run `manage.py migrate` first.")
        try:
            return super().execute(*args, **options)
        except DatabaseError as error:
            raise CommandError(f"The database cannot be read: {error}") from error
