"""`manage.py is_free`: whether no server runs on the data folder."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from console import server


class Command(BaseCommand):
    help = "Ends with 1 and says so where Baton runs on the data folder (BATON_DATA)."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        try:
            with server.only_one(settings.ENVIRONMENT.data):
                return
        except server.AlreadyRunning as error:
            raise CommandError(str(error)) from None
