"""A planned roster, written: what many people share by few statements, the rest one by one.

Whoever writes on SQLite waits as long as this takes. A statement for each of 500 people and each of
their lines of the record took half a minute.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from console.models import User
from console.people import managing
from console.people.managing import FreshPassword, HoldsMore
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Refused
from routing.attendance import weeks
from routing.people import teams
from routing.roster_file.changes import PlannedChange
from routing.roster_file.roster_csv import FileFault

CREATED, DUTY, UNITS, WEEK, GRADES = "created", "duty", "units", "week", "grades"
Shared = Callable[[list[tuple[User, Any]], Actor, datetime], object]


def carry_out(
    changes: Sequence[PlannedChange],
    fresh: Mapping[str, FreshPassword],
    *,
    by: Actor,
    now: datetime,
) -> list[tuple[User, str]]:
    """Do all of them in the caller's transaction; the passwords of the new people. Raises Conflict
    where something does not go."""
    of_everybody = [one for one in changes if one.person is None]
    _one_by_one(of_everybody, by=by, now=now)
    new = [one.person for one in changes if one.person and one.share and one.share[0] == CREATED]
    for person in new:
        person.password = fresh[person.username].stored
    managing.create_all(new, by=by, now=now)
    for kind, write in SHARED.items():
        wanted = [
            (one.person, one.share[1])
            for one in changes
            if one.person and one.share and one.share[0] == kind
        ]
        if wanted:
            try:
                write(wanted, by, now)
            except HoldsMore as refused:
                raise _refused(changes, kind, refused) from refused
    # Last, as when they are off goes by the clock that they have then.
    _one_by_one([one for one in changes if one.person is not None], by=by, now=now)
    return [(person, fresh[person.username].plain) for person in new]


def _one_by_one(changes: Sequence[PlannedChange], *, by: Actor, now: datetime) -> None:
    for change in changes:
        try:
            if change.act:
                change.act(by, now)
        except Refused as refused:
            raise _conflict(change, refused) from refused


def _refused(changes: Sequence[PlannedChange], kind: str, refused: HoldsMore) -> Conflict:
    theirs = (one for one in changes if one.person == refused.user and one.share)
    return _conflict(next(one for one in theirs if one.share and one.share[0] == kind), refused)


def _conflict(change: PlannedChange, refused: Refused) -> Conflict:
    fault = FileFault(change.line, change.column, refused.detail)
    return Conflict("refused", f"{fault} Nothing was changed.")


def _set_duties(wanted: list[tuple[User, Any]], by: Actor, now: datetime) -> None:
    teams.set_duties([(person, *duty) for person, duty in wanted], by=by, now=now)


SHARED: Mapping[str, Shared] = {
    DUTY: _set_duties,
    UNITS: lambda wanted, by, now: managing.set_capacities(wanted, by=by, now=now),
    WEEK: lambda wanted, by, now: weeks.replace_all(wanted, by=by, now=now),
    GRADES: lambda wanted, by, now: managing.grade_all(wanted, by=by, now=now),
}
