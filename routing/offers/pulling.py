"""Taking the next case oneself: pull, beside what is offered."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from console.database import statements
from console.database.composed import Composed
from escalations import access, lifecycle
from escalations.access import Viewer
from escalations.models import Escalation, State
from escalations.refusals import Conflict, NotAllowed
from routing.models import Team
from routing.offers import dispatch
from routing.people import teams, units

ROUNDS_MAX = 20
FREE = (State.WAITING, State.SECOND)
_TEAM_OF = """
    SELECT team.mode, team.offers_leads FROM routing_duty AS duty
      JOIN routing_team AS team ON team.id = duty.team_id WHERE duty.person_id = %s
"""


def may_take(viewer: Viewer) -> bool:
    """Whether this person takes cases from the list: not where they are only offered it."""
    if not viewer.decides:
        return False
    return not any(
        mode == Team.Mode.PUSH and teams.is_offered(viewer.role, mode, offers_leads=leads)
        for mode, leads in statements.rows(_TEAM_OF, [viewer.user_id])
    )


def take_next(viewer: Viewer, *, now: datetime) -> Escalation | None:
    """Hold the case that this person should take next, by the rule that also offers, or accept what
    is offered to them; None if there is none. Raises NotAllowed for whom cases are only offered to,
    and for who has no unit free; Conflict where others were faster again and again, but something
    still waits.
    """
    return access.as_they_may(viewer, lambda viewer: _take_next(viewer, now))


def _take_next(viewer: Viewer, now: datetime) -> Escalation | None:
    if not may_take(viewer):
        raise NotAllowed("only_offered", "In your team cases are offered; they come by themselves.")
    for _ in range(ROUNDS_MAX):
        lost = False
        for number in in_turn(viewer, now):
            taken = _taken(number, viewer, now)
            if taken is not None:
                return taken
            lost = True
        if not lost:
            # Nothing is found for a full person either, and that is no empty queue.
            units.require_one_free(viewer.user_id)
            return None
    raise Conflict("busy", "Others were faster each time, and more waits; try again.")


def in_turn(viewer: Viewer, now: datetime) -> Iterator[int]:
    """The numbers of the cases that this person could take, the one to take next first: what is
    offered to them, unless what the rule gives is more urgent. An offer has its units already, so
    that a full person takes it too."""
    turn = dispatch.in_turn(viewer, now)
    offered = _OFFERED.rows([viewer.user_id])
    first = next(turn, None)
    if offered and first is not None:
        place = Escalation.objects.values_list("rank", "number").get(pk=first)
        sooner = [number for rank, number in offered if (rank, number) < place]
    else:
        sooner = [number for _, number in offered]
    yield from sooner
    if first is not None:
        yield first
        yield from turn
    yield from (number for _, number in offered if number not in sooner)


_OFFERED = Composed(
    lambda _, to: (
        Escalation.objects.filter(state__written=(State.OFFERED,), offered_to__among=to)
        .order_by("rank", "number")
        .values_list("rank", "number")
    )
)
# Passed over, not waited for: whoever has it locked is about to take it.
_LOCKED = Composed(
    lambda _, numbers: (
        Escalation.objects.filter(number__among=numbers)
        .select_for_update(skip_locked=True)
        .values_list("state", "offered_to")
    )
)


def _taken(number: int, viewer: Viewer, now: datetime) -> Escalation | None:
    """Held, or None where somebody is faster."""
    try:
        with transaction.atomic():
            locked = _LOCKED.rows([number])
            if not locked or not _is_theirs_to_take(viewer, *locked[0]):
                return None
            taken = lifecycle.claim(Escalation(number=number), by=viewer, now=now)
            access.require_rights(viewer)
            return taken
    except Conflict:
        return None


def _is_theirs_to_take(viewer: Viewer, state: str, offered_to: int | None) -> bool:
    return state in FREE or (state == State.OFFERED and offered_to == viewer.user_id)
