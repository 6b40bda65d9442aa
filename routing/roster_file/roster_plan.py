"""What a roster file would change: told first, done whole or not at all."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import transaction

from console.models import User
from console.people import managing
from escalations.policy import hours, versions
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid, Refused
from routing.attendance import weeks
from routing.attendance.calendar import WeekdaySpan
from routing.attendance.weeks import Day
from routing.models import Team
from routing.people import roster, teams
from routing.roster_file import roster_csv
from routing.roster_file.roster_csv import FileFault, RosterLine

Act = Callable[[Actor, datetime], object]


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One thing that would be different for one person, as a sentence."""

    person: User
    sentence: str
    line: int
    column: str
    act: Act = field(compare=False)


@dataclass(slots=True)
class RosterPlan:
    """Everything that a file would change, or what is wrong with it."""

    people: int = 0
    changes: list[PlannedChange] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Two plans that change the same have the same one."""
        told = "\n".join(f"{one.person.pk} {one.sentence}" for one in self.changes)
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Now:
    """How things are, read once for all lines."""

    rows: Mapping[str, roster.RosterRow]
    teams: Mapping[str, Team]
    limits: Mapping[int, Mapping[str, int]]
    weeks: Mapping[int, list[WeekdaySpan]]
    kinds: frozenset[str]


def plan(text: str) -> RosterPlan:
    """Compare a file with how things are. Nothing is changed, every fault is named by its place."""
    read = roster_csv.read(text)
    found = RosterPlan(len(read.lines), faults=list(read.faults))
    now, seen = _now(), dict[str, int]()
    for wanted in read.lines:
        row = now.rows.get(wanted.username)
        if wanted.username in seen:
            text = f"{wanted.username} stands on line {seen[wanted.username]} already."
            found.faults.append(FileFault(wanted.line, roster_csv.PERSON, text))
        elif wanted.username and row is None:
            text = (
                f"Nobody who can be given work is called {wanted.username}; an admin adds people."
            )
            found.faults.append(FileFault(wanted.line, roster_csv.PERSON, text))
        elif row is not None:
            found.faults += _faults(wanted, now)
            found.changes += _changes(row, wanted, now) if not found.faults else []
        seen[wanted.username] = wanted.line
    found.faults.sort(key=lambda fault: fault.line)
    return found


@transaction.atomic
def carry_out(text: str, digest: str, *, by: Actor, now: datetime) -> int:
    """Do what the plan with this digest told, all of it; counts the changes.

    Raises Invalid where the file is at fault, Conflict where it would now change something else
    than what was shown, or where something does not go: then nothing is changed.
    """
    planned = plan(text)
    if planned.faults:
        raise Invalid(str(planned.faults[0]))
    if planned.digest != digest:
        raise Conflict("changed", "Somebody changed the roster meanwhile; look at it once more.")
    for change in planned.changes:
        try:
            change.act(by, now)
        except Refused as refused:
            fault = FileFault(change.line, change.column, refused.detail)
            raise Conflict("refused", f"{fault} Nothing was changed.") from refused
    return len(planned.changes)


def _now() -> _Now:
    rows = roster.grid().rows
    numbers = [row.person.pk for row in rows]
    limits = teams.limits_of_all(numbers)
    limited = {name for theirs in limits.values() for name in theirs}
    return _Now(
        {row.person.username: row for row in rows},
        {team.name: team for team in Team.objects.all()},
        limits,
        weeks.rows_of(numbers),
        frozenset({*versions.current().document.task_types, *limited}),
    )


def _faults(wanted: RosterLine, now: _Now) -> Iterator[FileFault]:
    if wanted.team and wanted.team not in now.teams:
        yield FileFault(wanted.line, roster_csv.TEAM, f"There is no team called {wanted.team}.")
    if wanted.time_zone is not None and wanted.time_zone not in hours.zones():
        text = f"“{wanted.time_zone}” is not a time zone; write one such as Europe/Berlin."
        yield FileFault(wanted.line, roster_csv.ZONE, text)
    if wanted.units is not None and not 1 <= wanted.units <= managing.UNITS_MAX:
        text = f"Choose a number from 1 to {managing.UNITS_MAX}."
        yield FileFault(wanted.line, roster_csv.UNITS, text)
    for name, many in (wanted.limits or {}).items():
        if name not in now.kinds:
            text = f"The policy knows no work called {name}."
            yield FileFault(wanted.line, roster_csv.LIMITS, text)
        if many > teams.LIMIT_MAX:
            text = f"Choose a number from 0 to {teams.LIMIT_MAX} for {name}."
            yield FileFault(wanted.line, roster_csv.LIMITS, text)


def _changes(row: roster.RosterRow, wanted: RosterLine, now: _Now) -> Iterator[PlannedChange]:
    person, line = row.person, wanted.line
    yield from _duty(row, wanted, now)
    if wanted.units is not None and wanted.units != row.units:
        act: Act = partial(_set_capacity, person, wanted.units)
        told = f"{wanted.units} units instead of {row.units}"
        yield PlannedChange(person, told, line, roster_csv.UNITS, act)
    if wanted.limits is not None and wanted.limits != now.limits.get(person.pk, {}):
        told = ", ".join(f"{name} {many}" for name, many in wanted.limits.items()) or "none"
        act = partial(_set_limits, person, wanted.limits)
        yield PlannedChange(person, f"limits {told}", line, roster_csv.LIMITS, act)
    yield from _week(person, wanted, now.weeks[person.pk])
    for cell in row.cells:
        grade = wanted.grades.get(cell.skill, cell.grade)
        if grade != cell.grade:
            told = f"{cell.skill} {grade} instead of {cell.grade}"
            yield PlannedChange(
                person, told, line, cell.skill, partial(_grade, person, cell.skill, grade)
            )


def _duty(row: roster.RosterRow, wanted: RosterLine, now: _Now) -> Iterator[PlannedChange]:
    team, zone = (row.duty.team, row.duty.time_zone) if row.duty else (None, "UTC")
    new_team = team if wanted.team is None else now.teams.get(wanted.team)
    new_zone = wanted.time_zone or zone
    told = []
    if new_team != team:
        told.append(f"team {new_team or 'none'} instead of {team or 'none'}")
    if new_zone != zone:
        told.append(f"time zone {new_zone} instead of {zone}")
    if told:
        act = partial(_set_duty, row.person, new_team, new_zone)
        yield PlannedChange(row.person, ", ".join(told), wanted.line, roster_csv.TEAM, act)


def _week(person: User, wanted: RosterLine, before: list[WeekdaySpan]) -> Iterator[PlannedChange]:
    if wanted.days is None:
        return
    after = weeks.read(wanted.days).rows
    told = [
        f"{new.name} {new.work or 'free'}{f' with a break {new.breaks}' if new.breaks else ''}"
        for old, new in zip(weeks.written(before), weeks.written(after), strict=True)
        if old != new
    ]
    if set(after) != set(before):
        act = partial(_replace, person, wanted.days)
        yield PlannedChange(person, ", ".join(told), wanted.line, roster_csv.DAY_COLUMNS[0], act)


def _set_capacity(person: User, count: int, by: Actor, now: datetime) -> None:
    managing.set_capacity(person, count, by=by, now=now)


def _set_limits(person: User, limits: Mapping[str, int], by: Actor, now: datetime) -> None:
    teams.set_limits(person, limits, by=by, now=now)


def _set_duty(person: User, team: Team | None, zone: str, by: Actor, now: datetime) -> None:
    teams.set_duty(person, team=team, time_zone=zone, by=by, now=now)


def _replace(person: User, days: list[Day], by: Actor, now: datetime) -> None:
    weeks.replace(person, days, by=by, now=now)


def _grade(person: User, skill: str, grade: int, by: Actor, now: datetime) -> None:
    managing.grade(person, {skill: grade}, by=by, now=now)
