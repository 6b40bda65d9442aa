"""The rows of one change, written all or none: an escalation and what belongs to it.

PostgreSQL takes them as one statement, which is a transaction of its own: its first part writes
the escalation, and the others write only if that did. Elsewhere the same parts run one by one
inside a transaction. The text is made once, from the models' fields.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from django.db import connection, models, transaction

from console.database import statements
from escalations.models import Escalation, search_words

Kinds = tuple[type[models.Model], ...]

OWNER = "escalation_id"


def insert(escalation: Escalation, rows: Sequence[models.Model]) -> bool:
    """Store a new escalation with its rows; False if its idempotency key is already taken, or an
    identical call waits."""
    words = _word_list(search_words.of(escalation))
    number = _write(_arriving(), _values(escalation), rows, (_words(),), words)
    if number is None:
        return False
    escalation.number = number
    for row in (escalation, *rows):
        # Django did not write them, and takes them for new until it is told.
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001
    return True


def update(
    escalation: Escalation,
    rows: Sequence[models.Model],
    riders: Sequence[str] = (),
    *,
    columns: tuple[str, ...],
    version: int,
    line: int,
) -> bool:
    """Write these columns of an escalation, with its rows.

    False if it is not at that `version` and that `line` of its chain any more; then nothing is
    written. A rider is an UPDATE of another app whose one `%s` is the escalation's number.
    """
    values = [*_values(escalation, columns), escalation.pk, version, line]
    return _write(_changing(columns), values, rows, tuple(riders)) is not None


def _write(
    head: str,
    values: list[Any],
    rows: Sequence[models.Model],
    riders: tuple[str, ...] = (),
    said: Sequence[Any] = (),
) -> int | None:
    """The number of the escalation; None if the head wrote nothing. `said`: the further values of
    the one rider that has some."""
    if statements.on_postgres():
        kinds = tuple(type(row) for row in rows)
        beside = [value for row in rows for value in _values(row)]
        found = statements.rows(_whole(head, kinds, riders), [*values, *beside, *said])
        return found[0][0] if found else None
    else:
        # No savepoint: where this fails, the caller's whole change is void.
        with transaction.atomic(savepoint=False):
            return _one_by_one(head, values, rows, riders, said)


def _one_by_one(
    head: str,
    values: list[Any],
    rows: Sequence[models.Model],
    riders: tuple[str, ...],
    said: Sequence[Any],
) -> int | None:
    found = statements.rows(head, values)
    if not found:
        return None
    number: int = found[0][0]
    for row in rows:
        owner = [number] if _is_owned(type(row)) else []
        statements.rows(_insertion(type(row)), [*owner, *_values(row)])
    for rider in riders:
        statements.rows(rider, [number, *said])
    return number


@cache
def _words() -> str:
    """The rider that stores the words of a new case."""
    if statements.on_postgres():
        each = "CROSS JOIN unnest(%s::text[]) AS each_word(value) WHERE head.number IS NOT NULL"
    else:
        each = "CROSS JOIN json_each(%s) AS each_word"
    return (
        "INSERT INTO escalations_searchword (word, number)"  # noqa: S608
        f" SELECT each_word.value, head.number FROM (SELECT %s AS number) AS head {each}"
    )


def _word_list(words: list[str]) -> list[Any]:
    return [words if statements.on_postgres() else json.dumps(words)]


@cache
def _arriving() -> str:
    insertion = _insertion(Escalation)
    # The unique keys decide between two equal POSTs at once; reading first would let both through.
    return f"{insertion} ON CONFLICT DO NOTHING RETURNING number"


@cache
def _changing(columns: tuple[str, ...]) -> str:
    fields = _fields(Escalation, columns)
    sets = ", ".join(f"{field.column} = {_mark(field)}" for field in fields)
    table = Escalation._meta.db_table  # noqa: SLF001
    still = "number = %s AND version = %s AND chain_length = %s"
    return f"UPDATE {table} SET {sets} WHERE {still} RETURNING number"  # noqa: S608


@cache
def _whole(head: str, kinds: Kinds, riders: tuple[str, ...]) -> str:
    parts = [f"escalation AS ({head})"]
    parts += [f"row_{place} AS ({_insertion(kind)})" for place, kind in enumerate(kinds)]
    number = "(SELECT number FROM escalation)"
    # Parts of one WITH see one snapshot and are all carried out, in no order; each reads the number
    # from the first part, so that it writes nothing where that found no row. Of a rider the first
    # value is that number.
    parts += [f"rider_{place} AS ({r.replace('%s', number, 1)})" for place, r in enumerate(riders)]
    return f"WITH {', '.join(parts)} SELECT number FROM escalation"  # noqa: S608


@cache
def _insertion(kind: type[models.Model]) -> str:
    fields = _fields(kind)
    names, marks = [str(field.column) for field in fields], [_mark(field) for field in fields]
    if _is_owned(kind):
        names, marks = [OWNER, *names], ["number" if statements.on_postgres() else "%s", *marks]
    into = f"INSERT INTO {kind._meta.db_table} ({', '.join(names)})"  # noqa: SLF001
    if kind is not Escalation and statements.on_postgres():
        return f"{into} SELECT {', '.join(marks)} FROM escalation"  # noqa: S608
    else:
        return f"{into} VALUES ({', '.join(marks)})"


def _mark(field: "models.Field[Any, Any]") -> str:
    return f"%s::{field.db_type(connection)}" if statements.on_postgres() else "%s"


def _values(row: models.Model, columns: tuple[str, ...] | None = None) -> list[Any]:
    return [
        getattr(row, field.attname) if ready is None else ready(getattr(row, field.attname))
        for field, ready in _readied(type(row), columns)
    ]


@cache
def _readied(
    kind: type[models.Model], columns: tuple[str, ...] | None
) -> "list[tuple[models.Field[Any, Any], Callable[[Any], Any] | None]]":
    """Each field with what makes its values ready for this database. PostgreSQL takes most types
    as they are, and asking Django for each value costs as much as sending it."""
    return [(field, _ready(field)) for field in _fields(kind, columns)]


def _ready(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    if field.choices:
        return str
    elif statements.on_postgres() and not isinstance(field, models.JSONField):
        return None
    else:
        return partial(field.get_db_prep_save, connection=connection)


@cache
def _fields(
    kind: type[models.Model], columns: tuple[str, ...] | None = None
) -> "list[models.Field[Any, Any]]":
    """Those named; without names all but the key that the database counts up, and the owner."""
    fields = kind._meta.concrete_fields  # noqa: SLF001
    if columns is not None:
        return [field for field in fields if field.name in columns]
    else:
        return [f for f in fields if not isinstance(f, models.AutoField) and f.column != OWNER]


@cache
def _is_owned(kind: type[models.Model]) -> bool:
    return any(field.column == OWNER for field in kind._meta.concrete_fields)  # noqa: SLF001
