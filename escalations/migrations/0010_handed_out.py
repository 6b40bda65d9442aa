"""When each answer was first handed out, and that from then on it is not taken back.

A table that a later migration alters is rebuilt on SQLite and loses its triggers: run `install`
again at the end of that migration, and name it in `escalations/record/protection.py`.
"""

from importlib import import_module

from django.db import migrations, models

before = import_module("escalations.migrations.0002_append_only")

EVENTS, DECISIONS = before.EVENTS, before.DECISIONS
RECORD_SAYS, FIXED_COLUMNS = before.RECORD_SAYS, before.FIXED_COLUMNS
DECISION_SAYS = "A decision is never changed, only undone or handed out, one of them, once."


def install(apps, schema_editor):
    remove(apps, schema_editor)
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    for statement in REMOVALS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def back(apps, schema_editor):
    remove(apps, schema_editor)
    before.install(apps, schema_editor)


# As in a WHERE of either database, over the row before and the row after.
_UNDONE = "OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL AND NEW.handed_out_at IS NULL"
_HANDED_OUT = (
    "OLD.handed_out_at IS NULL AND NEW.handed_out_at IS NOT NULL AND NEW.undone_at IS NULL"
)
_EITHER = (
    f"(({_UNDONE} AND OLD.handed_out_at IS NULL) OR ({_HANDED_OUT} AND OLD.undone_at IS NULL))"
)
_SAME = " AND ".join(f"OLD.{column} IS NEW.{column}" for column in FIXED_COLUMNS)
_BESIDE = "ARRAY['undone_at', 'handed_out_at']"
_OWN = "decision_kept_on_update"

STATEMENTS = {
    "sqlite": [
        *(
            one.replace(before.DECISION_SAYS, DECISION_SAYS)
            for one in before.STATEMENTS["sqlite"]
            if _OWN not in one
        ),
        before._sqlite(
            _OWN, DECISIONS, "UPDATE", DECISION_SAYS, f"WHEN NOT ({_EITHER} AND {_SAME})"
        ),
    ],
    "postgresql": [
        f"""CREATE FUNCTION baton_event_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{RECORD_SAYS}' USING ERRCODE = '23000'; END $$""",
        f"""CREATE FUNCTION baton_decision_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF {_EITHER} AND to_jsonb(OLD) - {_BESIDE} = to_jsonb(NEW) - {_BESIDE} THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION '{DECISION_SAYS}' USING ERRCODE = '23000';
        END $$""",
        f"""CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE ON {EVENTS}
        FOR EACH ROW EXECUTE FUNCTION baton_event_kept()""",
        f"""CREATE TRIGGER event_kept_on_truncate BEFORE TRUNCATE ON {EVENTS}
        FOR EACH STATEMENT EXECUTE FUNCTION baton_event_kept()""",
        f"""CREATE TRIGGER decision_kept BEFORE UPDATE ON {DECISIONS}
        FOR EACH ROW EXECUTE FUNCTION baton_decision_kept()""",
        f"""CREATE TRIGGER decision_kept_on_delete BEFORE DELETE ON {DECISIONS}
        FOR EACH ROW EXECUTE FUNCTION baton_decision_kept()""",
        f"""CREATE TRIGGER decision_kept_on_truncate BEFORE TRUNCATE ON {DECISIONS}
        FOR EACH STATEMENT EXECUTE FUNCTION baton_decision_kept()""",
    ],
}
REMOVALS = {
    # Also where somebody has dropped one, which `audit verify` names.
    "sqlite": [one.replace("TRIGGER", "TRIGGER IF EXISTS") for one in before.REMOVALS["sqlite"]],
    "postgresql": [
        one.replace("FUNCTION", "FUNCTION IF EXISTS") for one in before.REMOVALS["postgresql"]
    ],
}


class Migration(migrations.Migration):
    dependencies = [("escalations", "0009_sealed")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="handed_out_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(install, back),
    ]
