"""What the desk can say about a kind of case, asked of whoever knows people and shifts.

`escalations` knows neither; the setting `OUTLOOK` names the function.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from escalations.policy.methods import Outlook


def ask(
    *, task_type: str, skills: Mapping[str, int], units: int, ahead: int | None, now: datetime
) -> Outlook:
    """Who could take such a case now, and how soon with so many before it (None: all that wait)."""
    found: Outlook = import_string(settings.OUTLOOK)(
        task_type=task_type, skills=skills, units=units, ahead=ahead, now=now
    )
    return found
