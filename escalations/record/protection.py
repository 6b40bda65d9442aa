"""What the database itself must keep: the triggers that keep the record and the decisions from
being changed, and no others; what the tables refuse; and on SQLite the one way in which each value
is written.

Whoever owns the database can drop or switch off a trigger, change what they like and put it back;
this sees what is not there now. The newest migration that installs them says what must be.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import BooleanField, DateTimeField, Field

from console.database import promised
from escalations.record.chains import Finding, as_far

CHAIN = "database"
INSTALLED = import_module("escalations.migrations.0039_own_search_path")
SHOWN_MAX = 20
# SQLite keeps whatever it is given. What is written otherwise may read as the same value, and be
# another to a search: a 2 for a truth value, a T in a time, bytes for a text.
_DAY_AND_TIME = "-".join(["[0-9]" * 4, *["[0-9]" * 2] * 2]) + " " + ":".join(["[0-9]" * 2] * 3)
WRITTEN = {
    BooleanField: "{0} IN (0, 1)",
    DateTimeField: f"{{0}} GLOB '{_DAY_AND_TIME}' OR {{0}} GLOB '{_DAY_AND_TIME}.{'[0-9]' * 6}'"
    " AND {0} NOT GLOB '*.000000'",
}
TEXT = "typeof({0}) IN ('text', 'null')"


def findings() -> list[Finding]:
    """One for each trigger that is gone, does something else than it should, is off, or is not
    Baton's; for each constraint that is gone; and for each value that Baton did not write so."""
    return list(as_far(CHAIN, (Finding(CHAIN, sentence) for sentence in _found())))


def install() -> None:
    """Put all of them in place, as they must be."""
    with connection.schema_editor() as editor:
        INSTALLED.install(None, editor)


def _found() -> Iterator[str]:
    if _is_sqlite():
        yield from _sqlite()
        yield from _strangely_written()
        yield from _misfiled()
    else:
        yield from _postgresql()
    yield from promised.findings()


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _strangely_written() -> Iterator[str]:
    """A statement for each table; in the database's own words, which read any bytes."""
    for model in apps.get_models():
        fields = [one for one in model._meta.concrete_fields if _form(one)]  # noqa: SLF001
        if not fields:
            continue
        columns = [f'"{one.column}"' for one in fields]
        forms = [
            f"coalesce({_form(one).format(column)}, 1)"
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


def _form(field: "Field[Any, Any]") -> str:
    """The condition that Baton's writing of such a value meets; empty where it has several."""
    is_text = str(field.db_type(connection)).startswith(("varchar", "char", "text"))
    return WRITTEN.get(type(field)) or (TEXT if is_text else "")


def _misfiled() -> Iterator[str]:
    """What SQLite finds wrong between its tables and indexes: a row that an index leaves out is not
    found by what asks it, and not refused a second time."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA integrity_check({SHOWN_MAX})")
        found = [sentence for (sentence,) in cursor.fetchall()]
    yield from (f"SQLite says of its file: {one}." for one in found if one != "ok")


def _sqlite() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        rows = cursor.fetchall()
    there = {name: sql for name, sql, _ in rows}
    wanted = {statement.split()[2]: statement for statement in INSTALLED.STATEMENTS["sqlite"]}
    yield from (_foreign(name, table) for name, _, table in rows if name not in wanted)
    for name, statement in wanted.items():
        if name not in there:
            yield _gone(name)
        elif there[name] != statement:
            yield _changed(name)


def _postgresql() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS)
        rows = cursor.fetchall()
        cursor.execute("SHOW session_replication_role")
        (role,) = cursor.fetchone()
        cursor.execute("SHOW search_path")
        (path,) = cursor.fetchone()
    sources = {
        one.split()[2].removesuffix("()"): (one.split("$$")[1], [INSTALLED.SEARCH_PATH])
        for one in _of_postgresql("FUNCTION")
    }
    wanted = {_place(statement): statement for statement in _of_postgresql("TRIGGER")}
    # A name is one table's only: another table can have a trigger that is called the same.
    there = {row[:2]: row[2:] for row in rows}
    # Extensions may keep tables of their own in the same database.
    ours = {*promised.tables(), MigrationRecorder.Migration._meta.db_table}  # noqa: SLF001
    foreign = [place for place in there if place not in wanted and place[1] in ours]
    yield from (_foreign(name, table) for name, table in foreign)
    for (name, table), statement in wanted.items():
        function = statement.split()[-1].removesuffix("()")
        expected = (_kind(statement), function)
        if (name, table) not in there:
            yield _gone(name)
            continue
        *is_so, source, settings, condition, enabled = there[name, table]
        if (*is_so,) != expected or condition or (source, settings) != sources[function]:
            yield _changed(name)
        elif enabled not in {"O", "A"}:
            yield f"The trigger {name} is switched off: what it keeps can be changed."
    with connection.cursor() as cursor:
        cursor.execute(_TAKING_ROWS, {"names": list(ours)})
        for function, table in cursor.fetchall():
            yield (
                f"The function {function} takes rows of {table} and is not Baton’s: "
                "what keeps them can be misled by it."
            )
    # It is asked first where nobody names it.
    if "pg_catalog" in path and not path.replace('"', "").startswith("pg_catalog"):
        yield (
            f"The search_path is “{path}”: what somebody put into the way is asked before the "
            "database's own catalog, and answers what is asked here."
        )
    if role == "replica":
        yield f"The database runs no triggers: session_replication_role is “{role}”."


def _of_postgresql(kind: str) -> list[str]:
    return [one for one in INSTALLED.STATEMENTS["postgresql"] if one.startswith(f"CREATE {kind}")]


def _place(statement: str) -> tuple[str, str]:
    return statement.split()[2], statement.split(" ON ")[1].split(maxsplit=1)[0]


def _kind(statement: str) -> int:
    """The bits by which PostgreSQL keeps it: before, for each row, and of which acts."""
    bits = {"FOR EACH ROW": 1, "BEFORE": 2, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
    return sum(bit for words, bit in bits.items() if words in statement)


def _gone(name: str) -> str:
    return f"The trigger {name} is gone: what it keeps can be changed."


def _changed(name: str) -> str:
    return f"The trigger {name} is another than Baton’s: what it keeps can be changed."


def _foreign(name: str, table: str) -> str:
    return f"The trigger {name} on {table} is not Baton’s: it may change what is written."


_TRIGGERS = """
    SELECT tgname, tgrelid::regclass::text, tgtype, proname, prosrc, proconfig,
           tgqual IS NOT NULL OR tgattr::text <> '' OR tgnargs > 0 OR prosecdef,
           CASE WHEN relhastriggers THEN tgenabled ELSE 'D' END
      FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_class ON pg_class.oid = tgrelid
     WHERE NOT tgisinternal
"""
# Chosen before the database's own of that name: by such a `to_jsonb` a trigger compared nothing.
_TAKING_ROWS = """
    SELECT DISTINCT proname, relname
      FROM pg_proc JOIN pg_type ON pg_type.oid = ANY(proargtypes::oid[])
      JOIN pg_class ON pg_class.oid = typrelid
     WHERE relname = ANY(%(names)s)
     ORDER BY proname, relname
"""
