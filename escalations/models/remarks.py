"""What people leave each other on the way: a word when a case changes hands, and unsent work."""

from django.conf import settings
from django.db import models

from escalations.models.escalations import Escalation


class WhyDeclined(models.TextChoices):
    """The reasons that somebody may give for declining an offer."""

    SKILL = "skill", "Not my skill"
    BUSY = "busy", "Too much at once"
    CONFLICT = "conflict", "I know this customer"
    BREAK = "break", "Break or end of shift"
    OTHER = "other", "Another reason"


class Remark(models.Model):
    """What somebody said when they passed a case on, gave it to another, put it off or asked the
    agent; private notes; and, without words, that they took more time.

    The record holds who, when and to whom; the words stand here, where they can be erased.
    """

    class Kind(models.TextChoices):
        PASSED = "passed"
        REASSIGNED = "reassigned"
        HANDED = "handed"
        SNOOZED = "snoozed"
        DECLINED = "declined"
        ASKED = "asked"
        NOTED = "noted"
        EXTENDED = "extended"

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="remarks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, db_index=False, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, choices=Kind)
    target = models.CharField(max_length=255, blank=True, help_text="Skill or username.")
    text = models.TextField(blank=True)
    expects = models.JSONField(
        null=True, help_text="Of a question: the kind of its answer; none: any text."
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.escalation}: {self.kind}"


class WorkingDraft(models.Model):
    """What a holder has typed and not sent; it travels with the case to whoever holds it next."""

    escalation = models.ForeignKey(
        Escalation, db_index=False, on_delete=models.PROTECT, related_name="working_drafts"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, db_index=False, on_delete=models.PROTECT)
    fields = models.JSONField(default=dict, help_text="Command to the fields typed into its form.")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "person"], name="one_draft_each"),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}: unsent by {self.person}"
