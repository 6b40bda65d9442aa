"""Who wants a mail in the morning."""

from django.conf import settings
from django.db import models


class Digest(models.Model):
    """One person wants to read each morning what waits for them; who wants none has no row."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest"
    )
    sent_on = models.DateField(null=True, help_text="The last morning, on their own clock.")

    def __str__(self) -> str:
        return f"Digest of {self.person}"
