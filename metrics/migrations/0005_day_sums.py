"""Daily sums of the facts, filled from the facts that are there."""

from django.db import migrations, models

from metrics import sums


def fill(apps, schema_editor):
    sums.rebuild(apps.get_model("metrics", "Fact"), apps.get_model("metrics", "DaySum"))


class Migration(migrations.Migration):

    dependencies = [
        ('escalations', '0030_search_words'),
        ('metrics', '0004_reversed'),
    ]

    operations = [
        migrations.CreateModel(
            name='DaySum',
            fields=[
                ('key', models.CharField(help_text='Day, task type, person.', max_length=340, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('task_type', models.CharField(max_length=64)),
                ('person', models.CharField(blank=True, help_text='Empty for everybody.', max_length=255)),
                ('arrived', models.PositiveIntegerField(default=0)),
                ('needed_person', models.PositiveIntegerField(default=0)),
                ('decided', models.PositiveIntegerField(default=0)),
                ('automatic', models.PositiveIntegerField(default=0)),
                ('expired', models.PositiveIntegerField(default=0)),
                ('cancelled', models.PositiveIntegerField(default=0)),
                ('on_proposal', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('cosmetic', models.PositiveIntegerField(default=0)),
                ('material', models.PositiveIntegerField(default=0)),
                ('rejected', models.PositiveIntegerField(default=0)),
                ('responded', models.PositiveIntegerField(default=0)),
                ('mixed', models.PositiveIntegerField(default=0)),
                ('taken_over', models.PositiveIntegerField(default=0)),
                ('raised_again', models.PositiveIntegerField(default=0)),
                ('reversed', models.PositiveIntegerField(default=0)),
                ('in_time', models.PositiveIntegerField(default=0)),
                ('with_deadline', models.PositiveIntegerField(default=0)),
                ('accept', models.BinaryField(default=bytes, help_text='See histograms.py.')),
                ('decide', models.BinaryField(default=bytes)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='fact',
            name='facts_task_type',
        ),
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(models.F('task_type'), models.F('closed_on'), name='facts_task_type'),
        ),
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(models.F('effective_at'), name='facts_effect'),
        ),
        migrations.AddIndex(
            model_name='daysum',
            index=models.Index(models.F('person'), models.F('day'), name='sums_of_person'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
