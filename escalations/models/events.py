"""The record: append-only, hash-chained lines. Triggers refuse UPDATE and DELETE."""

from django.db import models

from escalations.models.escalations import Escalation


class Event(models.Model):
    """One line of one chain. `body` is the canonical JSON whose hash `hash` continues the chain."""

    chain = models.CharField(max_length=64, help_text="An escalation's id, `policy`, `people`, …")
    position = models.PositiveIntegerField(help_text="1 for the first of its chain.")
    escalation = models.ForeignKey(
        Escalation,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="events",
    )
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    body = models.BinaryField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "position"], name="chain_without_forks"),
        ]
        indexes = [
            models.Index("escalation", "position", name="events_of_escalation"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.position} {self.kind}"


class ChainHead(models.Model):
    """Where a chain that belongs to no escalation ends, so that a tail that was cut off shows."""

    chain = models.CharField(max_length=64, primary_key=True)
    length = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.chain}/{self.length}"


class SealedSheet(models.Model):
    """What the last seal said of one account: one person with their rights, or one agent."""

    name = models.CharField(max_length=300, primary_key=True, help_text="person/dana, agent/mira")
    digest = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name
