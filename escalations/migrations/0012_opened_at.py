"""When a case was last seen open at a screen of its holder."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("escalations", "0011_dearest_and_oldest")]

    operations = [
        migrations.AddField(
            model_name="escalation",
            name="opened_at",
            field=models.DateTimeField(
                help_text="When it was last seen open at a screen of its holder.", null=True
            ),
        ),
    ]
