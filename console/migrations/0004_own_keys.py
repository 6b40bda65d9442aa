from django.db import migrations, models


class Migration(migrations.Migration):
    """The keys that a person chose for themselves."""

    dependencies = [("console", "0003_tried_sign_ins")]

    operations = [
        migrations.AddField("user", "own_keys", models.JSONField(blank=True, default=dict)),
    ]
