"""What was asked again before a person decided, of an agent or at an address, and what was said."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from escalations.models.escalations import Escalation


class FactCheck(models.Model):
    """An agent, or an address that was registered for it, is asked once whether the facts of one
    version of a package still hold.

    Not deleted, and answered at most once. The record holds when, for whom and a digest; the
    values stand here, where they can be erased.
    """

    id = models.CharField(max_length=40, primary_key=True)
    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="fact_checks")
    package_version = models.PositiveIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        db_index=False,
        on_delete=models.PROTECT,
        help_text="Who opened the case, or pressed.",
    )
    command = models.CharField(
        max_length=64, blank=True, help_text="The press that waited for it; none: an opening."
    )
    read_from = models.CharField(
        max_length=260, blank=True, help_text="The host that is asked in the place of the agent."
    )
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, help_text="When a worker took it to send it.")
    answered_at = models.DateTimeField(null=True)
    answer = models.JSONField(
        default=list, help_text="Each `[action, label, value]`; none: nobody could be reached."
    )

    not_read = models.CharField(
        max_length=500, blank=True, help_text="What of the reply to it could not be read."
    )
    failed = models.CharField(
        max_length=100,
        blank=True,
        help_text="Why nothing came, in words after who was asked.",
    )

    class Meta:
        indexes = [
            models.Index("asked_at", name="facts_to_ask", condition=Q(sent_at__isnull=True)),
            models.Index("asked_at", name="facts_not_read", condition=~Q(not_read="")),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}: {self.id}"
