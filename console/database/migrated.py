"""Whether the database is up to date, found by comparing names instead of loading migrations."""

from importlib import import_module
from pkgutil import iter_modules

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def pending() -> list[str]:
    """Migrations on disk that the database has not seen, as "app.name". Raises DatabaseError."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    return [f"{app}.{name}" for app, name in _on_disk() if (app, name) not in applied]


def last() -> list[tuple[str, str]]:
    """The last migration of each app that the database has seen. Raises DatabaseError."""
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    # In order, so that of each app the last one writes over those before it.
    return sorted(dict(applied).items())


def _on_disk() -> list[tuple[str, str]]:
    found = []
    for app in apps.get_app_configs():
        try:
            package = import_module(f"{app.name}.migrations")
        except ModuleNotFoundError:
            continue
        found += [(app.label, module.name) for module in iter_modules(package.__path__)]
    return sorted((app, name) for app, name in found if not name.startswith("_"))
