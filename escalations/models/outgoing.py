"""What every message on its way out of Baton has, whoever it is for."""

from datetime import datetime

from django.db import models

from escalations.models.escalations import Escalation


class DeliveryAttempt(models.Model):
    """One try to hand over a message of any outbox, and what came of it."""

    message = models.CharField(max_length=40, help_text="The id of the message.")
    number = models.PositiveIntegerField(help_text="1 for the first since it was made or replayed.")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="Of HTTP; none: no answer.")
    took_ms = models.PositiveIntegerField()
    answer = models.CharField(max_length=500, blank=True, help_text="Why it did not arrive.")

    class Meta:
        indexes = [models.Index("message", "at", name="attempts_of_message")]

    def __str__(self) -> str:
        return f"{self.message}, attempt {self.number}"


class Outgoing(models.Model):
    """A row that `escalations/deliveries/outbox.py` leases, sends and marks: at least once, with
    one id."""

    class State(models.TextChoices):
        DUE = "due"
        DELIVERED = "delivered"
        DEAD = "dead", "Given up"
        DROPPED = "dropped", "Taken back before it was sent"

    id = models.CharField(max_length=40, primary_key=True)
    host = models.CharField(max_length=300, help_text="Whom `url` belongs to, and the port.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DUE)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def case(self) -> Escalation | None:
        """The case that it is about."""
        raise NotImplementedError

    @property
    def what(self) -> str:
        """What it tells, as it stands in lists."""
        raise NotImplementedError

    def undoable_until(self, now: datetime) -> datetime | None:
        """Until when what it tells of can still be taken back, and so does not leave."""
        return None

    @property
    def whom(self) -> str:
        """Whom it is for, by name."""
        raise NotImplementedError

    @property
    def address(self) -> str:
        """Where it goes."""
        raise NotImplementedError

    @property
    def is_disabled(self) -> bool:
        """Whether nothing is sent there at present."""
        return False
