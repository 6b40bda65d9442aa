"""The rows of one change, written all or none: an escalation and what belongs to it.

PostgreSQL takes them as one statement, which is a transaction of its own: its first part writes
the escalation, and the others write only if that did. Elsewhere the same parts run one by one
inside a transaction. The text is made once, from the models' fields.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple

from django.db import connection, models, transaction

from console.database import statements
from escalations.access import RightsKept
from escalations.models import Escalation, search_words

Kinds = tuple[type[models.Model], ...]

OWNER = "escalation_id"
_STILL = "number = %s AND version = %s AND chain_length = %s"
# What is in them is of the database's own types already.
_TAKEN_BY_BOTH = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)


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


class WrittenChange(NamedTuple):
    """One of many changes: an escalation one version and one line further, with its rows, its
    riders and the columns that are written."""

    escalation: Escalation
    rows: Sequence[models.Model]
    riders: Sequence[str]
    columns: tuple[str, ...]


def update(
    escalation: Escalation,
    rows: Sequence[models.Model],
    riders: Sequence[str] = (),
    *,
    columns: tuple[str, ...],
    version: int,
    line: int,
    only_if: RightsKept | None = None,
) -> bool:
    """Write these columns of an escalation, with its rows.

    False if it is not at that `version` and that `line` of its chain any more, or `only_if` finds
    nothing; then nothing is written. A rider is an UPDATE of another app whose one `%s`, in
    `IN (%s)`, is the number of the escalation.
    """
    where = [escalation.pk, version, line]
    head, values = _changing(columns), [*_values(escalation, columns), *where]
    if only_if is not None:
        before = where if statements.on_postgres() else []
        head, values = _while(only_if.statement, columns), [*before, *only_if.values, *values]
    return _write(head, values, rows, tuple(riders)) is not None


def update_all(changes: Sequence[WrittenChange]) -> bool:
    """Write many changes, all inside the caller's transaction, each table by one statement.

    False if any of the escalations is not one version and one line before its change any more:
    then some may be written, and the caller has to void the transaction.
    """
    for columns in {change.columns: None for change in changes}:
        alike = [change.escalation for change in changes if change.columns == columns]
        if _change_all(columns, alike) != len(alike):
            return False
    owned: dict[type[models.Model], list[list[Any]]] = {}
    riding: dict[str, list[int]] = {}
    for escalation, rows, riders, _ in changes:
        for row in rows:
            owner = [escalation.pk] if _is_owned(type(row)) else []
            owned.setdefault(type(row), []).append([*owner, *_values(row)])
        for rider in riders:
            riding.setdefault(rider, []).append(escalation.pk)
    for kind, values in owned.items():
        _insert_all(kind, values)
    for rider, numbers in riding.items():
        _ride_all(rider, numbers)
    return True


def _change_all(columns: tuple[str, ...], cases: Sequence[Escalation]) -> int:
    """Counts those that were there."""
    values = [
        [*_values(case, columns), case.pk, case.version - 1, case.chain_length - 1]
        for case in cases
    ]
    if statements.on_postgres():
        return len(statements.rows(_changing_all(columns), _by_column(values)))
    else:
        return statements.many(_change(columns), values)


def _insert_all(kind: type[models.Model], values: list[list[Any]]) -> None:
    if statements.on_postgres():
        statements.rows(_inserting_all(kind), _by_column(values))
    else:
        statements.many(_insertion(kind), values)


def _ride_all(rider: str, numbers: list[int]) -> None:
    # What PostgreSQL is asked must return something.
    returning = " RETURNING 1" if statements.on_postgres() else ""
    statements.rows(f"{rider % statements.each()}{returning}", [statements.each_of(numbers)])


def _by_column(values: list[list[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*values, strict=True)]


@cache
def _changing_all(columns: tuple[str, ...]) -> str:
    """PostgreSQL's own: each value is the list of it of all changes."""
    fields = _fields(Escalation, columns)
    table = Escalation._meta.db_table  # noqa: SLF001
    sets = ", ".join(f"{one.column} = to_{place}" for place, one in enumerate(fields))
    names = ", ".join(f"to_{place}" for place, _ in enumerate(fields))
    marks = ", ".join(_mark(field, many="[]") for field in fields)
    return (
        f"UPDATE {table} AS kept SET {sets}"  # noqa: S608
        f" FROM unnest({marks}, %s::bigint[], %s::bigint[], %s::bigint[])"
        f" AS changed({names}, is_number, was_version, was_line)"
        " WHERE kept.number = is_number AND kept.version = was_version"
        " AND kept.chain_length = was_line RETURNING kept.number"
    )


@cache
def _inserting_all(kind: type[models.Model]) -> str:
    """The same of the rows of a table."""
    fields = _fields(kind)
    names, marks = [str(field.column) for field in fields], [_mark(f, many="[]") for f in fields]
    if _is_owned(kind):
        names, marks = [OWNER, *names], ["%s::bigint[]", *marks]
    into = f"INSERT INTO {kind._meta.db_table} ({', '.join(names)})"  # noqa: SLF001
    return f"{into} SELECT * FROM unnest({', '.join(marks)}) RETURNING 1"  # noqa: S608


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
    return f"{_change(columns)} RETURNING number"


@cache
def _while(kept: str, columns: tuple[str, ...]) -> str:
    """PostgreSQL reads what must be found once it has the lock of the case, and not before: while
    that is waited for, nobody waits for this. An UPDATE asks its conditions first and locks then;
    hence the lock by itself, and `CASE`, which keeps the order."""
    parts, found = f"kept AS ({kept})", "EXISTS (SELECT 1 FROM kept)"
    if statements.on_postgres():
        table = Escalation._meta.db_table  # noqa: SLF001
        locked = f"SELECT number FROM {table} WHERE {_STILL} FOR NO KEY UPDATE"  # noqa: S608
        parts = f"locked AS ({locked}), {parts}"
        found = f"CASE WHEN EXISTS (SELECT 1 FROM locked) THEN {found} ELSE FALSE END"  # noqa: S608
    return f"WITH {parts} {_change(columns)} AND {found} RETURNING number"


@cache
def _change(columns: tuple[str, ...]) -> str:
    fields = _fields(Escalation, columns)
    sets = ", ".join(f"{field.column} = {_mark(field)}" for field in fields)
    table = Escalation._meta.db_table  # noqa: SLF001
    return f"UPDATE {table} SET {sets} WHERE {_STILL}"  # noqa: S608


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


def _mark(field: "models.Field[Any, Any]", many: str = "") -> str:
    return f"%s::{field.db_type(connection)}{many}" if statements.on_postgres() else "%s"


def _values(row: models.Model, columns: tuple[str, ...] | None = None) -> list[Any]:
    return [
        getattr(row, field.attname) if ready is None else ready(getattr(row, field.attname))
        for field, ready in _readied(type(row), columns)
    ]


@cache
def _readied(
    kind: type[models.Model], columns: tuple[str, ...] | None
) -> "list[tuple[models.Field[Any, Any], Callable[[Any], Any] | None]]":
    """Each field with what makes its values ready for this database. Most types are taken as they
    are, and asking Django for each value costs as much as sending it."""
    return [(field, _ready(field)) for field in _fields(kind, columns)]


def _ready(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    by_postgres = statements.on_postgres() and not isinstance(field, models.JSONField)
    if field.choices:
        return str
    elif by_postgres or isinstance(field, _TAKEN_BY_BOTH):
        return None
    elif isinstance(field, models.DateTimeField):
        return _moment
    else:
        return partial(field.get_db_prep_save, connection=connection)


def _moment(value: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


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
