"""Whoever takes the protection of the record away is named by what verifies it."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from console import condition
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
