"""What is said while people have the conversation of a case."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from escalations.models.escalations import Escalation


class ChatMessage(models.Model):
    """One message between the customer and people; never changed.

    The record holds who, when and a digest; the words stand here, where they can be erased.
    """

    class Role(models.TextChoices):
        """Whose words they are, as in the messages of a package."""

        CUSTOMER = "customer"
        OPERATOR = "operator"
        SYSTEM = "system"

    id = models.CharField(max_length=40, primary_key=True)
    escalation = models.ForeignKey(
        Escalation, db_index=False, on_delete=models.PROTECT, related_name="chat_messages"
    )
    number = models.PositiveIntegerField(help_text="1 for the first of the case.")
    their_id = models.CharField(max_length=255, blank=True, help_text="What the agent calls it.")
    role = models.CharField(max_length=8, choices=Role)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, db_index=False, on_delete=models.PROTECT
    )
    author = models.CharField(max_length=255, blank=True)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "number"], name="one_message_per_number"),
            models.UniqueConstraint(
                fields=["escalation", "their_id"],
                condition=~Q(their_id=""),
                name="one_message_per_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}: message {self.number}"


class Receipt(models.Model):
    """How the agent says that a message to the customer fared; the first of each kind stands."""

    class State(models.TextChoices):
        """What became of it."""

        DELIVERED = "delivered"
        READ = "read"
        FAILED = "failed"

    message = models.ForeignKey(
        ChatMessage, db_index=False, on_delete=models.PROTECT, related_name="receipts"
    )
    state = models.CharField(max_length=9, choices=State)
    reason = models.CharField(max_length=255, blank=True, help_text="Why it failed.")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "state"], name="one_receipt_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.message}: {self.state}"
