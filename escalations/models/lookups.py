"""Look-ups that admins registered, and what was read by them for a case."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from escalations.models.agents import Agent
from escalations.models.escalations import Escalation


class LookUpQuerySet(models.QuerySet["LookUp"]):
    """Look-ups, by whom they are for."""

    def offered(self) -> "LookUpQuerySet":
        """Those that were not removed."""
        return self.filter(removed_at__isnull=True)

    def fitting(self, escalation: Escalation) -> "LookUpQuerySet":
        """Those of them that are for such a case, in the order of their names."""
        found = self.offered().filter(task_type__in=["", escalation.task_type])
        of_agent = Q(agent__isnull=True) | Q(agent=escalation.agent_id)
        return found.filter(of_agent).order_by("name", "pk")


class LookUp(models.Model):
    """An address that is only read, offered to whoever decides such a case.

    Not deleted, so that what was read by it stays known: what is removed is offered nowhere.
    """

    name = models.CharField(max_length=60, help_text="What is looked up, as `Order`.")
    task_type = models.CharField(max_length=64, blank=True, help_text="None: every kind of work.")
    agent = models.ForeignKey(
        Agent, null=True, on_delete=models.PROTECT, help_text="None: every agent."
    )
    url = models.CharField(max_length=1000, help_text="Read by GET, with variables of the case.")
    token = models.CharField(max_length=2000, blank=True, help_text="Sent there; encrypted.")
    fields = models.JSONField(help_text="Each `[title, path in the answer]`.")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = LookUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "name", "task_type", Coalesce("agent", 0),
                condition=Q(removed_at__isnull=True), name="look_up_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class LookUpReading(models.Model):
    """One look-up that somebody made in a case, and the values that came back.

    Answered once: with values, or with why there are none. The record holds when, by whom and a
    digest; the values stand here, where they can be erased.
    """

    id = models.CharField(max_length=40, primary_key=True)
    escalation = models.ForeignKey(
        Escalation, on_delete=models.PROTECT, related_name="look_up_readings"
    )
    look_up = models.ForeignKey(LookUp, on_delete=models.PROTECT)
    package_version = models.PositiveIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.PROTECT, help_text="Who pressed."
    )
    name = models.CharField(max_length=60, help_text="What the look-up was called then.")
    read_from = models.CharField(max_length=260, help_text="The host that is asked.")
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, help_text="When a worker took it to send it.")
    answered_at = models.DateTimeField(null=True)
    answer = models.JSONField(default=list, help_text="Each `[title, value]`.")
    fault = models.CharField(max_length=500, blank=True, help_text="Why nothing was read.")

    class Meta:
        constraints = [
            # Of two presses at the same moment one asks.
            models.UniqueConstraint(
                fields=["escalation", "look_up", "package_version"],
                condition=Q(answered_at__isnull=True), name="look_up_asked_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index("asked_at", name="look_ups_to_ask", condition=Q(sent_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}: {self.name}"
