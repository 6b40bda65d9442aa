"""What the database itself must keep: the triggers that keep the record and the decisions from
being changed, and on SQLite the one way in which each value is written.

Whoever owns the database can drop or switch off a trigger, change what they like and put it back;
this sees what is not there now. The newest migration that installs them says what must be.
"""

from collections.abc import Iterator
from importlib import import_module

from django.apps import apps
from django.db import connection
from django.db.models import BooleanField, DateTimeField

from escalations.record.chains import Finding, as_far

CHAIN = "database"
INSTALLED = import_module("escalations.migrations.0010_handed_out")
SHOWN_MAX = 20
# SQLite keeps whatever it is given. What is written otherwise may read as the same value, and be
# another to a search: a 2 for a truth value, a T in a time.
_DAY_AND_TIME = "-".join(["[0-9]" * 4, *["[0-9]" * 2] * 2]) + " " + ":".join(["[0-9]" * 2] * 3)
WRITTEN = {
    BooleanField: "{0} IN (0, 1)",
    DateTimeField: f"{{0}} GLOB '{_DAY_AND_TIME}' OR {{0}} GLOB '{_DAY_AND_TIME}.{'[0-9]' * 6}'"
    " AND {0} NOT GLOB '*.000000'",
}


def findings() -> list[Finding]:
    """One for each trigger that is gone, does something else than it should, or is off, and for
    each value that Baton did not write so."""
    return list(as_far(CHAIN, (Finding(CHAIN, sentence) for sentence in _found())))


def install() -> None:
    """Put all of them in place, as they must be."""
    with connection.schema_editor() as editor:
        INSTALLED.install(None, editor)


def _found() -> Iterator[str]:
    if _is_sqlite():
        yield from _sqlite()
        yield from _strangely_written()
    else:
        yield from _postgresql()


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _strangely_written() -> Iterator[str]:
    """A statement for each table; in the database's own words, which read any bytes."""
    for model in apps.get_models():
        fields = [one for one in model._meta.concrete_fields if type(one) in WRITTEN]  # noqa: SLF001
        if not fields:
            continue
        columns = [f'"{one.column}"' for one in fields]
        forms = [
            f"coalesce({WRITTEN[type(one)].format(column)}, 1)"
            for one, column in zip(fields, columns, strict=True)
        ]
        table = model._meta.db_table  # noqa: SLF001
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT rowid, {', '.join(forms)} FROM {table} "  # noqa: S608
                f"WHERE NOT ({' AND '.join(forms)}) LIMIT {SHOWN_MAX}"
            )
            found = cursor.fetchall()
        for row, *right in found:
            for field, is_right in zip(fields, right, strict=True):
                if not is_right:
                    place = f"{model.__name__}.{field.name} of row {row}"
                    yield f"{place} is not written as Baton writes it: a search may misread it."


def _sqlite() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        there = dict(cursor.fetchall())
    for statement in INSTALLED.STATEMENTS["sqlite"]:
        name = statement.split()[2]
        if name not in there:
            yield _gone(name)
        elif there[name] != statement:
            yield _changed(name)


def _postgresql() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS)
        there = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute("SHOW session_replication_role")
        (role,) = cursor.fetchone()
    sources = {one.split()[2].removesuffix("()"): one for one in _of_postgresql("FUNCTION")}
    for statement in _of_postgresql("TRIGGER"):
        name, function = statement.split()[2], statement.split()[-1].removesuffix("()")
        expected = (_kind(statement), statement.split(" ON ")[1].split()[0], function)
        if name not in there:
            yield _gone(name)
            continue
        *is_so, source, condition, enabled = there[name]
        if (*is_so,) != expected or condition or source not in sources[function]:
            yield _changed(name)
        elif enabled not in {"O", "A"}:
            yield f"The trigger {name} is switched off: what it keeps can be changed."
    if role != "origin":
        yield f"The database runs no triggers: session_replication_role is “{role}”."


def _of_postgresql(kind: str) -> list[str]:
    return [one for one in INSTALLED.STATEMENTS["postgresql"] if one.startswith(f"CREATE {kind}")]


def _kind(statement: str) -> int:
    """The bits by which PostgreSQL keeps it: before, for each row, and of which acts."""
    bits = {"FOR EACH ROW": 1, "BEFORE": 2, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
    return sum(bit for words, bit in bits.items() if words in statement)


def _gone(name: str) -> str:
    return f"The trigger {name} is gone: what it keeps can be changed."


def _changed(name: str) -> str:
    return f"The trigger {name} is another than Baton’s: what it keeps can be changed."


_TRIGGERS = """
    SELECT tgname, tgtype, tgrelid::regclass::text, proname, prosrc, tgqual IS NOT NULL, tgenabled
      FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
     WHERE NOT tgisinternal
"""
