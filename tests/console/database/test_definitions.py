"""What the tables refuse is named where it refuses less, whatever the words in which it does."""

import re

import pytest
from django.apps import apps
from django.db import connection

from console.database import definitions, promised
from tests.escalations.record.test_protection import execute

pytestmark = [pytest.mark.django_db, pytest.mark.each_database]

TABLES = sorted(promised.tables())


def only_on(vendor, why):
    if connection.vendor != vendor:
        pytest.skip(why)


def rewritten(table, change):
    """As whoever has the file can do: the words of a table, changed in their place."""
    only_on("sqlite", "PostgreSQL keeps no words of a table.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
        (was,) = cursor.fetchone()
        now = change(was)
        assert now != was
        cursor.execute("PRAGMA writable_schema = 1")
        cursor.execute("UPDATE sqlite_master SET sql = %s WHERE name = %s", [now, table])
        cursor.execute("PRAGMA writable_schema = 0")


def named():
    return list(promised.findings())


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_as_baton_writes_it(table):
    only_on("sqlite", "PostgreSQL keeps no words of a table.")
    assert list(definitions.changed(promised.tables()[table])) == []
    assert list(definitions.added(promised.tables()[table])) == []


ONE_WORD_MORE = [
    ("escalations_agent", r'("name" varchar\(\d+\) NOT NULL UNIQUE)', r"\1 ON CONFLICT REPLACE"),
    ("escalations_agent", r'("name" varchar\(\d+\) NOT NULL)', r"\1 COLLATE NOCASE"),
    ("escalations_vote", r'("person_id" [^,]*?REFERENCES "console_user" \("id"\))', r"\1 ON DELETE CASCADE"),
    ("escalations_vote", r'(REFERENCES "console_user" \("id"\)) DEFERRABLE INITIALLY DEFERRED', r"\1 ON UPDATE SET NULL"),
    ("routing_shift", r'CHECK \(("weekday" >= 0)\)', r"DEFAULT 'CHECK (\1)' CHECK (1)"),
    ("routing_shift", r'(CHECK \("weekday" >= 0)\)', r"\1 OR 1)"),
    ("escalations_commandanswer", r'(CONSTRAINT "command_of_one_person" UNIQUE \([^)]*\))', r"\1 ON CONFLICT IGNORE"),
    ("escalations_feedback", r'(CONSTRAINT "csat_1_to_5" CHECK) \((.*?)\)\)(?=[,)])', r"\1 (\2) OR 1)"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "was", "now"), ONE_WORD_MORE)
def test_one_word_more_is_named(table, was, now):
    rewritten(table, lambda sql: re.sub(was, now, sql, count=1))
    assert [one for one in named() if f" of {table} is " in one]


@pytest.mark.parametrize("remark", ["/* {0} */", "-- {0}\n"])
def test_right_words_in_a_remark_count_for_nothing(remark):
    def change(sql):
        check = re.search(r'CHECK \("weekday" >= 0\)', sql)[0]
        return sql.replace(check, remark.format(check))

    rewritten("routing_shift", change)
    assert (
        "The form of routing_shift is another than Baton’s: what it refuses can be stored."
        in named()
    )


def test_another_table_behind_a_remark_is_named():
    rewritten("routing_shift", lambda sql: sql.replace(" (", " /* (", 1) + " */ (id integer)")
    assert named()


@pytest.mark.parametrize(
    "more", ["UNIQUE (person_id) ON CONFLICT REPLACE", '"x" integer UNIQUE ON CONFLICT REPLACE']
)
def test_what_was_added_and_replaces_rows_is_named(more):
    rewritten("escalations_vote", lambda sql: re.sub(r'(, CONSTRAINT|, "\w+")', f", {more}\\1", sql, count=1))  # fmt: skip
    said = f"escalations_vote has “{more}”, which is not Baton’s: it may refuse or replace rows."
    assert said in named()


def test_a_unique_index_that_was_added_is_named():
    only_on("sqlite", "There it may be of use, and changes nothing.")
    index = "CREATE UNIQUE INDEX evil ON escalations_vote (person_id)"
    execute(index)
    said = f"escalations_vote has “{index}”, which is not Baton’s: it may refuse or replace rows."
    assert named() == [said]


def test_a_column_that_was_added_and_refuses_nothing_is_not_named():
    only_on("sqlite", "PostgreSQL keeps no words of a table.")
    execute("ALTER TABLE escalations_vote ADD COLUMN note varchar(20) DEFAULT 'UNIQUE, CHECK'")
    assert named() == []


def test_a_column_that_takes_others_for_the_same_is_named():
    only_on("postgresql", "There a collation stands in the words of the table.")
    execute(
        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
        "ALTER TABLE escalations_delivery ALTER COLUMN state TYPE varchar(20) COLLATE loose",
    )
    said = (
        "The column state of escalations_delivery is of another type: character varying(20) COLLATE"
    )
    assert any(one.startswith(said) for one in named())


UNCONDITIONED = [
    (model, one)
    for model in apps.get_models()
    for one in model._meta.constraints
    if getattr(one, "fields", ()) and not one.condition
]


@pytest.mark.parametrize(("model", "one"), UNCONDITIONED)
def test_a_unique_that_holds_for_some_rows_only_is_named(model, one):
    only_on("postgresql", "There it stands in the words of the table.")
    table = model._meta.db_table
    columns = ", ".join(model._meta.get_field(name).column for name in one.fields)
    execute(
        f"ALTER TABLE {table} DROP CONSTRAINT {one.name}",
        f"CREATE UNIQUE INDEX {one.name} ON {table} ({columns}) WHERE false",
    )
    assert named() == [
        f"The index {one.name} of {table} is another than Baton’s: what it refuses can be stored."
    ]


DROPPED = "ALTER TABLE {table} DROP CONSTRAINT {name}"
UNIQUE, CHECK = (
    "escalations_commandanswer.command_of_one_person",
    "escalations_feedback.csat_1_to_5",
)


@pytest.mark.parametrize(
    ("place", "statements"),
    [
        (UNIQUE, [DROPPED, "ALTER TABLE {table} ADD CONSTRAINT {name} {words} DEFERRABLE"]),
        (UNIQUE, ["UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass"]),
        (CHECK, [DROPPED, "ALTER TABLE {table} ADD CONSTRAINT {name} {words} NOT VALID"]),
    ],
)
def test_one_that_passes_what_it_should_refuse_is_named(place, statements):
    only_on("postgresql", "SQLite has none of these.")
    table, _, name = place.partition(".")
    model = promised.tables()[table]
    one = next(one for one in model._meta.constraints if one.name == name)
    _, _, words = str(one.constraint_sql(model, connection.schema_editor())).partition(f'"{name}" ')
    execute(*(part.format(table=table, name=name, words=words) for part in statements))
    said = "is another than Baton’s: what it refuses can be stored."
    assert [found for found in named() if f" {name} of {table} {said}" in found]
