"""Who is told that something is due, late or theirs now."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from escalations.models import Escalation, Outgoing


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
        NAMED = "named"

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


class Sending(Outgoing):
    """One alert on its way out by e-mail or to a paging tool."""

    class Channel(models.TextChoices):
        EMAIL = "email"
        WEBHOOK = "webhook"

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="sendings")
    channel = models.CharField(max_length=7, choices=Channel)
    target = models.CharField(max_length=2000, help_text="An e-mail address, or `paging`.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "channel", "target"], name="one_sending_per_target"
            ),
        ]
        indexes = [
            models.Index("next_at", name="sendings_due", condition=Q(state="due")),
            models.Index("host", name="leased_sendings", condition=Q(lease_until__isnull=False)),
            models.Index("state", F("created_at").desc(), name="sendings_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.alert} by {self.channel}"

    @property
    def case(self) -> Escalation:
        return self.alert.escalation

    @property
    def what(self) -> str:
        return f"alert {self.alert.step}, {self.alert.kind}"

    @property
    def whom(self) -> str:
        return self.target if self.channel == self.Channel.EMAIL else "the paging tool"

    @property
    def address(self) -> str:
        return "by mail" if self.channel == self.Channel.EMAIL else "by webhook"
