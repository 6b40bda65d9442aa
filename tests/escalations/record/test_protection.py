"""Whoever takes the protection of the record away is named by what verifies it."""

import json
from copy import copy
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import UniqueConstraint

from console import condition
from console.database import promised
from escalations.models import Agent, CommandAnswer, Feedback, LookUp, Vote
from escalations.record import audit, protection
from tests.escalations.record import relied_on
from tests.running.kept import append_only, lifted
from tests.tampering import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.each_database]

STATEMENTS = [
    (vendor, one.split()[2], one)
    for vendor, statements in append_only.STATEMENTS.items()
    for one in statements
    if one.startswith("CREATE TRIGGER")
]


def execute(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def dropped(name, statement):
    table = statement.split(" ON ")[1].split()[0]
    execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor != "sqlite" else ""))


@pytest.mark.parametrize(("vendor", "name", "statement"), STATEMENTS)
def test_a_trigger_that_is_gone_is_named(vendor, name, statement):
    if vendor != connection.vendor:
        pytest.skip("Of the other database.")
    assert audit.verify().whole
    dropped(name, statement)
    assert sentences() == [f"The trigger {name} is gone: what it keeps can be changed."]
    execute(statement)
    assert audit.verify().whole


@pytest.mark.parametrize(("vendor", "name", "statement"), STATEMENTS)
def test_one_that_does_something_else_is_named(vendor, name, statement):
    if vendor != connection.vendor:
        pytest.skip("Of the other database.")
    dropped(name, statement)
    if vendor == "sqlite":
        table = statement.split(" ON ")[1].split()[0]
        execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN 1 = 0 BEGIN SELECT 1; END")
    else:
        function = statement.split()[-1].removesuffix("()")
        execute(
            "CREATE FUNCTION idle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            statement.replace(function, "idle"),
        )
    said = f"The trigger {name} is another than Baton’s: what it keeps can be changed."
    assert sentences() == [said]


def test_one_that_was_emptied_or_switched_off_is_named():
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL has functions, and triggers that are off.")
    execute(
        "CREATE OR REPLACE FUNCTION baton_event_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$",
        "ALTER TABLE escalations_decision DISABLE TRIGGER decision_kept",
        "SET LOCAL session_replication_role = replica",
    )
    assert set(sentences()) == {
        "The trigger event_kept is another than Baton’s: what it keeps can be changed.",
        "The trigger event_kept_on_truncate is another than Baton’s: what it keeps can be changed.",
        "The trigger decision_kept is switched off: what it keeps can be changed.",
        "The database runs no triggers: session_replication_role is “replica”.",
    }


def test_doctor_and_the_command_name_them():
    with lifted(connection):
        found = {one.part: one for one in condition.everything()}["record"]
        assert (found.ok, found.needed) == (False, False)
        assert "The trigger " in found.sentence
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("audit", "verify", "--json", stdout=out)
        assert "trigger" in json.loads(out.getvalue())["findings"][0]["sentence"]
    found = {one.part: one for one in condition.everything()}["record"]
    assert (found.ok, found.sentence) == (True, "The database refuses to change the record.")


@pytest.mark.django_db(transaction=True)
def test_they_are_installed_anew():
    for name, statement in [one[1:] for one in STATEMENTS if one[0] == connection.vendor][:2]:
        dropped(name, statement)
    assert not audit.verify().whole
    out = StringIO()
    for _ in range(2):
        call_command("audit", "protect", stdout=out)
    assert audit.verify().whole
    assert set(out.getvalue().splitlines()) == {"The database refuses to change the record."}


def test_one_chain_alone_says_nothing_of_the_database():
    with lifted(connection):
        assert [one.chain for one in audit.verify("none").findings] == ["none"]
        assert {one.chain for one in protection.findings()} == {"database"}


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("console_user", "is_superuser", "2"),
        ("routing_team", "offers_leads", "2"),
        ("escalations_escalation", "respond_by", "replace(respond_by, ' ', 'T')"),
        ("escalations_escalation", "arrived_at", "arrived_at || '+00:00'"),
        ("escalations_escalation", "wanted_by", "x''"),
    ],
)
def test_a_value_that_reads_the_same_and_is_found_otherwise_is_named(table, column, value):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps one form of each value.")
    relied_on.build()
    assert protection.findings() == []
    with lifted(connection):
        execute(f"UPDATE {table} SET {column} = {value}")
    found = [one.sentence for one in protection.findings()]
    assert found
    assert all(f".{column} of " in one for one in found)


def added(table):
    """A trigger that changes what is written to this table, in the words of the database."""
    if connection.vendor == "sqlite":
        execute(f"CREATE TRIGGER slipped_in AFTER INSERT ON {table} BEGIN SELECT 1; END")
    else:
        execute(
            "CREATE OR REPLACE FUNCTION idle() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN NEW; END'",
            f"CREATE TRIGGER slipped_in BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION idle()",
        )


@pytest.mark.parametrize("table", ["escalations_vote", "routing_offer", "console_user"])
def test_one_that_somebody_added_is_named(table):
    added(table)
    said = f"The trigger slipped_in on {table} is not Baton’s: it may change what is written."
    assert sentences() == [said]
    found = {one.part: one for one in condition.everything()}["record"]
    assert (found.ok, found.sentence) == (False, f"{said} See docs/record.md.")


def test_one_called_like_ours_on_another_table_is_named():
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite a name is one trigger's only.")
    execute(
        "CREATE TRIGGER event_kept BEFORE UPDATE ON escalations_vote FOR EACH ROW "
        "EXECUTE FUNCTION baton_event_kept()",
    )
    said = (
        "The trigger event_kept on escalations_vote is not Baton’s: it may change what is written."
    )
    assert sentences() == [said]


def gone(rule, table):
    return [f"The {rule} of {table} is gone: what it refuses can be stored."]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (CommandAnswer, "command_of_one_person"),  # Unique, in the table.
        (Vote, "one_part_per_person"),  # Unique under a condition, an index.
        (LookUp, "look_up_once"),  # Of an expression.
        (Feedback, "csat_1_to_5"),  # A check.
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_constraint_that_is_gone_is_named(model, name, monkeypatch):
    constraint = next(one for one in model._meta.constraints if one.name == name)
    assert sentences() == []
    others = [one for one in model._meta.constraints if one.name != name]
    with monkeypatch.context() as less, connection.schema_editor() as editor:
        # SQLite makes the table anew, as the model is.
        less.setattr(model._meta, "constraints", others)
        editor.remove_constraint(model, constraint)
    try:
        assert sentences() == gone(f"constraint {name}", model._meta.db_table)
        found = {one.part: one for one in condition.everything()}["record"]
        assert not found.ok
        assert name in found.sentence
    finally:
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)
    assert sentences() == []


@pytest.mark.parametrize(
    ("model", "column", "changed", "rule"),
    [
        (Agent, "name", {"_unique": False}, "unique value (name)"),
        (Vote, "person", {"db_constraint": False}, "reference of person_id to console_user.id"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_one_that_the_database_named_is_named_by_its_columns(model, column, changed, rule):
    promised = model._meta.get_field(column)
    free = copy(promised)
    for name, value in changed.items():
        setattr(free, name, value)
    free.__dict__.pop("unique", None)
    with connection.schema_editor() as editor:
        editor.alter_field(model, promised, free)
    try:
        assert sentences() == gone(rule, model._meta.db_table)
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(model, free, promised)
    assert sentences() == []


CONDITIONS = [
    (model, one)
    for model in apps.get_models()
    for one in model._meta.constraints
    if getattr(one, "condition", None)
]


def made_anew(model, one):
    """The same constraint, under its name, that refuses nothing."""
    table, no = model._meta.db_table, "0" if connection.vendor == "sqlite" else "false"
    if isinstance(one, UniqueConstraint):
        written = str(one.create_sql(model, connection.schema_editor()))
        execute(f"DROP INDEX {one.name}", f"{written.partition(' WHERE ')[0]} WHERE {no}")
    elif connection.vendor == "sqlite":
        # As whoever has the file can do; nothing else changes the check of a table in its place.
        words = str(one.constraint_sql(model, connection.schema_editor())).replace("'", "''")
        execute(
            "PRAGMA writable_schema = 1",
            f"UPDATE sqlite_master SET sql = replace(sql, '{words}', '{words[:-1]} OR 1)')"
            f" WHERE name = '{table}'",
            "PRAGMA writable_schema = 0",
        )
    else:
        execute(
            f"ALTER TABLE {table} DROP CONSTRAINT {one.name}",
            f"ALTER TABLE {table} ADD CONSTRAINT {one.name} CHECK (true)",
        )


@pytest.mark.parametrize(("model", "one"), CONDITIONS)
def test_one_that_refuses_less_under_its_own_name_is_named(model, one):
    assert list(promised.findings()) == []
    made_anew(model, one)
    said = f"The constraint {one.name} of {model._meta.db_table} is another than Baton’s"
    assert list(promised.findings()) == [f"{said}: what it refuses can be stored."]


def test_one_of_a_column_that_refuses_less_is_named():
    was, now = '"weekday" >= 0', '"weekday" >= -7'
    if connection.vendor == "sqlite":
        execute(
            "PRAGMA writable_schema = 1",
            f"UPDATE sqlite_master SET sql = replace(sql, '{was}', '{now}')",
            "PRAGMA writable_schema = 0",
        )
    else:
        execute(
            "ALTER TABLE routing_shift DROP CONSTRAINT routing_shift_weekday_check",
            f"ALTER TABLE routing_shift ADD CONSTRAINT routing_shift_weekday_check CHECK ({now})",
        )
    said = "The check of weekday of routing_shift is another than Baton’s"
    assert list(promised.findings()) == [f"{said}: what it refuses can be stored."]


def test_a_restored_backup_which_says_the_same_in_other_words_is_whole():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is copied as it stands.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %I DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', relname, "
            "conname, conname, pg_get_constraintdef(pg_constraint.oid)) FROM pg_constraint "
            "JOIN pg_class ON pg_class.oid = conrelid WHERE contype = 'c'"
        )
        as_dumped = [statement for (statement,) in cursor.fetchall()]
        cursor.execute(
            "SELECT format('DROP INDEX %I; %s', relname, pg_get_indexdef(indexrelid)) "
            "FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
            "WHERE indpred IS NOT NULL AND pg_table_is_visible(indrelid)"
        )
        as_dumped += [statement for (statement,) in cursor.fetchall()]
    before = promised._written()
    execute(*as_dumped)
    assert promised._written() != before
    assert list(promised.findings()) == []


@pytest.mark.parametrize("how", ["NOT VALID", "ON DELETE CASCADE"])
def test_a_reference_that_refuses_less_is_named(how):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite makes the table anew for that.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND "
            "conrelid = 'escalations_vote'::regclass AND confrelid = 'console_user'::regclass"
        )
        (name,) = cursor.fetchone()
    execute(
        f"ALTER TABLE escalations_vote DROP CONSTRAINT {name}",
        f"ALTER TABLE escalations_vote ADD CONSTRAINT {name} FOREIGN KEY (person_id) "
        f"REFERENCES console_user (id) {how}",
    )
    said = "The reference of escalations_vote is another than Baton’s"
    assert sentences() == [f"{said}: what it refuses can be stored."]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "CREATE TABLE kept () INHERITS (escalations_event)",
            "A table inherits from escalations_event: what it holds is read with it, unprotected.",
        ),
        (
            "ALTER TABLE escalations_commandanswer SET UNLOGGED",
            "escalations_commandanswer is not logged: what it holds is gone when the database falls.",
        ),
        (
            "CREATE RULE quiet AS ON UPDATE TO escalations_vote DO INSTEAD NOTHING",
            "The rule quiet on escalations_vote is not Baton’s: it may change what is written.",
        ),
        (
            "ALTER TABLE escalations_vote ENABLE ROW LEVEL SECURITY",
            "Row security of escalations_vote is on: rows of it may be hidden.",
        ),
        (
            "ALTER TABLE escalations_vote DISABLE TRIGGER ALL",
            "The references of escalations_vote are switched off: they are not checked.",
        ),
    ],
)
def test_what_stands_over_a_table_is_named(statement, said):
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL has them.")
    execute(statement)
    assert sentences() == [said]


def test_a_view_in_place_of_a_table_is_named():
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite its constraints are gone, and so it is named.")
    execute(
        "ALTER TABLE escalations_vote RENAME TO hidden",
        "CREATE VIEW escalations_vote AS SELECT * FROM hidden",
    )
    found = sentences()
    assert "escalations_vote is no table: what is read of it may be made up." in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"null": True}, "may be empty: what has to be there can be removed."),
        ({"max_length": 900}, "is of another type: {}(900)."),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_column_that_holds_more_than_it_may_is_named(change, said):
    promised_ = Agent._meta.get_field("name")
    loose = copy(promised_)
    for name, value in change.items():
        setattr(loose, name, value)
    with connection.schema_editor() as editor:
        editor.alter_field(Agent, promised_, loose)
    try:
        type_ = "varchar" if connection.vendor == "sqlite" else "character varying"
        assert sentences() == [f"The column name of escalations_agent {said.format(type_)}"]
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Agent, loose, promised_)
    assert sentences() == []
