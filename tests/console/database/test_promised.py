"""What somebody added to the tables on PostgreSQL, through which rows can be refused, replaced or
read elsewhere. Of SQLite see `test_definitions`."""

import pytest
from django.db import connection

from console.database import promised

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps the words."),
]
VOTE = "escalations_vote"


def findings(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return list(promised.findings())


def test_nothing_was_added_to_what_baton_makes():
    assert findings() == []


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("ALTER TABLE {} ADD CONSTRAINT none CHECK (voted_at < '2027-01-01')", "check of voted_at"),
        ("ALTER TABLE {} ADD CONSTRAINT one UNIQUE (voted_at)", "unique value (voted_at)"),
        ("CREATE UNIQUE INDEX one ON {} (voted_at)", "unique value (voted_at)"),
        ("ALTER TABLE {} ADD CONSTRAINT apart EXCLUDE (voted_at WITH =)", "constraint apart"),
        ("ALTER TABLE {} ADD COLUMN more text DEFAULT current_user", "column more"),
        ("ALTER TABLE {} ADD COLUMN more text NOT NULL DEFAULT ''", "column more"),
        ("ALTER TABLE {} ALTER COLUMN verdict SET DEFAULT 'approve'", "column verdict"),
        ("ALTER TABLE {} ALTER COLUMN id DROP IDENTITY", "column id"),
    ],
)  # fmt: skip
def test_what_may_refuse_or_replace_rows_is_named(statement, part):
    said = f"{VOTE} has “{part}”, which is not Baton’s: it may refuse or replace rows."
    assert said in findings(statement.format(VOTE))


def test_a_reference_to_a_table_of_the_same_name_elsewhere_is_named():
    name = next(
        key
        for key, one in connection.introspection.get_constraints(connection.cursor(), VOTE).items()
        if one["foreign_key"] == ("escalations_escalation", "number")
    )
    found = findings(
        "CREATE SCHEMA aside",
        "CREATE TABLE aside.escalations_escalation (number bigint PRIMARY KEY)",
        f"ALTER TABLE {VOTE} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} FOREIGN KEY"
        " (escalation_id) REFERENCES aside.escalations_escalation (number)"
        " DEFERRABLE INITIALLY DEFERRED",
    )
    said = f"The reference of {VOTE} is another than Baton’s: what it refuses can be stored."
    assert found == [said]


def test_a_table_that_became_a_part_of_another_is_named():
    found = findings(f"CREATE TABLE whole (LIKE {VOTE})", f"ALTER TABLE {VOTE} INHERIT whole")
    assert found == [f"{VOTE} is a part of another table, where what it holds can be changed."]
