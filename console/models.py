"""People who sign in."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """What a person may do: pages by `console/pages/table.py`, cases by `escalations/access.py`."""

    REVIEWER = "reviewer", "Reviewer"
    SUPERVISOR = "supervisor", "Supervisor"
    ADMIN = "admin", "Admin"
    AUDITOR = "auditor", "Auditor"


LEADS = frozenset({Role.SUPERVISOR, Role.ADMIN})
DECIDERS = LEADS | {Role.REVIEWER}


class Theme(models.TextChoices):
    SYSTEM = "system", "As the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class User(AbstractUser):
    """A reviewer, supervisor, admin or auditor with their preferences."""

    role = models.CharField(max_length=10, choices=Role, default=Role.REVIEWER)
    single_keys = models.BooleanField(default=True)
    sound = models.BooleanField(default=True, help_text="A tone with alerts.")
    # By the name of what they do, of those that are not the usual ones.
    own_keys = models.JSONField(default=dict, blank=True)
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="user_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(theme__in=Theme.values), name="user_theme_known"
            ),
        ]

    @property
    def name(self) -> str:
        """How a person is called on screen and in the record."""
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        """Two letters for the round mark beside a name."""
        words = [word for word in self.name.split() if word[:1].isalpha()] or [self.name]
        return (words[0][:1] + words[-1][:1] if len(words) > 1 else self.name[:2]).upper()


class TriedSignIn(models.Model):
    """How often somebody tried to sign in lately, as `console/people/tried.py` counts it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)
