import pytest
from django.db import Error, connection, transaction

from escalations.models import Decision, Event
from tests import factories
from tests.escalations.record.test_protection import STATEMENTS, dropped, execute
from tests.factories import NOW, after
from tests.running import listening
from tests.running.kept import append_only, lifted
from tests.tampering import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.each_database]


@pytest.fixture
def decision():
    return listening.decided(factories.key(), factories.viewer(), now=NOW, undo_s=10)


def refused(sql, *values):
    """What the database says to this statement."""
    with pytest.raises(Error) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE escalations_event SET kind = 'released'",
        "UPDATE escalations_event SET hash = hash",
        "UPDATE escalations_event SET body = body WHERE position = 1",
        "DELETE FROM escalations_event",
        "DELETE FROM escalations_event WHERE position = 2",
    ],
)
def test_record_refuses_every_change(sql, decision):
    before = list(Event.objects.order_by("pk").values())
    assert append_only.RECORD_SAYS in refused(sql)
    assert list(Event.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("column", [*append_only.FIXED_COLUMNS])
def test_decision_refuses_every_change_but_being_undone(column, decision):
    others = {"id": "'x'", "body": "'{}'", "outcome": "'rejected'"}
    number = f"{column} + 1" if column in {"sequence", "escalation_version"} else ""
    flag = f"NOT {column}" if column in {"proceed", "final", "automatic"} else ""
    time = "'2027-01-01T00:00:00+00:00'" if column.endswith("_at") else ""
    value = others.get(column) or number or flag or time or f"{column} + 1"
    said = refused(f"UPDATE escalations_decision SET {column} = {value}")
    assert append_only.DECISION_SAYS in said
    assert append_only.DECISION_SAYS in refused(
        f"UPDATE escalations_decision SET undone_at = %s, {column} = {value}",
        after(5),
    )


def test_decision_is_undone_once(decision):
    Decision.objects.update(undone_at=after(5))
    assert append_only.DECISION_SAYS in refused(
        "UPDATE escalations_decision SET undone_at = %s", after(6)
    )
    assert append_only.DECISION_SAYS in refused("UPDATE escalations_decision SET undone_at = NULL")
    assert Decision.objects.get().undone_at == after(5)


def test_decision_is_handed_out_once_and_then_not_undone(decision):
    Decision.objects.update(handed_out_at=after(5))
    for column in ("handed_out_at", "undone_at"):
        said = refused(f"UPDATE escalations_decision SET {column} = %s", after(6))
        assert append_only.DECISION_SAYS in said
    said = refused("UPDATE escalations_decision SET handed_out_at = NULL, undone_at = %s", after(6))
    assert append_only.DECISION_SAYS in said
    row = Decision.objects.get()
    assert (row.handed_out_at, row.undone_at) == (after(5), None)


def test_decision_that_was_undone_is_not_handed_out(decision):
    said = refused(
        "UPDATE escalations_decision SET handed_out_at = %s, undone_at = %s", after(5), after(5)
    )
    assert append_only.DECISION_SAYS in said
    Decision.objects.update(undone_at=after(5))
    said = refused("UPDATE escalations_decision SET handed_out_at = %s", after(6))
    assert append_only.DECISION_SAYS in said


def test_decision_cannot_be_deleted(decision):
    assert append_only.DECISION_SAYS in refused("DELETE FROM escalations_decision")


def test_fixed_columns_are_all_but_two():
    columns = {field.column for field in Decision._meta.local_fields}
    assert {*append_only.FIXED_COLUMNS} == columns - {"undone_at", "handed_out_at"}


def test_replace_cannot_take_the_place_of_a_row(decision):
    if connection.vendor != "sqlite":
        pytest.skip("Only SQLite has REPLACE.")
    for table in ("escalations_event", "escalations_decision"):
        said = refused(f"REPLACE INTO {table} SELECT * FROM {table}")
        assert "The record is append-only." in said or append_only.DECISION_SAYS in said


def test_truncate_is_refused(decision):
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL has TRUNCATE.")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert append_only.RECORD_SAYS in refused("TRUNCATE escalations_event CASCADE")
    assert append_only.DECISION_SAYS in refused("TRUNCATE escalations_decision CASCADE")


def test_migration_runs_backwards(decision):
    with lifted(connection):
        Event.objects.filter(position=2).update(kind="changed")
    assert append_only.RECORD_SAYS in refused("DELETE FROM escalations_event")


@pytest.mark.parametrize("name", ["event_kept", "decision_kept"])
def test_one_that_looks_at_another_column_only_is_named(name):
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite its words are compared.")
    statement = next(
        one for vendor, other, one in STATEMENTS if other == name and vendor != "sqlite"
    )
    dropped(name, statement)
    execute(statement.replace("UPDATE", "UPDATE OF id"))
    said = f"The trigger {name} is another than Baton’s: what it keeps can be changed."
    assert sentences() == [said]


def test_a_function_that_misleads_a_trigger_is_named():
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL has them.")
    execute(
        "CREATE FUNCTION to_jsonb(escalations_decision) RETURNS jsonb LANGUAGE sql AS "
        "$$ SELECT '{}'::jsonb $$"
    )
    said = "The function to_jsonb takes rows of escalations_decision and is not Baton’s"
    assert sentences() == [f"{said}: what keeps them can be misled by it."]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE OR REPLACE FUNCTION baton_event_kept() RETURNS trigger LANGUAGE plpgsql AS ''",
        "ALTER FUNCTION baton_event_kept() SET search_path = public, pg_catalog",
        "ALTER FUNCTION baton_event_kept() RESET search_path",
    ],
)
def test_a_function_that_is_another_in_body_or_settings_is_named(statement):
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite triggers have no functions.")
    execute("SET LOCAL check_function_bodies = off", statement)
    said = "is another than Baton’s: what it keeps can be changed."
    assert sentences() == [
        f"The trigger {name} {said}" for name in ("event_kept", "event_kept_on_truncate")
    ]


@pytest.mark.parametrize(
    "misleading",
    [
        [
            "CREATE DOMAIN to_jsonb AS bytea",
            "CREATE CAST (escalations_decision AS bytea) WITH INOUT",
            "CREATE FUNCTION nothing(bytea, text[]) RETURNS bytea LANGUAGE sql AS $$SELECT ''::bytea$$",
            "CREATE OPERATOR - (LEFTARG = bytea, RIGHTARG = text[], FUNCTION = nothing)",
        ],
        [
            "CREATE FUNCTION alike(jsonb, jsonb) RETURNS boolean LANGUAGE sql AS $$SELECT true$$",
            "CREATE OPERATOR public.= (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = alike)",
            "SET LOCAL search_path = public, pg_catalog",
        ],
        [
            "CREATE FUNCTION to_jsonb(anyelement) RETURNS jsonb LANGUAGE sql AS $$SELECT '{}'::jsonb$$",
            "SET LOCAL search_path = public, pg_catalog",
        ],
    ],
    ids=["a cast of rows", "an equality", "a function of any row"],
)
def test_what_somebody_put_in_the_way_misleads_no_trigger(misleading, decision):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no operators of somebody's.")
    execute(*misleading)
    changed = "UPDATE escalations_decision SET undone_at = now(), proceed = NOT proceed"
    assert append_only.DECISION_SAYS in refused(changed)


def test_a_search_path_that_asks_others_first_is_named():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has none.")
    execute(
        "CREATE TABLE kept AS SELECT * FROM pg_catalog.pg_trigger",
        "CREATE VIEW public.pg_trigger AS SELECT * FROM kept",
        "DROP TRIGGER event_kept ON escalations_event",
        "SET LOCAL search_path = public, pg_catalog",
    )
    assert [one for one in sentences() if "The search_path is “public, pg_catalog”" in one]


def test_an_index_that_was_emptied_behind_its_words_is_named():
    if connection.vendor != "sqlite":
        pytest.skip("Nothing of SQL changes what an index of PostgreSQL holds.")
    factories.escalation()
    name, words = "whole_queue", "SELECT sql FROM sqlite_master WHERE name = 'whole_queue'"
    with connection.cursor() as cursor:
        cursor.execute(words)
        (was,) = cursor.fetchone()
        for sql in (f"{was} AND 0", was):
            cursor.execute("PRAGMA writable_schema = 1")
            cursor.execute("UPDATE sqlite_master SET sql = %s WHERE name = %s", [sql, name])
            cursor.execute("PRAGMA writable_schema = RESET")
            cursor.execute(f"REINDEX {name}" if sql != was else "SELECT 1")
    assert [one for one in sentences() if "SQLite says of its file" in one and name in one]
