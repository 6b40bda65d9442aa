"""What must reach an agent's endpoint, and how the hosts of receivers answer."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from escalations.models.agents import Agent, Endpoint
from escalations.models.conversations import ChatMessage
from escalations.models.decisions import Decision
from escalations.models.escalations import Escalation
from escalations.models.outgoing import Outgoing

# The kind of what an admin sends to see whether an endpoint listens.
TEST = "test"


class Delivery(Outgoing):
    """One message for one address; its id is the `webhook-id`, the same at every attempt."""

    TRY_FOR = timedelta(days=7)

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT)
    escalation = models.ForeignKey(
        Escalation, null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    decision = models.ForeignKey(
        Decision, null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    message = models.ForeignKey(
        ChatMessage, null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    endpoint = models.ForeignKey(Endpoint, null=True, on_delete=models.PROTECT)
    url = models.CharField(max_length=2000)
    kind = models.CharField(max_length=40, help_text="The CloudEvents type.")
    body = models.TextField()

    class Meta:
        indexes = [
            models.Index("next_at", name="due_deliveries", condition=Q(state="due")),
            models.Index("host", name="leased_deliveries", condition=Q(lease_until__isnull=False)),
            models.Index("state", F("created_at").desc(), name="deliveries_listed"),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"

    def undoable_until(self, now: datetime) -> datetime | None:
        told = self.decision
        if told is None or told.handed_out_at or told.undone_at or told.effective_at <= now:
            return None
        return told.effective_at

    @property
    def case(self) -> Escalation | None:
        return self.escalation

    @property
    def what(self) -> str:
        return self.kind

    @property
    def whom(self) -> str:
        return f"{self.agent}, {self.endpoint.name}" if self.endpoint else str(self.agent)

    @property
    def address(self) -> str:
        return self.url

    @property
    def is_disabled(self) -> bool:
        return bool(self.endpoint and self.endpoint.disabled_at)


class Receiver(models.Model):
    """How one host answered lately, so that a bad one is left alone and delays nobody else."""

    host = models.CharField(max_length=300, primary_key=True)
    failures = models.PositiveIntegerField(default=0, help_text="Since it last took something.")
    slow = models.BooleanField(default=False)
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.host
