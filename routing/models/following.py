"""Who wants to be told when a case moves."""

from django.conf import settings
from django.db import models

from escalations.models import Escalation


class Watching(models.Model):
    """One person follows one case, until it is over for good."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watching"
    )
    # The constraint begins with it, which is index enough.
    escalation = models.ForeignKey(
        Escalation, db_index=False, on_delete=models.PROTECT, related_name="watched_by"
    )
    since = models.DateTimeField()
    seen_position = models.PositiveIntegerField(help_text="The last line they were told of.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "person"], name="watched_once_each"),
        ]

    def __str__(self) -> str:
        return f"{self.person} follows {self.escalation}"
