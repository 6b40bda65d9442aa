"""Whether a person was to decide the same for this customer, and the agent took it back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("escalations", "0014_command_of_one_person")]

    operations = [
        migrations.AddIndex(
            "escalation",
            models.Index(
                fields=["agent", "customer_key", "number"],
                name="cancelled_of_customer",
                condition=models.Q(("state", "cancelled")) & ~models.Q(("customer_key", "")),
            ),
        ),
    ]
