"""Lifts the triggers of the record: to empty the database between tests, and to tamper in them."""

from contextlib import contextmanager
from importlib import import_module

from django.db.backends.base.operations import BaseDatabaseOperations

append_only = import_module("escalations.migrations.0002_append_only")


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


def let_flush_pass() -> None:
    """From now on Django's flush between transactional tests may empty the record as well."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_with_triggers_lifted(operations, statements):
        with lifted(operations.connection):
            flush(operations, statements)

    BaseDatabaseOperations.execute_sql_flush = flush_with_triggers_lifted
