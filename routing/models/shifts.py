"""When people work."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Shift(models.Model):
    """A span of one weekday in the person's own time zone; a break is a span taken out of it.

    A split shift is several rows. `ends` at or before `starts` is on the day after.
    """

    class Kind(models.TextChoices):
        WORK = "work"
        BREAK = "break"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shifts"
    )
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday.")
    starts = models.TimeField()
    ends = models.TimeField()
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.WORK)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="shift_weekday"),
            models.UniqueConstraint(
                fields=["person", "weekday", "starts", "kind"], name="shift_starts_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, day {self.weekday}, {self.starts:%H:%M}-{self.ends:%H:%M}"


class TimeOff(models.Model):
    """A span in which a person does not work, whatever their shifts say."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="times_off"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="time_off_lasts"),
        ]
        verbose_name_plural = "times off"

    def __str__(self) -> str:
        return f"{self.person} off from {self.starts_at:%d %b %H:%M}"
