"""A table of the words of each case, filled for the cases that are there."""

from django.db import migrations, models

from escalations.models import search_words

BATCH = 1_000


def fill(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # The beginning of a word is a range of the index only where words stand by their bytes.
        schema_editor.execute(
            'ALTER TABLE escalations_searchword ALTER COLUMN word TYPE varchar(40) COLLATE "C"'
        )
    cases = apps.get_model("escalations", "Escalation").objects.order_by("number")
    rows, last = cases.values_list("number", "summary", "customer"), 0
    while batch := list(rows.filter(number__gt=last)[:BATCH]):
        search_words.add(batch)
        last = batch[-1][0]


class Migration(migrations.Migration):

    dependencies = [
        ('escalations', '0029_facts_not_read'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('pk', models.CompositePrimaryKey('word', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('word', models.CharField(max_length=40)),
                ('number', models.BigIntegerField(help_text='Of the case.')),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
