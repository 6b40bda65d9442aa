"""What routing proposed to whom, and why."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from escalations.models import Escalation


class Offer(models.Model):
    """One escalation proposed to one person for a time, with the numbers of that decision.

    Only routing/offers/making.py writes it, in the transaction in which the escalation moves.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", "open"
        ACCEPTED = "accepted", "accepted"
        DECLINED = "declined", "declined"
        MISSED = "missed", "not answered in time"
        WITHDRAWN = "withdrawn", "withdrawn"
        PASSED_ON = "passed_on", "passed on"
        RELEASED = "released", "given back"

    # The `reason` of a case that came back because its holder's screen was gone: no refusal.
    GONE = "gone"
    # Whoever had the case gave it up.
    GAVE_UP = (Outcome.RELEASED, Outcome.PASSED_ON)

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="offers")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="offers"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="given_offers",
        help_text="The person who gave or passed it; none for matching.",
    )
    offered_at = models.DateTimeField()
    until = models.DateTimeField()
    value = models.FloatField(default=0, help_text="Of a minute of theirs on it; see matching.py.")
    place = models.PositiveSmallIntegerField(default=1, help_text="In the order of fit.")
    of = models.PositiveSmallIntegerField(default=1, help_text="How many could take it then.")
    runner_up = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="nearly_offered",
    )
    runner_up_value = models.FloatField(null=True)
    ring = models.PositiveSmallIntegerField(default=0, help_text="0 is the exact requirement.")
    minutes = models.FloatField(default=0, help_text="Expected handle time.")
    why = models.TextField(help_text="Why this went to this person, in one sentence.")
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.OPEN)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            # Whatever dispatchers and supervisors do at once, one person at a time is asked.
            models.UniqueConstraint(
                fields=["escalation"], condition=Q(outcome="open"), name="one_open_offer"
            ),
        ]
        indexes = [
            models.Index("person", "offered_at", name="offers_of"),
        ]

    def __str__(self) -> str:
        return f"{self.escalation} to {self.person}: {self.outcome}"


class Pace(models.Model):
    """How many minutes of handling one person usually needs for one kind of work."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="paces"
    )
    task_type = models.CharField(max_length=64)
    minutes = models.FloatField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "task_type"], name="one_pace_per_work"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.task_type} in {self.minutes:.0f} min"


class Handover(models.Model):
    """Somebody asked the holder of a case to hand it over; silence hands it over at `until`."""

    COURTESY = timedelta(seconds=30)

    class Outcome(models.TextChoices):
        OPEN = "open"
        GIVEN = "given"
        KEPT = "kept"
        OVER = "over"

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="handovers")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.PROTECT, related_name="asking"
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.PROTECT, related_name="asked"
    )
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    outcome = models.CharField(max_length=5, choices=Outcome, default=Outcome.OPEN)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["escalation"], condition=Q(outcome="open"), name="one_open_handover"
            ),
        ]
        indexes = [
            models.Index("until", name="handovers_due", condition=Q(outcome="open")),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}: {self.asked_by} asks {self.holder}"
