"""The functions that keep the record look for what they call in PostgreSQL's own catalog alone,
whatever the database, the role or somebody's `to_jsonb` would have them find first.

A table that a later migration alters is rebuilt on SQLite and loses its triggers: run `install`
again at the end of that migration, and name it in `escalations/record/protection.py`.
"""

from importlib import import_module

from django.db import migrations

before = import_module("escalations.migrations.0010_handed_out")

EVENTS, DECISIONS = before.EVENTS, before.DECISIONS
RECORD_SAYS, DECISION_SAYS = before.RECORD_SAYS, before.DECISION_SAYS
FIXED_COLUMNS, REMOVALS, remove = before.FIXED_COLUMNS, before.REMOVALS, before.remove
# Named last: else what somebody made for their own session would be found first.
SEARCH_PATH = "search_path=pg_catalog, pg_temp"

STATEMENTS = {
    "sqlite": before.STATEMENTS["sqlite"],
    "postgresql": [
        one.replace("LANGUAGE plpgsql", f"LANGUAGE plpgsql SET {SEARCH_PATH.replace('=', ' = ')}")
        for one in before.STATEMENTS["postgresql"]
    ],
}


def install(apps, schema_editor):
    remove(apps, schema_editor)
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("escalations", "0038_report_sequence")]

    operations = [migrations.RunPython(install, before.install)]
