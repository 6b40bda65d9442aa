"""What people and the policy answered, and what came of it."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, Self

import orjson
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from console.database.composed import Composed
from escalations.models.escalations import Escalation


class Decision(models.Model):
    """One answer; immutable but for being undone before it takes effect, or handed out since."""

    id = models.CharField(max_length=40, primary_key=True)
    escalation = models.ForeignKey(
        Escalation, db_index=False, on_delete=models.PROTECT, related_name="decisions"
    )
    escalation_version = models.PositiveIntegerField(help_text="The version it made.")
    sequence = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12)
    proceed = models.BooleanField()
    final = models.BooleanField(default=True)
    automatic = models.BooleanField(default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, db_index=False, on_delete=models.PROTECT
    )
    decided_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    handed_out_at = models.DateTimeField(null=True)
    package_version = models.PositiveIntegerField()
    body = models.TextField(help_text="The document of handoff-decision.v1, as the agent gets it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "escalation_version"], name="one_decision_per_version"
            ),
            models.UniqueConstraint(
                fields=["escalation", "sequence"],
                # Earlier versions gave the answer after one that was undone its number again.
                condition=Q(undone_at__isnull=True),
                name="one_standing_decision_per_sequence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}: {self.outcome}"

    @property
    def document(self) -> dict[str, Any]:
        """The decision as the agent gets it."""
        document: dict[str, Any] = orjson.loads(self.body)
        return document


class VoteQuerySet(models.QuerySet["Vote"]):
    """Votes that count: on the current version of the package, and not void."""

    def standing_on(self, escalation: Escalation) -> Self:
        """Those that count on this case, as it is in memory."""
        return self.filter(
            escalation=escalation,
            package_version=escalation.package_version,
            void_at__isnull=True,
        )


class Vote(models.Model):
    """One person's part in a decision that needs several by the two-person rule.

    The constraint is the rule: on one package version a person is author or voter, and only once.
    """

    class Verdict(models.TextChoices):
        AUTHOR = "author"
        APPROVE = "approve"
        REJECT = "reject"

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="votes")
    package_version = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    verdict = models.CharField(max_length=7, choices=Verdict.choices)
    answer = models.JSONField(default=dict, help_text="What they chose: actions, reply, reason.")
    voted_at = models.DateTimeField()
    void_at = models.DateTimeField(null=True)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "package_version", "person"],
                condition=Q(void_at__isnull=True),
                name="one_part_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}: {self.person} {self.verdict}"

    @classmethod
    def people_of(cls, numbers: Collection[int], *, verdict: str = "") -> dict[int, set[int]]:
        """Who has had their part in each of these cases, and with a `verdict` who gave this one; in
        one statement."""
        found: dict[int, set[int]] = defaultdict(set)
        for number, person, given in _STANDING.rows(numbers):
            if verdict in ("", given):
                found[number].add(person)
        return found


_STANDING = Composed(
    lambda _, listed: Vote.objects.filter(
        escalation__among=listed,
        void_at__isnull=True,
        package_version=F("escalation__package_version"),
    ).values_list("escalation", "person", "verdict")
)


class CommandAnswer(models.Model):
    """The first answer to a command, so that its repetition changes nothing."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    command_id = models.CharField(max_length=64)
    answer = models.JSONField()
    answered_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["command_id"], name="command_of_one_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.command_id}"


class ReportQuerySet(models.QuerySet["Report"]):
    """What agents reported."""

    def last_of(self, decision: Decision) -> "Report | None":
        """The last report of what came of this answer, the last of its case; reports of before
        they had a sequence are of the answer that was in effect when they came."""
        unnamed = Q(sequence=None, reported_at__gte=decision.effective_at)
        found = self.filter(unnamed | Q(sequence=decision.sequence))
        return found.filter(escalation=decision.escalation_id).order_by("-pk").first()


class Report(models.Model):
    """What the agent did with a decision."""

    class Result(models.TextChoices):
        EXECUTED = "executed"
        FAILED = "failed"
        REFUSED = "refused"
        TOO_LATE = "too_late"

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="reports")
    sequence = models.PositiveIntegerField(null=True, help_text="Of which answer of the case.")
    result = models.CharField(max_length=8, choices=Result.choices)
    detail = models.TextField(blank=True)
    cost = models.JSONField(null=True)
    reported_at = models.DateTimeField()

    objects = ReportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.escalation}: {self.result}"


class Feedback(models.Model):
    """What the customer said of it afterwards, as the agent's survey reports."""

    escalation = models.OneToOneField(Escalation, on_delete=models.PROTECT, related_name="feedback")
    csat = models.PositiveSmallIntegerField(null=True)
    effort = models.PositiveSmallIntegerField(null=True)
    resolved = models.BooleanField(null=True)
    had_to_repeat = models.BooleanField(null=True)
    comment = models.TextField(blank=True)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(csat__isnull=True) | Q(csat__range=(1, 5)), name="csat_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(effort__isnull=True) | Q(effort__range=(1, 7)), name="effort_1_to_7"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation}: feedback"
