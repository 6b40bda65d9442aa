"""Every try to hand over a message, and what came of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("escalations", "0012_opened_at")]

    operations = [
        migrations.CreateModel(
            name="DeliveryAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "message",
                    models.CharField(help_text="The id of the message.", max_length=40),
                ),
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="1 for the first since it was made or replayed."
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        help_text="Of HTTP; none: no answer.", null=True
                    ),
                ),
                ("took_ms", models.PositiveIntegerField()),
                (
                    "answer",
                    models.CharField(
                        blank=True, help_text="Why it did not arrive.", max_length=500
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("message"), models.F("at"), name="attempts_of_message"
                    )
                ],
            },
        ),
    ]
