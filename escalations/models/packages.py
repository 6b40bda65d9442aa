"""What the agent sent: frozen once accepted; a revision is a new package version."""

from typing import Any

import orjson
from django.db import models

from escalations.models.agents import Agent
from escalations.models.escalations import Escalation


class Package(models.Model):
    """One accepted package version. `document` is the full form that screens and rules read."""

    escalation = models.ForeignKey(
        Escalation, db_index=False, on_delete=models.PROTECT, related_name="packages"
    )
    version = models.PositiveIntegerField()
    received = models.TextField(help_text="The body as the agent sent it; the digest is of this.")
    expanded = models.TextField(
        blank=True, help_text="The full form, only where shorthands made it differ."
    )
    digest = models.CharField(max_length=64)
    salt = models.CharField(max_length=32, help_text="Keeps the record's digest from guessing.")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "version"], name="package_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}, package {self.version}"

    @property
    def document(self) -> dict[str, Any]:
        """The package in its full form."""
        document: dict[str, Any] = orjson.loads(self.expanded or self.received)
        return document


class JoinedCall(models.Model):
    """A package that asked for what an open case waits for already: it got that case."""

    escalation = models.ForeignKey(
        Escalation, on_delete=models.PROTECT, related_name="joined_calls"
    )
    agent = models.ForeignKey(Agent, db_index=False, on_delete=models.PROTECT)
    idempotency_key = models.CharField(max_length=255, null=True)  # noqa: DJ001 - many have none
    digest = models.CharField(max_length=64)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "idempotency_key"], name="joined_once_per_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}, joined"


class KeyedCall(models.Model):
    """A call on a case that came with an idempotency key: the same again is answered, not done."""

    escalation = models.ForeignKey(
        Escalation, db_index=False, on_delete=models.PROTECT, related_name="keyed_calls"
    )
    name = models.CharField(max_length=16, help_text="Which call: `context`, `revision` …")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, help_text="Of the body that came first.")
    made = models.BigIntegerField(default=0, help_text="The row that it made, where it is told.")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "name", "key"], name="keyed_call_once"),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}, {self.name}"


class Addition(models.Model):
    """Context that the agent appended while the case was open."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="additions")
    escalation_version = models.PositiveIntegerField()
    context = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "escalation_version"], name="addition_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}, context at version {self.escalation_version}"
