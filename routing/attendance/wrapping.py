"""Wrap-up: after somebody answered a case, their team may give them a while without an offer.

Nothing is written for it when they answer: it follows from when they last did, from what their
team says, and from when they last said that they are free.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Max

from escalations.models import Escalation
from routing.models import Presence

SECONDS_MAX = 600
WRAPPING_UP = "wrapping up"


def until(seconds: Mapping[int, int], now: datetime) -> dict[int, datetime]:
    """Of these people, each with the seconds that their team gives, those who wrap up now, and
    until when. Where no team gives any it asks nothing."""
    given = {person: timedelta(seconds=many) for person, many in seconds.items() if many}
    if not given:
        return {}
    earliest = now - max(given.values())
    answered = Escalation.objects.filter(decided_by__in=given, decided_at__range=(earliest, now))
    last = dict(answered.values_list("decided_by").annotate(Max("decided_at")).order_by())
    ready = dict(Presence.objects.filter(person__in=last).values_list("person", "ready_at"))
    ends = {
        person: at + given[person]
        for person, at in last.items()
        if ready.get(person) is None or ready[person] < at
    }
    return {person: end for person, end in ends.items() if end > now}
