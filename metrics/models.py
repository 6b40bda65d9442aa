"""Facts for figures: one row per escalation, folded from its lines of the record."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from escalations.models import Escalation


class Override(models.TextChoices):
    """How a person's decision departed from what the agent proposed."""

    NONE = "", "Approved unchanged"
    COSMETIC = "cosmetic", "Edited, wording only"
    MATERIAL = "material", "Edited in substance"
    REJECTED = "rejected", "Rejected"
    RESPONDED = "responded", "Answered instead"
    MIXED = "mixed", "Split by action"
    TAKEN_OVER = "taken_over", "Taken over"


class FactQuerySet(models.QuerySet["Fact"]):
    def in_effect(self, now: datetime) -> Self:
        """Ended in whatever way, and no longer to be undone."""
        return self.filter(effective_at__lte=now)

    def by_people(self) -> Self:
        """Decided by people: once per escalation, never what was automatic, expired or undone."""
        return self.exclude(decided_by="")


class Fact(models.Model):
    """What figures need to know of one escalation. Derived: losing every row loses nothing."""

    escalation = models.OneToOneField(
        Escalation, primary_key=True, on_delete=models.CASCADE, related_name="fact"
    )
    chain = models.CharField(max_length=40, help_text="The escalation's id.")
    position = models.PositiveIntegerField(help_text="The last line that was folded.")
    agent = models.CharField(max_length=255)
    correlation_id = models.CharField(max_length=255, blank=True)
    re_escalates = models.CharField(max_length=40, blank=True)

    task_type = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField()
    needs_person = models.BooleanField(help_text="Triage did not let the agent act alone.")
    arrived_at = models.DateTimeField()
    arrived_on = models.DateField()
    respond_by = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    state = models.CharField(max_length=10)
    outcome = models.CharField(max_length=12, blank=True)
    automatic = models.BooleanField(default=False)
    decided_by = models.CharField(max_length=255, blank=True)
    decided_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True, help_text="The day it was decided or ended.")
    proposal = models.BooleanField(default=False, help_text="There was something to approve.")
    override = models.CharField(max_length=10, choices=Override, blank=True)

    in_time = models.BooleanField(null=True, help_text="Null where no deadline was at stake.")
    accept_ms = models.BigIntegerField(null=True)
    decide_ms = models.BigIntegerField(null=True)
    again_until = models.DateTimeField(null=True, help_text="End of the re-escalation window.")
    passed_on = models.BooleanField(
        default=False, help_text="To a person or a supervisor, after it was accepted."
    )
    raised_again = models.BooleanField(default=False)
    reversed = models.BooleanField(default=False, help_text="After the agent had the decision.")

    objects = FactQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("closed_on", name="facts_closed"),
            models.Index("arrived_on", name="facts_arrived"),
            models.Index("chain", name="facts_chain"),
            models.Index("task_type", "closed_on", name="facts_task_type"),
            models.Index("effective_at", name="facts_effect"),
            models.Index("decided_by", "closed_on", name="facts_own", condition=~Q(decided_by="")),
            models.Index(
                "agent",
                "correlation_id",
                "arrived_at",
                name="facts_correlated",
                condition=~Q(correlation_id=""),
            ),
            models.Index("re_escalates", name="facts_raising", condition=~Q(re_escalates="")),
        ]

    def __str__(self) -> str:
        return f"{self.chain}: {self.outcome or self.state}"


class DaySum(models.Model):
    """What the facts of one day and task type add up to; of one person, or of everybody. Derived
    from the facts: `manage.py fold --rebuild` makes them anew."""

    key = models.CharField(primary_key=True, max_length=340, help_text="Day, task type, person.")
    day = models.DateField()
    task_type = models.CharField(max_length=64)
    person = models.CharField(max_length=255, blank=True, help_text="Empty for everybody.")

    arrived = models.PositiveIntegerField(default=0)
    needed_person = models.PositiveIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0)
    automatic = models.PositiveIntegerField(default=0)
    expired = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    on_proposal = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    cosmetic = models.PositiveIntegerField(default=0)
    material = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    responded = models.PositiveIntegerField(default=0)
    mixed = models.PositiveIntegerField(default=0)
    taken_over = models.PositiveIntegerField(default=0)
    raised_again = models.PositiveIntegerField(default=0)
    reversed = models.PositiveIntegerField(default=0)
    in_time = models.PositiveIntegerField(default=0)
    with_deadline = models.PositiveIntegerField(default=0)
    accept = models.BinaryField(default=bytes, help_text="See histograms.py.")
    decide = models.BinaryField(default=bytes)

    class Meta:
        indexes = [models.Index("person", "day", name="sums_of_person")]

    def __str__(self) -> str:
        return self.key


class Watermark(models.Model):
    """How far the record is folded. Lines up to `event` are; those after it are looked at again.

    Ids are given out before they are committed, so the mark follows `seen` only once every
    transaction that ran at `seen_at` has ended.
    """

    event = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"folded to event {self.event}"
