"""People who are there to be offered work."""

from escalations.access import Viewer
from routing.models import Duty, Presence, Team
from tests.factories import NOW, viewer


def on_duty(
    username: str, role: str = "reviewer", *, team: str | None = "Service", now=NOW, **skills: int
) -> Viewer:
    """Somebody who is present, in a team that is offered work unless told otherwise."""
    who = viewer(username, role, **skills)
    found = Team.objects.get_or_create(name=team)[0] if team else None
    Duty.objects.create(person_id=who.user_id, team=found)
    Presence.objects.create(
        person_id=who.user_id, state="present", since=now, seen_at=now, idle_since=now
    )
    return who
