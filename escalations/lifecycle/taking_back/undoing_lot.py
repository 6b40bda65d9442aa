"""One press takes back a lot of decisions: all that nobody has yet, at one moment."""

import copy
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from console import clock
from escalations.access import Viewer
from escalations.lifecycle import approvals, guards, holding, leaving, moves
from escalations.lifecycle.taking_back import undoing
from escalations.models import Decision, Escalation, State
from escalations.refusals import Conflict, NotAllowed

OPEN_AGAIN = "It is open again already: nothing of it was sent."


@transaction.atomic
def undo_all(versions: Mapping[int, int], *, by: Viewer) -> dict[int, Escalation | Conflict]:
    """Take these decisions back, by the numbers of their cases, each at the version that was seen:
    the case as it is now, or why not.

    All is locked first, and then one time of the database counts for the whole lot: whatever can be
    taken back at that moment is, and of the rest each says what became of it. Of the cases the
    first are theirs again, as many as they can hold; the others wait with their age.
    """
    cases = moves.locked_all(versions)
    standing = leaving.locked_all(cases)
    now = clock.exact()
    found: dict[int, Escalation | Conflict] = {}
    free = []
    for case in cases:
        try:
            _require_free(case, versions[case.pk], standing, by=by, now=now)
            free.append(case)
        except Conflict as refused:
            found[case.pk] = refused
    leaving.drop_all(free, standing, now=now)
    for case in free:
        approvals.take_back(case, by=by, now=now)
    return found | {case.pk: case for case in _open_again(free, by, now)}


def _require_free(
    case: Escalation,
    version: int,
    standing: Mapping[int, Decision],
    *,
    by: Viewer,
    now: datetime,
) -> None:
    if case.state in State.open():
        raise Conflict("open_again", OPEN_AGAIN, by=guards.person_of(case))
    guards.require_version(case, version)
    undoing.require_free(case, by=by, now=now)
    if case.pk not in standing:
        raise leaving.too_late(case.effective_at)


def _open_again(cases: Sequence[Escalation], by: Viewer, now: datetime) -> list[Escalation]:
    held = _held_again(cases, by, now)
    changes = []
    for case in cases[len(held) :]:
        holding.let_go(case)
        changes.append(moves.planned(case, "undone", before=State.DECIDED, by=by, now=now))
    moves.carry_out_all(changes, now=now)
    return [*held, *(change.escalation for change in changes)]


def _held_again(cases: Sequence[Escalation], by: Viewer, now: datetime) -> list[Escalation]:
    """Up to the first that is refused, as their units are taken."""
    held: list[Escalation] = []
    try:
        for case in cases:
            with transaction.atomic():
                # A savepoint rolls rows back, but not the object.
                held.append(undoing.held_again(copy.copy(case), by, now))
    except NotAllowed:
        pass
    return held
