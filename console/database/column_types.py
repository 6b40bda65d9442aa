"""What the columns of a table are, next to what the models mean by them: one that may be empty, or
that is of another type, keeps what Baton would never have stored there.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Field, Model

SCRATCH = "baton_typed"


class Held(NamedTuple):
    """Its type as the database writes it, and whether it is never empty."""

    type: str
    is_filled: bool


def findings(tables: Mapping[str, type[Model]]) -> Iterator[tuple[str, str, str]]:
    """The table, the column and a sentence for each that is gone, may be empty, or is of another
    type. Columns that somebody added hold nothing that Baton reads. Raises DatabaseError."""
    there = _on_sqlite(tables) if connection.vendor == "sqlite" else _on_postgresql(tables)
    written = _as_written(frozenset(one.type for _, one in _all_meant(tables)))
    for (table, name), meant in _all_meant(tables):
        found = there.get((table, name))
        if found is None:
            wrong = "is gone: what it held is lost"
        elif meant.is_filled and not found.is_filled:
            wrong = "may be empty: what has to be there can be removed"
        elif written and found.type.casefold() != written[meant.type].casefold():
            wrong = f"is of another type: {found.type}"
        else:
            continue
        yield table, name, f"The column {name} of {table} {wrong}."


def _all_meant(tables: Mapping[str, type[Model]]) -> Iterator[tuple[tuple[str, str], Held]]:
    for table, model in tables.items():
        meta: Any = model._meta  # noqa: SLF001
        for field in meta.local_concrete_fields:
            # Of the tables between two models Django has changed its mind about the key.
            if not (meta.auto_created and field.primary_key):
                yield (table, field.column), _meant(field)


def _meant(field: "Field[Any, Any]") -> Held:
    return Held(str(field.db_type(connection)), not field.null)


def _on_sqlite(tables: Mapping[str, type[Model]]) -> dict[tuple[str, str], Held]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_SQLITE)
        return {(table, name): Held(type_, bool(is_filled)) for table, name, type_, is_filled
                in cursor.fetchall() if table in tables}  # fmt: skip


def _on_postgresql(tables: Mapping[str, type[Model]]) -> dict[tuple[str, str], Held]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_POSTGRESQL, {"names": list(tables)})
        return {(table, name): Held(type_, is_filled) for table, name, type_, is_filled
                in cursor.fetchall()}  # fmt: skip


@lru_cache(maxsize=4)
def _as_written(types: frozenset[str]) -> dict[str, str]:
    """How the database writes each type. Empty where it makes no tables to ask it: a copy that only
    follows another, which is to be asked itself."""
    if connection.vendor == "sqlite":
        return {one: one for one in types}
    named = {f"c{number}": one for number, one in enumerate(sorted(types))}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        if cursor.fetchone() == (True,):
            return {}
        columns = ", ".join(f"{name} {one}" for name, one in named.items())
        cursor.execute(f"CREATE TEMPORARY TABLE {SCRATCH} ({columns})")
        cursor.execute(_OF_POSTGRESQL, {"names": [SCRATCH]})
        found = {named[name]: type_ for _, name, type_, _ in cursor.fetchall()}
        cursor.execute(f"DROP TABLE {SCRATCH}")
    return found


_OF_SQLITE = """
    SELECT made.name, held.name, held.type, held."notnull"
      FROM sqlite_master AS made JOIN pragma_table_info(made.name) AS held
     WHERE made.type = 'table'
"""
_OF_POSTGRESQL = """
    SELECT relname, attname,
           concat_ws(' COLLATE ', format_type(atttypid, atttypmod),
                     CASE WHEN NOT collisdeterministic THEN collname END),
           attnotnull
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      LEFT JOIN pg_collation ON pg_collation.oid = attcollation
     WHERE attnum > 0 AND NOT attisdropped AND relname = ANY(%(names)s)
       AND pg_table_is_visible(attrelid)
"""
