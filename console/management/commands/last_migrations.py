"""`manage.py last_migrations`: where the tables are, in the words that `migrate` takes."""

from typing import Any

from django.core.management.base import BaseCommand

from console.database import migrated


class Command(BaseCommand):
    help = (
        "Print the last migration of each app. Kept before an upgrade, it leads back: "
        "`xargs -n 2 manage.py migrate < FILE`."
    )
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        for app, name in migrated.last():
            self.stdout.write(f"{app} {name}")
