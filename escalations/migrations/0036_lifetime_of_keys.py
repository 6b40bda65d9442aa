"""How long a key was given to live, so that one in its place gets as long; a rotated one's is lost."""

from django.db import migrations, models


def fill(apps, schema_editor):
    ends = apps.get_model("escalations", "ApiKey").objects.filter(expires_at__isnull=False)
    ends.update(lifetime=models.F("expires_at") - models.F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('escalations', '0035_proposed_by'),
    ]

    operations = [
        migrations.AddField(
            model_name='apikey',
            name='lifetime',
            field=models.DurationField(blank=True, help_text='Given when it was made; a key in its place gets it anew.', null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
