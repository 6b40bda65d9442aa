"""Lifts the triggers of the record: to empty the database between tests, and to tamper in them."""

from contextlib import contextmanager
from importlib import import_module

from django.apps import apps
from django.db import connections, transaction
from django.test import TransactionTestCase

append_only = import_module("escalations.migrations.0039_own_search_path")


class _Executor:
    """What the migration's functions ask of a schema editor, inside an open transaction too."""

    def __init__(self, connection):
        self.connection = connection

    def execute(self, statement):
        with self.connection.cursor() as cursor:
            cursor.execute(statement)


@contextmanager
def lifted(connection):
    editor = _Executor(connection)
    append_only.remove(None, editor)
    try:
        yield
    finally:
        append_only.install(None, editor)


# The same after every migration. Making them again was nine tenths of what Django's flush takes.
LASTING = {"django_content_type", "auth_permission"}


def let_all_be_emptied() -> None:
    """From now on the database is emptied after transactional tests, the record as well."""
    TransactionTestCase._fixture_teardown = lambda case: _empty(connections["default"])


def _empty(connection) -> None:
    """Deletes every row; foreign keys are looked at when all are gone."""
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models if model._meta.managed} - LASTING
    with transaction.atomic(), lifted(connection), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
