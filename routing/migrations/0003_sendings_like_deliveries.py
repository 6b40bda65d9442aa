"""Alerts that leave get the columns of every message that leaves; every row is kept, both ways."""

from datetime import UTC, datetime, timedelta

from django.db import migrations, models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Left

TRY_FOR = timedelta(days=1)
FAULT_LENGTH = 300
UNKNOWN = datetime(2000, 1, 1, tzinfo=UTC)
STATES = {"sent": "delivered", "failed": "dead"}


def forward(apps, schema_editor):
    sendings = apps.get_model("routing", "Sending").objects.using(schema_editor.connection.alias)
    alerts = apps.get_model("routing", "Alert").objects.filter(pk=OuterRef("alert_id"))
    sendings.update(created_at=Subquery(alerts.values("raised_at")[:1]))
    sendings.update(
        give_up_at=F("created_at") + TRY_FOR,
        finished_at=Case(
            When(state__in=("failed", "dropped"), then=F("next_at")), default=F("finished_at")
        ),
        state=_renamed(STATES),
    )
    _check_now(schema_editor)


def back(apps, schema_editor):
    sendings = apps.get_model("routing", "Sending").objects.using(schema_editor.connection.alias)
    sendings.update(
        last_error=Left("last_error", FAULT_LENGTH),
        finished_at=Case(
            When(state="delivered", then=F("finished_at")),
            default=Value(None, models.DateTimeField()),
        ),
        state=_renamed({new: old for old, new in STATES.items()}),
    )
    _check_now(schema_editor)


def _check_now(schema_editor):
    # PostgreSQL makes no index while foreign keys of rows that this transaction wrote wait for
    # their check; a changed column type has written them all.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _renamed(names):
    return Case(
        *(When(state=old, then=Value(new)) for old, new in names.items()), default=F("state")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0002_the_right_person"),
    ]

    operations = [
        migrations.RemoveIndex("sending", name="sendings_due"),
        migrations.RemoveIndex("sending", name="sendings_failed"),
        migrations.RenameField("sending", "due_at", "next_at"),
        migrations.RenameField("sending", "leased_until", "lease_until"),
        migrations.RenameField("sending", "sent_at", "finished_at"),
        migrations.RenameField("sending", "fault", "last_error"),
        migrations.AlterField(
            "sending", "last_error", models.CharField(blank=True, max_length=500)
        ),
        migrations.AlterField("sending", "attempts", models.PositiveIntegerField(default=0)),
        migrations.AlterField(
            "sending",
            "state",
            models.CharField(
                choices=[
                    ("due", "Due"),
                    ("delivered", "Delivered"),
                    ("dead", "Given up"),
                    ("dropped", "Taken back before it was sent"),
                ],
                default="due",
                max_length=9,
            ),
        ),
        migrations.AlterField(
            "sending",
            "target",
            models.CharField(help_text="An e-mail address, or `paging`.", max_length=2000),
        ),
        migrations.AddField(
            "sending",
            "host",
            models.CharField(
                default="", help_text="Whom `url` belongs to, and the port.", max_length=300
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "sending", "created_at", models.DateTimeField(default=UNKNOWN), preserve_default=False
        ),
        migrations.AddField(
            "sending", "give_up_at", models.DateTimeField(default=UNKNOWN), preserve_default=False
        ),
        migrations.AddField(
            "sending", "lease_token", models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            "sending", "last_status", models.PositiveSmallIntegerField(null=True)
        ),
        migrations.RunPython(forward, back),
        migrations.AddIndex(
            "sending", models.Index(F("next_at"), condition=Q(state="due"), name="sendings_due")
        ),
        migrations.AddIndex(
            "sending",
            models.Index(
                F("host"), condition=Q(lease_until__isnull=False), name="leased_sendings"
            ),
        ),
        migrations.AddIndex(
            "sending", models.Index(F("state"), F("created_at").desc(), name="sendings_listed")
        ),
    ]
