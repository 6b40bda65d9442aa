"""The escalation: one request for a human, from arrival to its last decision."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from escalations.models.agents import Agent
from escalations.models.querysets import EscalationQuerySet
from escalations.text import formatting


class State(models.TextChoices):
    """Where an escalation stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    HELD = "held"
    LIVE = "live"
    SECOND = "second"
    SNOOZED = "snoozed"
    DECIDED = "decided"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @classmethod
    def open(cls) -> list[str]:
        """The states in which somebody may still decide."""
        return [cls.WAITING, cls.OFFERED, cls.HELD, cls.LIVE, cls.SECOND, cls.SNOOZED]

    @classmethod
    def held(cls) -> list[str]:
        """The states in which a person has it in hand; live, with its conversation."""
        return [cls.HELD, cls.LIVE]


FREE = Q(state__in=(State.WAITING, State.SECOND))


class Requirement(models.Model):
    """One distinct set of required skills. A queue is read as one index range for each of them."""

    key = models.CharField(max_length=1000, unique=True, help_text="payments:2+refunds:3")
    skills = models.JSONField(default=dict, help_text="Skill name to least proficiency.")

    def __str__(self) -> str:
        return self.key or "no skill"


class Escalation(models.Model):
    """What the lists, the life cycle and the sweeps need; the package stands in its own table."""

    # Foreign keys have no index of their own here: those below hold them with what is asked beside.
    number = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=40, unique=True)
    agent = models.ForeignKey(
        Agent, db_index=False, on_delete=models.PROTECT, related_name="escalations"
    )
    idempotency_key = models.CharField(max_length=255, null=True)  # noqa: DJ001 - many have none
    tenant = models.CharField(max_length=64, blank=True)
    correlation_id = models.CharField(max_length=255, blank=True)
    customer = models.CharField(max_length=255, blank=True)
    customer_key = models.CharField(
        max_length=255, blank=True, help_text="The agent's id of the customer, or the name."
    )
    task_type = models.CharField(max_length=64)
    summary = models.TextField()
    why = models.TextField(blank=True, help_text="Why the agent stopped, as the lists say it.")

    # What triage said.
    policy_version = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    disposition = models.CharField(max_length=20)
    priority = models.CharField(max_length=10)
    method = models.CharField(max_length=10)
    reasons = models.JSONField(default=list)
    requirement = models.ForeignKey(Requirement, db_index=False, on_delete=models.PROTECT)
    rank = models.BigIntegerField(help_text="Lower is sooner; see priority.py.")
    approvals = models.PositiveSmallIntegerField(default=1)
    blind = models.BooleanField(default=False)
    undo_s = models.PositiveIntegerField(default=10)
    flagged = models.BooleanField(default=False, help_text="L1 work to be checked afterwards.")
    units = models.PositiveSmallIntegerField(default=1, help_text="Capacity it takes.")
    strict = models.BooleanField(default=False, help_text="Never below the wished proficiency.")
    assignee = models.CharField(
        max_length=255, blank=True, help_text="Username of who is asked for, before others."
    )
    wanted_by = models.CharField(
        max_length=10, blank=True, help_text="`supervisor`: passed on to whoever leads."
    )
    excluded = models.JSONField(default=list, help_text="Usernames who may not decide this case.")

    # Where it stands. Only lifecycle.py writes these.
    state = models.CharField(max_length=10, choices=State.choices)
    version = models.PositiveIntegerField(default=1)
    fence = models.PositiveIntegerField(default=0)
    package_version = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="holding",
    )
    held_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    active_at = models.DateTimeField(null=True, help_text="The holder's last activity.")
    opened_at = models.DateTimeField(
        null=True, help_text="When it was last seen open at a screen of its holder."
    )
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="offered",
    )
    offer_until = models.DateTimeField(null=True)
    snoozed_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True, help_text="When a person first held it.")
    taken_over_at = models.DateTimeField(
        null=True, help_text="Since when its conversation is with people and not with the agent."
    )
    taken_up_at = models.DateTimeField(null=True, help_text="When whoever had it last took it up.")
    decided_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True, help_text="End of the undo window.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="decided",
    )
    outcome = models.CharField(max_length=12, blank=True)
    closed_at = models.DateTimeField(null=True)

    # Times.
    arrived_at = models.DateTimeField()
    respond_by = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True, help_text="When the missed deadline was raised.")
    alert_at = models.DateTimeField(null=True, help_text="When the next alert is due.")
    alert_step = models.PositiveSmallIntegerField(default=0, help_text="Alerts raised so far.")
    remind_at = models.DateTimeField(null=True, help_text="The next time its agent asked for.")
    callback_at = models.DateTimeField(null=True, help_text="When the customer wants the call.")
    expires_at = models.DateTimeField(null=True)
    on_timeout = models.CharField(max_length=16, default="escalate")
    timed_out_at = models.DateTimeField(
        null=True, help_text="When it expired and went a level up, by `on_timeout: escalate`."
    )

    # How good the package is, and what it refers to.
    completeness = models.PositiveSmallIntegerField(default=0)
    missing = models.JSONField(default=list)
    supersedes = models.ForeignKey(
        "self",
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )
    re_escalates = models.ForeignKey(
        "self",
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="re_escalated_by",
    )

    pending_call = models.CharField(  # noqa: DJ001 - the key below is over those that have one
        max_length=64, null=True, help_text="What an identical call has; see joining.py."
    )

    # The head of its chain in the record.
    chain_length = models.PositiveIntegerField(default=0)
    chain_hash = models.CharField(max_length=64, blank=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "idempotency_key"], name="one_per_key"),
            models.UniqueConstraint(
                fields=["agent", "pending_call"],
                condition=Q(state__in=State.open(), pending_call__isnull=False),
                name="one_pending_call",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="known_state"),
            models.CheckConstraint(condition=Q(level__range=(1, 4)), name="level_1_to_4"),
            models.CheckConstraint(
                condition=~Q(state__in=State.held())
                | (Q(held_by__isnull=False) & Q(lease_until__isnull=False)),
                name="held_has_a_holder_and_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.LIVE) | Q(taken_over_at__isnull=False),
                name="live_since_it_was_taken_over",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.OFFERED)
                | (Q(offered_to__isnull=False) & Q(offer_until__isnull=False)),
                name="offered_to_somebody_for_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SNOOZED)
                | (Q(snoozed_at__isnull=False) & Q(snoozed_until__isnull=False)),
                name="snoozed_until_a_time",
            ),
        ]
        indexes = [
            models.Index("requirement", "rank", "number", name="queue", condition=FREE),
            models.Index(
                "requirement", "priority", "rank", "number", name="dearest", condition=FREE
            ),
            models.Index("requirement", "number", name="oldest", condition=FREE),
            models.Index("rank", "number", name="whole_queue", condition=FREE),
            models.Index(
                "assignee",
                "rank",
                "number",
                name="asked_by_name",
                condition=FREE & Q(assignee__gt=""),
            ),
            models.Index("held_by", name="held", condition=Q(held_by__isnull=False)),
            models.Index("lease_until", name="leases", condition=Q(state__in=State.held())),
            models.Index("offered_to", name="offered", condition=Q(state=State.OFFERED)),
            models.Index("offer_until", name="offers_over", condition=Q(state=State.OFFERED)),
            models.Index("snoozed_until", name="snoozes_over", condition=Q(state=State.SNOOZED)),
            models.Index(
                "alert_at",
                name="alerts",
                condition=Q(state__in=State.open(), alert_at__isnull=False),
            ),
            models.Index(
                "remind_at",
                name="reminders",
                condition=Q(state__in=State.open(), remind_at__isnull=False),
            ),
            models.Index(
                "customer_key",
                F("decided_at").desc(),
                name="known_customers",
                condition=Q(decided_by__isnull=False) & ~Q(customer_key=""),
            ),
            models.Index(
                "expires_at",
                name="expiry",
                condition=Q(state__in=State.open(), expires_at__isnull=False),
            ),
            models.Index("arrived_at", name="arrivals"),
            models.Index("closed_at", name="closings"),
            models.Index(F("decided_at").desc(), name="done", condition=Q(state=State.DECIDED)),
            models.Index(
                "decided_by",
                F("decided_at").desc(),
                name="done_by",
                condition=Q(decided_by__isnull=False),
            ),
            models.Index(
                "re_escalates", name="raised_again", condition=Q(re_escalates__isnull=False)
            ),
            models.Index("supersedes", name="superseding", condition=Q(supersedes__isnull=False)),
            models.Index("agent", F("number").desc(), name="of_agent"),
            models.Index("agent", "correlation_id", name="correlated"),
            # But for what was approved: what people stopped may not be cleared anew.
            models.Index(
                fields=["agent", "customer_key", "number"],
                name="stopped_of_customer",
                condition=Q(customer_key__gt="") & ~Q(outcome="approved"),
            ),
            models.Index(
                "customer",
                F("number").desc(),
                name="of_customer",
                condition=Q(customer__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def title(self) -> str:
        """Its summary, as lists have it."""
        return formatting.without_tool(self.summary)

    @property
    def case_number(self) -> str:
        """What people call it on screen and on the telephone."""
        return f"BTN-{self.number}"
