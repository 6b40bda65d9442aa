"""What the models promise of the database and somebody has taken away there: keys, unique values,
checks and references; and what was put over the tables that changes what is written or read.

Compared by name where a constraint has one, else by its columns, as databases name those
themselves; what they say is compared in `conditions` and `definitions`, what its columns are in
`column_types`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import AutoField, CheckConstraint, Model, UniqueConstraint

from console.database import column_types, conditions, definitions


class Refusal(NamedTuple):
    """What a table refuses; `name` is empty where the database chose one."""

    what: str
    columns: tuple[str, ...]
    name: str = ""
    of: str = ""

    def __str__(self) -> str:
        columns = ", ".join(self.columns)
        shown = {
            "key": f"primary key ({columns})",
            "unique": f"unique value ({columns})",
            "check": f"check of {columns}",
            "reference": f"reference of {columns} to {self.of}",
        }
        return f"constraint {self.name}" if self.name else shown[self.what]


def tables() -> dict[str, type[Model]]:
    """Every table that Baton made for a model, by its name."""
    return {_meta(model).db_table: model for model in apps.get_models(include_auto_created=True)}


def findings() -> Iterator[str]:
    """A sentence for each that is not there, and for each thing that stands over a table. Raises
    DatabaseError."""
    written, of_columns = _written(), list(column_types.findings(tables()))
    for table, model in tables().items():
        missing, more = _compared(model, written.get(table, ""))
        for rule in missing:
            yield f"The {rule} of {table} is gone: what it refuses can be stored."
        told = {str(rule) for rule in missing}
        told |= {f"column {rule.columns[0]}" for rule in missing if len(rule.columns) == 1}
        told |= {f"column {column}" for other, column, _ in of_columns if other == table}
        if table in written:
            changed, added = _changed(model, written[table])
            yield from (_another(rule, table) for rule in changed if rule not in told)
            yield from (_not_ours(part, table) for part in (*added, *more))
    yield from (sentence for _, _, sentence in of_columns)
    if connection.vendor == "postgresql":
        yield from _put_over(list(tables()))
        yield from _weakened()
        yield from (_not_ours(part, table) for table, part in _added())


def _written() -> dict[str, str]:
    """How the database writes each table's constraints and indexes."""
    with connection.cursor() as cursor:
        cursor.execute(_AS_WRITTEN[connection.vendor])
        return dict(cursor.fetchall())


# Django parses what SQLite wrote, which takes half a second; written alike it says the same.
@lru_cache(maxsize=500)
def _compared(model: type[Model], written: str) -> tuple[list[Refusal], list[Refusal]]:
    """What is gone of a table, and of PostgreSQL what was added to it (of SQLite `definitions`)."""
    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, _meta(model).db_table)
    wanted = Counter([*_of_fields(model), *_of_meta(model)])
    found = _found(there, {rule.name: rule for rule in wanted})
    added = found - wanted if connection.vendor == "postgresql" else Counter[Refusal]()
    return list((wanted - found).elements()), list(added.elements())


@lru_cache(maxsize=500)
def _changed(model: type[Model], written: str) -> tuple[list[str], list[str]]:
    """What says something else than Baton means by it, and what was added to it."""
    if connection.vendor == "sqlite":
        return list(definitions.changed(model)), list(definitions.added(model))
    else:
        return list(conditions.changed(model)), []


def _another(rule: str, table: str) -> str:
    return f"The {rule} of {table} is another than Baton’s: what it refuses can be stored."


def _not_ours(part: object, table: str) -> str:
    return f"{table} has “{part}”, which is not Baton’s: it may refuse or replace rows."


def _of_fields(model: type[Model]) -> Iterator[Refusal]:
    yield Refusal("key", tuple(field.column for field in _meta(model).pk_fields))
    for field in _meta(model).local_concrete_fields:
        columns = (field.column,)
        if field.unique and not field.primary_key:
            yield Refusal("unique", columns)
        if field.db_check(connection):
            yield Refusal("check", columns)
        if field.remote_field and getattr(field, "db_constraint", False):
            to = field.target_field
            yield Refusal("reference", columns, of=f"{_meta(to.model).db_table}.{to.column}")


def _of_meta(model: type[Model]) -> Iterator[Refusal]:
    for names in _meta(model).unique_together:
        yield Refusal("unique", _columns(model, names))
    for one in _meta(model).constraints:
        if isinstance(one, UniqueConstraint):
            yield Refusal("unique", _columns(model, one.fields), one.name)
        elif isinstance(one, CheckConstraint):
            # Its columns stand in the condition alone.
            yield Refusal("check", (), one.name)


def _columns(model: type[Model], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(_meta(model).get_field(name).column for name in names)


def _found(there: Any, named: dict[str, Refusal]) -> Counter[Refusal]:
    found: Counter[Refusal] = Counter()
    for key, one in there.items():
        name = key if key in named else ""
        # Of a condition a column is told as often as it is read there, of an expression not at all.
        columns = tuple(dict.fromkeys(one["columns"] or ()))
        if name and not named[name].columns:
            columns = ()
        if one["primary_key"]:
            found[Refusal("key", columns)] += 1
        elif one["unique"]:
            found[Refusal("unique", columns, name)] += 1
        if one["check"]:
            found[Refusal("check", columns, name)] += 1
        if one["foreign_key"]:
            found[Refusal("reference", columns, of=".".join(one["foreign_key"]))] += 1
    return found


def _put_over(names: list[str]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_OVER, {"names": names})
        for table, kind, unlogged, hides, rule, off, lent, part, loose in cursor:
            if unlogged:
                yield f"{table} is not logged: what it holds is gone when the database falls."
            if kind not in {"r", "p"}:
                yield f"{table} is no table: what is read of it may be made up."
            if hides:
                yield f"Row security of {table} is on: rows of it may be hidden."
            if rule:
                yield f"The rule {rule} on {table} is not Baton’s: it may change what is written."
            if off:
                yield f"The references of {table} are switched off: they are not checked."
            if lent:
                yield f"A table inherits from {table}: what it holds is read with it, unprotected."
            if part:
                yield f"{table} is a part of another table, where what it holds can be changed."
            if loose:
                yield _another("reference", table)


def _weakened() -> Iterator[str]:
    """Of PostgreSQL: unique indexes and checks that are there in name, and pass what they should
    refuse. A condition is one of the few that Baton makes under one."""
    conditional = [
        one.name
        for model in tables().values()
        for one in _meta(model).constraints
        if isinstance(one, UniqueConstraint) and one.condition
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WEAKENED, {"names": list(tables()), "conditional": conditional})
        for table, rule in cursor.fetchall():
            yield _another(rule, table)


def _added() -> Iterator[tuple[str, str]]:
    """What was added to PostgreSQL's tables and is none of the refusals above: constraints that
    exclude, and columns that something else fills in than Baton does, as which a function can
    stand, or a key that is not counted up."""
    known = {
        (table, field.column): isinstance(field, AutoField)
        for table, model in tables().items()
        for field in _meta(model).local_concrete_fields
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILLED, {"names": list(tables())})
        for table, column, counts, fills, is_needed in cursor.fetchall():
            is_counted = known.get((table, column))
            is_other = is_needed if is_counted is None else counts != is_counted
            if fills or is_other:
                yield table, f"column {column}"
        cursor.execute(_EXCLUDES, {"names": list(tables())})
        yield from ((table, f"constraint {name}") for table, name in cursor.fetchall())


def _meta(model: type[Model]) -> Any:
    return model._meta  # noqa: SLF001


_AS_WRITTEN = {
    "sqlite": "SELECT tbl_name, group_concat(sql, ';') FROM sqlite_master GROUP BY tbl_name",
    "postgresql": """
        SELECT relname, concat(
          (SELECT string_agg(conname || pg_get_constraintdef(pg_constraint.oid), ';')
             FROM pg_constraint WHERE conrelid = pg_class.oid),
          (SELECT string_agg(pg_get_indexdef(indexrelid) || indisunique, ';')
             FROM pg_index WHERE indrelid = pg_class.oid))
          FROM pg_class WHERE pg_table_is_visible(oid)
    """,
}
_OVER = """
    SELECT relname, relkind, relpersistence <> 'p', relrowsecurity,
           (SELECT min(rulename) FROM pg_rewrite
             WHERE ev_class = pg_class.oid AND rulename <> '_RETURN'),
           EXISTS (SELECT FROM pg_trigger
             WHERE tgrelid = pg_class.oid AND tgisinternal AND tgenabled NOT IN ('O', 'A')),
           relkind = 'r' AND EXISTS (SELECT FROM pg_inherits WHERE inhparent = pg_class.oid),
           EXISTS (SELECT FROM pg_inherits WHERE inhrelid = pg_class.oid),
           EXISTS (SELECT FROM pg_constraint WHERE conrelid = pg_class.oid AND contype = 'f'
             AND (NOT convalidated OR confdeltype <> 'a' OR confupdtype <> 'a'
                  OR NOT pg_table_is_visible(confrelid)))
      FROM pg_class WHERE pg_table_is_visible(oid) AND relname = ANY(%(names)s)
     ORDER BY relname
"""
_FILLED = """
    SELECT relname, attname, attidentity = 'd', atthasdef, attnotnull OR typtype = 'd'
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      JOIN pg_type ON pg_type.oid = atttypid
     WHERE attnum > 0 AND NOT attisdropped AND relname = ANY(%(names)s)
       AND pg_table_is_visible(attrelid)
     ORDER BY relname, attnum
"""
_EXCLUDES = """
    SELECT relname, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
     WHERE contype = 'x' AND pg_table_is_visible(conrelid) AND relname = ANY(%(names)s)
     ORDER BY relname, conname
"""
# One that is built, and not live or not valid, is passed by; one that is deferred is not asked at
# once; a collation or operators of somebody's may take two values for different ones.
_WEAKENED = """
    SELECT own.relname, 'index ' || made.relname
      FROM pg_index
      JOIN pg_class own ON own.oid = indrelid
      JOIN pg_class made ON made.oid = indexrelid
     WHERE indisunique AND pg_table_is_visible(indrelid) AND own.relname = ANY(%(names)s)
       AND (NOT (indisvalid AND indisready AND indislive AND indimmediate)
            OR indpred IS NOT NULL AND made.relname <> ALL(%(conditional)s)
            OR EXISTS (SELECT FROM unnest(indclass) AS used JOIN pg_opclass ON pg_opclass.oid = used
                        WHERE NOT opcdefault)
            OR EXISTS (SELECT FROM unnest(indcollation) AS used
                         JOIN pg_collation ON pg_collation.oid = used
                        WHERE NOT collisdeterministic))
    UNION ALL
    SELECT relname, 'constraint ' || conname
      FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
     WHERE contype = 'c' AND pg_table_is_visible(conrelid) AND relname = ANY(%(names)s)
       AND NOT convalidated
     ORDER BY 1, 2
"""
