"""What the constraints of a table of PostgreSQL say, next to what the models mean by them: one that
was made anew under its own name can refuse less than its name promises.

PostgreSQL tells them in words of its own, so the same are made on a temporary table, and what it
tells of both is compared. Of SQLite, which keeps the words, it is done in `definitions`.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import CheckConstraint, Model, UniqueConstraint

SCRATCH = "baton_compared"


def changed(model: type[Model]) -> Iterator[str]:
    """Of the constraints that are there, the names of those that say something else, and for those
    that the database named their column. Raises DatabaseError."""
    named, unnamed = list(_conditional(model)), _checks_of_fields(model)
    if not named and not unnamed:
        return
    table = _meta(model).db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        # A copy that only follows makes no tables; what it follows is to be asked.
        if cursor.fetchone() == (True,):
            return
        cursor.execute(f"CREATE TEMPORARY TABLE {SCRATCH} (LIKE {table})")
        for one in named:
            cursor.execute(_made_by(model, one).replace(f'"{table}"', f'"{SCRATCH}"'))
        for number, check in enumerate(unnamed.values()):
            cursor.execute(f"ALTER TABLE {SCRATCH} ADD CONSTRAINT of_{number} CHECK ({check})")
        meant = [_told(cursor, SCRATCH)]
        # A backup that was restored says in yet other words what PostgreSQL told when it was made.
        for again in _as_restored(cursor):
            cursor.execute(again)
        meant.append(_told(cursor, SCRATCH))
        there = _told(cursor, table)
        cursor.execute(f"DROP TABLE {SCRATCH}")
    for one in named:
        if one.name in there and there[one.name] not in {said[one.name] for said in meant}:
            yield f"constraint {one.name}"
    for number, column in enumerate(unnamed):
        if not {said[f"of_{number}"] for said in meant} & {*there.values()}:
            yield f"check of {column}"


def _as_restored(cursor: Any) -> list[str]:
    """What puts the constraints of the temporary table in place as PostgreSQL tells them."""
    cursor.execute(_RESTORED, {"table": SCRATCH})
    return [statement for row in cursor.fetchall() for statement in row]


def _told(cursor: Any, table: str) -> dict[str, str]:
    cursor.execute(_CONDITIONS, {"table": table})
    return dict(cursor.fetchall())


def _conditional(model: type[Model]) -> Iterator[UniqueConstraint | CheckConstraint]:
    """Those of which columns alone do not say what they refuse."""
    for one in _meta(model).constraints:
        if isinstance(one, CheckConstraint) or (
            isinstance(one, UniqueConstraint) and (one.condition or one.expressions)
        ):
            yield one


def _checks_of_fields(model: type[Model]) -> dict[str, str]:
    fields = _meta(model).local_concrete_fields
    return {one.column: check for one in fields if (check := one.db_check(connection))}


def _made_by(model: type[Model], one: UniqueConstraint | CheckConstraint) -> str:
    return str(one.create_sql(model, _editor()))


def _editor() -> Any:
    # Only asked for words.
    return connection.schema_editor()


def _meta(model: type[Model]) -> Any:
    return model._meta  # noqa: SLF001


_CONDITIONS = """
    SELECT relname, concat_ws(' WHERE ', pg_get_expr(indexprs, indrelid),
                              pg_get_expr(indpred, indrelid))
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE indrelid = %(table)s::regclass AND indisunique
    UNION ALL
    SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint
     WHERE conrelid = %(table)s::regclass AND contype = 'c'
"""
_RESTORED = """
    SELECT format('DROP INDEX pg_temp.%%I', relname), pg_get_indexdef(indexrelid)
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE indrelid = %(table)s::regclass
    UNION ALL
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', %(table)s, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', %(table)s, conname,
                  pg_get_constraintdef(pg_constraint.oid))
      FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype = 'c'
"""
