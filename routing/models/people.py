"""Who can do what, and how much of it at once."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from escalations.models import Escalation


class Skill(models.Model):
    """A word that task types require and people have, such as `refunds`; languages among them."""

    class Kind(models.TextChoices):
        TRADE = "trade"
        LANGUAGE = "language"

    name = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TRADE)

    def __str__(self) -> str:
        return self.name


class Proficiency(models.Model):
    """How well one person has one skill, 0 (not) to 5 (best)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="proficiencies"
    )
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT)
    grade = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "skill"], name="one_grade_per_skill"),
            models.CheckConstraint(condition=Q(grade__range=(0, 5)), name="grade_0_to_5"),
        ]
        verbose_name_plural = "proficiencies"

    def __str__(self) -> str:
        return f"{self.person}: {self.skill} {self.grade}"


class Team(models.Model):
    """People who work one way: are offered cases, take them from the list, or both."""

    class Mode(models.TextChoices):
        PUSH = "push", "offered"
        PULL = "pull", "taken from the list"
        BOTH = "both", "offered and taken"

    name = models.CharField(max_length=64, unique=True)
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.BOTH)
    offers_leads = models.BooleanField(
        default=False, help_text="Whether its supervisors and admins are offered work as well."
    )
    wrap_up_s = models.PositiveSmallIntegerField(
        default=0, help_text="After an answer nothing is offered for so many seconds."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=("push", "pull", "both")), name="known_team_mode"
            ),
            models.CheckConstraint(condition=Q(wrap_up_s__lte=600), name="wrap_up_at_most"),
        ]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """Where one person belongs: their team, and the time zone that their shifts are written in.

    Who has none is offered nothing, and takes from the list.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="duty"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="duties")
    time_zone = models.CharField(max_length=64, default="UTC")

    class Meta:
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"


class Unit(models.Model):
    """One unit of a person's capacity: free, or taken by one escalation, which may take several.

    Capacity is these rows, not a count: counting broke the limit in 91 of 100 races.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="units"
    )
    number = models.PositiveSmallIntegerField()
    escalation = models.ForeignKey(
        Escalation, null=True, on_delete=models.PROTECT, related_name="units_taken"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="unit_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, unit {self.number}"


class WorkLimit(models.Model):
    """How many units of one kind of work a person takes at most, within their capacity."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="work_limits"
    )
    task_type = models.CharField(max_length=64)
    units = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "task_type"], name="one_limit_per_work"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.task_type} up to {self.units}"
