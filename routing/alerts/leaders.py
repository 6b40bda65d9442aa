"""What whoever leads has to know of a case that is answered, and of what they proposed."""

from datetime import datetime

from escalations.models import Escalation
from routing.alerts import notices
from routing.alerts.audiences import ON_SHIFT, Crowd
from routing.models import Notice


def tell(escalation: Escalation, text: str, *, now: datetime) -> None:
    """A line for each supervisor on shift, else for all, else for the admins; for the setting
    `TELL_LEADERS`."""
    _, leaders = Crowd(now).told(ON_SHIFT, escalation)
    # Not as a breach: those are moot once the case is answered.
    notices.tell([one.id for one in leaders], Notice.Kind.MOVED, text, escalation, now=now)


def tell_one(
    user_id: int, text: str, escalation: Escalation | None = None, *, now: datetime
) -> None:
    """A line for one person, of this case or of none; for the setting `TELL_PERSON`."""
    notices.tell([user_id], Notice.Kind.MOVED, text, escalation, now=now)
