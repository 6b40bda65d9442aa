"""Filters of the list that people keep under a name."""

from django.conf import settings
from django.db import models

from routing.models.people import Team


class SavedView(models.Model):
    """An address of the list with a name: its owner's, and their team's where it is shared."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_view_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
