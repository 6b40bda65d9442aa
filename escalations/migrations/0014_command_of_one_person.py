"""A command id belongs to one command of one person on one case."""

from django.db import migrations, models

# Only what a repetition would be answered: of two people the later one is told that it is used.
_LATER = """
    DELETE FROM escalations_commandanswer WHERE id NOT IN (
        SELECT first FROM (
            SELECT min(id) AS first FROM escalations_commandanswer GROUP BY command_id
        ) AS firsts
    )
"""


class Migration(migrations.Migration):
    dependencies = [("escalations", "0013_delivery_attempts")]

    operations = [
        migrations.RunSQL(_LATER, migrations.RunSQL.noop),
        migrations.RemoveConstraint("commandanswer", "answered_once"),
        migrations.AddConstraint(
            "commandanswer",
            models.UniqueConstraint(fields=["command_id"], name="command_of_one_person"),
        ),
    ]
