"""Cases that a person let one agent hand to another."""

from django.db import models
from django.db.models import Q

from escalations.models.agents import Agent
from escalations.models.decisions import Decision
from escalations.models.escalations import Escalation


class HandedCase(models.Model):
    """One decision that gives a case to another agent, or takes it back from it."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="handed")
    escalation = models.ForeignKey(
        Escalation, on_delete=models.PROTECT, related_name="handed_cases"
    )
    agent = models.ForeignKey(
        Agent, db_index=False, on_delete=models.PROTECT, related_name="handed_cases"
    )
    effective_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, help_text="When the other agent said it has it.")

    class Meta:
        indexes = [
            models.Index(
                fields=["agent", "effective_at"], name="handed_and_not_taken",
                condition=Q(taken_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.escalation}: {self.agent}"
