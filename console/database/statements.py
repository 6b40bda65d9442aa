"""Statements of our own for the hot paths, on Django's connection of this thread.

Django binds values into the text of each statement, and PostgreSQL reads and plans it each time.
Here values travel beside the text, and each connection plans a statement it meets often once.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper


def rows(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What the statement returns; on PostgreSQL it must return something, if only no row.

    Values are written `%s`, as everywhere in Django.
    """
    with _cursor() as cursor:
        cursor.execute(_in_its_words(statement), values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def many(statement: str, rows: Sequence[Sequence[Any]]) -> int:
    """Carry it out with each of these rows of values; counts the rows that it changed."""
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
        return int(cursor.rowcount)


def each_of(numbers: Sequence[int]) -> Any:
    """The one value of `each()`."""
    return list(numbers) if on_postgres() else json.dumps(list(numbers))


@cache
def each() -> str:
    """A SELECT of numbers that are given as one value, so that the text stays the same."""
    listed = "unnest(%s::bigint[]) AS value" if on_postgres() else "json_each(%s)"
    return f"SELECT value FROM {listed}"  # noqa: S608


@cache
def on_postgres() -> bool:
    """Whether the database is PostgreSQL; asking Django's connection each time adds up."""
    return connection.vendor == "postgresql"


@cache
def _in_its_words(statement: str) -> str:
    """PostgreSQL's own marks, because looking for `%s` in a long text takes long each time."""
    if not on_postgres():
        return statement
    first, *others = statement.split("%s")
    return first + "".join(f"${place}{part}" for place, part in enumerate(others, 1))


def _cursor() -> CursorWrapper:
    """A cursor that takes part in Django's transactions, error classes and counts."""
    if on_postgres():
        django: Any = connections[DEFAULT_DB_ALIAS]
        # As Django's own `cursor` does, which is passed by here.
        django.close_if_health_check_failed()
        django.ensure_connection()
        ours: CursorWrapper = django._prepare_cursor(_planned()(django.connection))  # noqa: SLF001
        return ours
    else:
        return connection.cursor()


@cache
def _planned() -> Any:
    import psycopg

    class Planned(psycopg.RawCursor[Any]):
        """Leaves its text where Django's query log looks for it."""

        def _convert_query(self, *args: Any, **kwargs: Any) -> Any:
            self._query = super()._convert_query(*args, **kwargs)
            return self._query

    return Planned
