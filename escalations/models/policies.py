"""The policy: one versioned document."""

from typing import Any

import orjson
from django.conf import settings
from django.db import models


class PolicyVersion(models.Model):
    """One published policy; the highest number is in force, all earlier ones stay readable."""

    number = models.PositiveIntegerField(primary_key=True)
    body = models.TextField(help_text="The document `handoff.policy/1`.")
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    restores = models.PositiveIntegerField(null=True, help_text="The older version made current.")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Policy {self.number}"

    @property
    def document(self) -> dict[str, Any]:
        """The policy as JSON."""
        document: dict[str, Any] = orjson.loads(self.body)
        return document


class PolicyDraft(models.Model):
    """What an admin is changing on the Levels screen and has not published yet."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Whose proposal it was, to be told what becomes of it.",
    )
    based_on = models.PositiveIntegerField()
    body = models.TextField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Draft of {self.owner} on policy {self.based_on}"
