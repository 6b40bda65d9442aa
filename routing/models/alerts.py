"""Who is told that something is due, late or theirs now."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from escalations.models import Escalation


class Alert(models.Model):
    """One step of the ladder of one escalation; raised once, whoever sweeps."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="alerts")
    step = models.PositiveSmallIntegerField(help_text="Counts up with every alert of this case.")
    kind = models.CharField(max_length=16, help_text="The step's name in the ladder.")
    audience = models.CharField(max_length=24)
    due_at = models.DateTimeField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "step"], name="alert_once_per_step"),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}: {self.kind} ({self.step})"


class Notice(models.Model):
    """A line for one person, shown until they have seen it; the push is only sooner."""

    class Kind(models.TextChoices):
        WARN = "warn"
        BREACH = "breach"
        ALERT = "alert"
        GIVEN = "given"
        TAKEN = "taken"
        ASKED = "asked"
        KEPT = "kept"
        PASSED = "passed"
        RETURNED = "returned"
        MOVED = "moved"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    escalation = models.ForeignKey(
        Escalation, null=True, on_delete=models.PROTECT, related_name="notices"
    )
    alert = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.CharField(max_length=300)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "person"],
                condition=Q(alert__isnull=False),
                name="one_notice_per_alert",
            ),
        ]
        indexes = [
            models.Index("person", "at", name="unseen", condition=Q(seen_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person}"


class Sending(models.Model):
    """One alert on its way out by e-mail or to a paging tool: at least once, with one id."""

    class Channel(models.TextChoices):
        EMAIL = "email"
        WEBHOOK = "webhook"

    class State(models.TextChoices):
        DUE = "due"
        SENT = "sent"
        FAILED = "failed"
        DROPPED = "dropped"

    id = models.CharField(max_length=40, primary_key=True)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="sendings")
    channel = models.CharField(max_length=7, choices=Channel)
    target = models.CharField(max_length=2000, help_text="An e-mail address, or a web address.")
    state = models.CharField(max_length=7, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "channel", "target"], name="one_sending_per_target"
            ),
        ]
        indexes = [
            models.Index("due_at", name="sendings_due", condition=Q(state="due")),
            models.Index("due_at", name="sendings_failed", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.alert} by {self.channel}"
