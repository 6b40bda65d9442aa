"""What must reach an agent's endpoint: rows that a worker leases, sends and marks."""

from django.db import models
from django.db.models import F, Q

from escalations.models.agents import Agent, Endpoint
from escalations.models.decisions import Decision
from escalations.models.escalations import Escalation


class Delivery(models.Model):
    """One message for one address; its id is the `webhook-id`, the same at every attempt."""

    class State(models.TextChoices):
        DUE = "due"
        DELIVERED = "delivered"
        DEAD = "dead", "Given up"
        DROPPED = "dropped", "Taken back before it was sent"

    id = models.CharField(max_length=40, primary_key=True)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT)
    escalation = models.ForeignKey(
        Escalation, null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    decision = models.ForeignKey(
        Decision, null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    endpoint = models.ForeignKey(Endpoint, null=True, on_delete=models.PROTECT)
    url = models.CharField(max_length=2000)
    host = models.CharField(max_length=300, help_text="Whom `url` belongs to, and the port.")
    kind = models.CharField(max_length=40, help_text="The CloudEvents type.")
    body = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DUE)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("next_at", name="due_deliveries", condition=Q(state="due")),
            models.Index("host", name="leased_deliveries", condition=Q(lease_until__isnull=False)),
            models.Index("state", F("created_at").desc(), name="deliveries_listed"),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class Receiver(models.Model):
    """How one host answered lately, so that a bad one is left alone and delays nobody else."""

    host = models.CharField(max_length=300, primary_key=True)
    failures = models.PositiveIntegerField(default=0, help_text="Since it last took something.")
    slow = models.BooleanField(default=False)
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.host
