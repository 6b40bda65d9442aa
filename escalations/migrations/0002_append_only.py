"""The record and the decisions refuse every change, whoever asks.

A table that a later migration alters is rebuilt on SQLite and loses its triggers: run `install`
again at the end of that migration. `tests/escalations/test_append_only.py` fails until then.
"""

from django.db import migrations

EVENTS = "escalations_event"
DECISIONS = "escalations_decision"
RECORD_SAYS = "The record is append-only."
DECISION_SAYS = "A decision is never changed, only undone, and that once."

FIXED_COLUMNS = (
    *("id", "escalation_id", "escalation_version", "sequence", "outcome", "proceed", "final"),
    *("automatic", "decided_by_id", "decided_at", "effective_at", "package_version", "body"),
)


def install(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    for statement in REMOVALS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def _sqlite(name, table, act, says, when=""):
    return (
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
    )


_SAME = " AND ".join(f"OLD.{column} IS NEW.{column}" for column in FIXED_COLUMNS)
_UNDONE_ONCE = f"OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL AND {_SAME}"
# REPLACE deletes without firing a delete trigger, so what stands already is refused on INSERT.
_STANDS = f"EXISTS (SELECT 1 FROM {EVENTS} WHERE chain = NEW.chain AND position = NEW.position)"
_HAS_ID = f"EXISTS (SELECT 1 FROM {EVENTS} WHERE id = NEW.id)"
_DECIDED = f"EXISTS (SELECT 1 FROM {DECISIONS} WHERE id = NEW.id)"

STATEMENTS = {
    "sqlite": [
        _sqlite("event_kept_on_update", EVENTS, "UPDATE", RECORD_SAYS),
        _sqlite("event_kept_on_delete", EVENTS, "DELETE", RECORD_SAYS),
        _sqlite("event_kept_on_insert", EVENTS, "INSERT", RECORD_SAYS, f"WHEN {_STANDS} OR {_HAS_ID}"),
        _sqlite(
            "decision_kept_on_update", DECISIONS, "UPDATE", DECISION_SAYS, f"WHEN NOT ({_UNDONE_ONCE})"
        ),
        _sqlite("decision_kept_on_delete", DECISIONS, "DELETE", DECISION_SAYS),
        _sqlite("decision_kept_on_insert", DECISIONS, "INSERT", DECISION_SAYS, f"WHEN {_DECIDED}"),
    ],
    "postgresql": [
        f"""CREATE FUNCTION baton_event_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{RECORD_SAYS}' USING ERRCODE = '23000'; END $$""",
        f"""CREATE FUNCTION baton_decision_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{DECISION_SAYS}' USING ERRCODE = '23000'; END $$""",
        f"""CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE ON {EVENTS}
        FOR EACH ROW EXECUTE FUNCTION baton_event_kept()""",
        f"""CREATE TRIGGER event_kept_on_truncate BEFORE TRUNCATE ON {EVENTS}
        FOR EACH STATEMENT EXECUTE FUNCTION baton_event_kept()""",
        f"""CREATE TRIGGER decision_kept BEFORE UPDATE ON {DECISIONS} FOR EACH ROW
        WHEN (NOT (OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL
            AND to_jsonb(OLD) - 'undone_at' = to_jsonb(NEW) - 'undone_at'))
        EXECUTE FUNCTION baton_decision_kept()""",
        f"""CREATE TRIGGER decision_kept_on_delete BEFORE DELETE ON {DECISIONS}
        FOR EACH ROW EXECUTE FUNCTION baton_decision_kept()""",
        f"""CREATE TRIGGER decision_kept_on_truncate BEFORE TRUNCATE ON {DECISIONS}
        FOR EACH STATEMENT EXECUTE FUNCTION baton_decision_kept()""",
    ],
}
REMOVALS = {
    "sqlite": [
        f"DROP TRIGGER {table}_kept_on_{act}"
        for table in ("event", "decision")
        for act in ("update", "delete", "insert")
    ],
    "postgresql": [
        "DROP FUNCTION baton_event_kept() CASCADE",
        "DROP FUNCTION baton_decision_kept() CASCADE",
    ],
}


class Migration(migrations.Migration):
    dependencies = [("escalations", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
