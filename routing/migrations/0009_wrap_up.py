from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A while without an offer after each answer, by team."""

    dependencies = [("routing", "0008_digests")]

    operations = [
        migrations.AddField(
            "team",
            "wrap_up_s",
            models.PositiveSmallIntegerField(
                default=0, help_text="After an answer nothing is offered for so many seconds."
            ),
        ),
        migrations.AddConstraint(
            "team",
            models.CheckConstraint(condition=Q(wrap_up_s__lte=600), name="wrap_up_at_most"),
        ),
        migrations.AddField(
            "presence",
            "ready_at",
            models.DateTimeField(
                null=True, help_text="When they last said that they are free, while wrapping up."
            ),
        ),
    ]
