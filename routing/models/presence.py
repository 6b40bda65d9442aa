"""Who is there now."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Presence(models.Model):
    """How one person is now. Their screens beat; when the beat stops they are offline.

    Only routing/attendance/presence.py writes it. Every change is a line of the chain
    `presence/<username>`.
    """

    class State(models.TextChoices):
        PRESENT = "present", "Available"
        BUSY = "busy", "Busy"
        AWAY = "away", "Away"
        OFFLINE = "offline", "Offline"

    class SetBy(models.TextChoices):
        SELF = "self", "themselves"
        LEAD = "lead", "a supervisor"
        MISSED = "missed", "a missed offer"
        LOST = "lost", "a lost connection"
        DRAINED = "drained", "having finished"
        SHIFT = "shift", "their shift"
        PAUSED = "paused", "an offer they declined"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presence"
    )
    state = models.CharField(max_length=7, choices=State, default=State.OFFLINE)
    reason = models.CharField(max_length=100, blank=True, help_text="Lunch, training, …")
    set_by = models.CharField(max_length=7, choices=SetBy, default=SetBy.SELF)
    since = models.DateTimeField()
    back_at = models.DateTimeField(null=True, help_text="When they said they would be back.")
    seen_at = models.DateTimeField(null=True, help_text="The last beat of a screen.")
    active_at = models.DateTimeField(
        null=True, help_text="When a hand last moved at a screen of theirs."
    )
    draining = models.BooleanField(default=False, help_text="Finishes what is held, then is away.")
    ready_at = models.DateTimeField(
        null=True, help_text="When they last said that they are free, while wrapping up."
    )
    idle_since = models.DateTimeField(null=True, help_text="When they last held nothing.")
    was = models.CharField(
        max_length=7, choices=State, blank=True, help_text="Before the connection was lost."
    )
    was_set_by = models.CharField(max_length=7, choices=SetBy, blank=True)
    missed = models.PositiveSmallIntegerField(default=0, help_text="Offers missed in a row.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("present", "busy", "away", "offline")),
                name="known_presence",
            ),
        ]
        indexes = [
            models.Index("seen_at", name="beats", condition=~Q(state="offline")),
        ]

    def __str__(self) -> str:
        return f"{self.person} is {self.state}"
