"""Taking the next case oneself: pull, beside what is offered."""

from datetime import datetime

from escalations import lifecycle
from escalations.access import Viewer
from escalations.models import Escalation
from escalations.refusals import Conflict, NotAllowed
from routing.models import Duty, Team
from routing.offers import dispatch
from routing.people import teams, units

TRIES_MAX = 5


def may_take(viewer: Viewer) -> bool:
    """Whether this person takes cases from the list: not where they are only offered it."""
    if not viewer.decides:
        return False
    theirs = Duty.objects.filter(teams.offering(), person=viewer.user_id)
    return not theirs.filter(team__mode=Team.Mode.PUSH).exists()


def take_next(viewer: Viewer, *, now: datetime) -> Escalation | None:
    """Hold the case that this person should take next, by the rule that also offers; None if there
    is none. Raises NotAllowed for whom cases are only offered to, and for who has no unit free.
    """
    if not may_take(viewer):
        raise NotAllowed("only_offered", "In your team cases are offered; they come by themselves.")
    for _ in range(TRIES_MAX):
        number = dispatch.next_for(viewer, now)
        if number is None:
            # Nothing is found for a full person either, and that is no empty queue.
            units.require_one_free(viewer.user_id)
            return None
        try:
            return lifecycle.claim(Escalation(number=number), by=viewer, now=now)
        except Conflict:
            continue  # Somebody was faster: the next look does not see that case any more.
    return None
