"""Calls that people made to the customer of a case."""

from django.conf import settings
from django.db import models

from escalations.models.escalations import Escalation


class Call(models.Model):
    """One call, or the try of one; never changed.

    The record holds who, when, how it ended and a digest; the words stand here, where they can be
    erased.
    """

    class Outcome(models.TextChoices):
        """How it ended."""

        REACHED = "reached", "Reached"
        NO_ANSWER = "no_answer", "No answer"
        VOICEMAIL = "voicemail", "Left a message"
        ENGAGED = "engaged", "Line busy"
        WRONG_NUMBER = "wrong_number", "Wrong number"
        REFUSED = "refused", "Did not want to talk"

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="calls")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, db_index=False, on_delete=models.PROTECT)
    outcome = models.CharField(max_length=12, choices=Outcome)
    notes = models.TextField(blank=True)
    promises = models.JSONField(default=list)
    at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, help_text="When it is tried again.")

    def __str__(self) -> str:
        return f"{self.escalation}: {self.outcome}"
