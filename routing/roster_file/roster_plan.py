"""What a roster file would change: told first, done whole or not at all."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db import transaction

from console.models import User
from console.people import managing
from escalations.policy import hours, versions
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Invalid
from routing.attendance import calendar, weeks
from routing.attendance.calendar import WeekdaySpan
from routing.models import Team, TimeOff
from routing.people import announcing, roster, skills, teams
from routing.roster_file import newcomers, roster_csv, together
from routing.roster_file.changes import Act, PlannedChange
from routing.roster_file.roster_csv import FileFault, OffSpan, RosterLine


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """How much was changed, and the passwords of those who were added, to be shown this once."""

    count: int
    passwords: list[tuple[User, str]]


@dataclass(slots=True)
class RosterPlan:
    """Everything that a file would change, or what is wrong with it."""

    people: int = 0
    changes: list[PlannedChange] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)
    newcomers: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Two plans that change the same have the same one."""
        told = "\n".join(one.told for one in self.changes)
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def by_person(self) -> list[list[PlannedChange]]:
        """What changes for everybody, then for each person of the file."""
        return [list(theirs) for _, theirs in groupby(self.changes, key=lambda one: one.whom)]


@dataclass(frozen=True, slots=True)
class _Now:
    """How things are, read once for all lines."""

    rows: Mapping[str, roster.RosterRow]
    teams: Mapping[str, Team]
    limits: Mapping[int, Mapping[str, int]]
    weeks: Mapping[int, list[WeekdaySpan]]
    kinds: frozenset[str]
    off: Mapping[int, list[TimeOff]]
    taken: frozenset[str]


def plan(text: str, *, for_admin: bool = False) -> RosterPlan:
    """Compare a file with how things are. Nothing is changed, every fault is named by its place.
    Only for an admin would it add people and change names."""
    read = roster_csv.read(text)
    found = RosterPlan(len(read.lines), faults=list(read.faults))
    found.changes += [
        PlannedChange(None, f"new skill {name} ({kind})", 1, name, partial(_add_skill, name, kind))
        for name, kind in read.skills.items()
    ]
    now, seen = _now(), dict[str, int]()
    for wanted in read.lines:
        row = now.rows.get(wanted.username)
        if wanted.username in seen:
            text = f"{wanted.username} stands on line {seen[wanted.username]} already."
            found.faults.append(FileFault(wanted.line, roster_csv.PERSON, text))
        elif wanted.username and row is None and not for_admin:
            text = (
                f"Nobody who can be given work is called {wanted.username}; an admin adds people."
            )
            found.faults.append(FileFault(wanted.line, roster_csv.PERSON, text))
        elif wanted.username and row is None:
            wrong = [*newcomers.faults(wanted, now.taken), *_faults(wanted, now)]
            found.faults += wrong
            if not wrong:
                change, row = newcomers.added(wanted, now.teams)
                found.changes += [change, *_changes(row, wanted, now)]
                found.newcomers.append(wanted.username)
        elif row is not None:
            found.faults += _faults(wanted, now, row)
            found.faults += _named(row.person, wanted, for_admin=for_admin)
            found.faults += _off_faults(row, wanted, now)
            found.changes += _changes(row, wanted, now) if not found.faults else []
        seen[wanted.username] = wanted.line
    found.faults.sort(key=lambda fault: fault.line)
    return found


def carry_out(
    text: str, digest: str, *, for_admin: bool = False, by: Actor, now: datetime
) -> CarriedOut:
    """Do what the plan with this digest told, all of it.

    Raises Invalid where the file is at fault, Conflict where it would now change something else
    than what was shown, or where something does not go: then nothing is changed.
    """
    looked_at = _changes_so_far()
    shown = plan(text, for_admin=for_admin)
    _require_shown(shown, digest)
    # Before the transaction: whoever writes on SQLite waits for all that is done in it.
    fresh = {username: managing.fresh_password() for username in shown.newcomers}
    with transaction.atomic():
        # Somebody may have changed the roster meanwhile.
        if _changes_so_far() != looked_at:
            shown = plan(text, for_admin=for_admin)
            _require_shown(shown, digest)
        passwords = together.carry_out(shown.changes, fresh, by=by, now=now)
    return CarriedOut(len(shown.changes), passwords)


def _changes_so_far() -> tuple[int, int]:
    """Whatever a plan goes by changes with a line of the people or a version of the policy."""
    return announcing.length(), versions.current().number


def _require_shown(planned: RosterPlan, digest: str) -> None:
    if planned.faults:
        raise Invalid(str(planned.faults[0]))
    if planned.digest != digest:
        raise Conflict("changed", "Somebody changed the roster meanwhile; look at it once more.")


def _now() -> _Now:
    rows = roster.grid(roster.deciders()).rows
    numbers = [row.person.pk for row in rows]
    limits = teams.limits_of_all(numbers)
    off: dict[int, list[TimeOff]] = {}
    for span in TimeOff.objects.filter(person__among=numbers):
        off.setdefault(span.person_id, []).append(span)
    limited = {name for theirs in limits.values() for name in theirs}
    return _Now(
        {row.person.username: row for row in rows},
        {team.name: team for team in Team.objects.all()},
        limits,
        weeks.rows_of(numbers),
        frozenset({*versions.current().document.task_types, *limited}),
        off,
        frozenset(User.objects.values_list("username", flat=True)),
    )


def _faults(
    wanted: RosterLine, now: _Now, row: roster.RosterRow | None = None
) -> Iterator[FileFault]:
    if wanted.team and wanted.team not in now.teams:
        yield FileFault(wanted.line, roster_csv.TEAM, f"There is no team called {wanted.team}.")
    if wanted.time_zone is not None and wanted.time_zone not in hours.zones():
        text = f"“{wanted.time_zone}” is not a time zone; write one such as Europe/Berlin."
        yield FileFault(wanted.line, roster_csv.ZONE, text)
    if wanted.units is not None and not 1 <= wanted.units <= managing.UNITS_MAX:
        text = f"Choose a number from 1 to {managing.UNITS_MAX}."
        yield FileFault(wanted.line, roster_csv.UNITS, text)
    elif wanted.units is not None and row and wanted.units < row.taken:
        holds = str(managing.HoldsMore(row.person, wanted.units))
        yield FileFault(wanted.line, roster_csv.UNITS, holds)
    for name, many in (wanted.limits or {}).items():
        if name not in now.kinds:
            text = f"The policy knows no work called {name}."
            yield FileFault(wanted.line, roster_csv.LIMITS, text)
        if many > teams.LIMIT_MAX:
            text = f"Choose a number from 0 to {teams.LIMIT_MAX} for {name}."
            yield FileFault(wanted.line, roster_csv.LIMITS, text)


def _changes(row: roster.RosterRow, wanted: RosterLine, now: _Now) -> Iterator[PlannedChange]:
    person, line = row.person, wanted.line
    if wanted.name and person.pk and wanted.name != _name(person):
        act: Act = partial(_rename, person, wanted.name)
        told = f"is called {wanted.name} instead of {person.name}"
        yield PlannedChange(person, told, line, roster_csv.NAME, act)
    yield from _duty(row, wanted, now)
    if wanted.units is not None and wanted.units != row.units:
        told = f"{wanted.units} units instead of {row.units}"
        share = (together.UNITS, wanted.units)
        yield PlannedChange(person, told, line, roster_csv.UNITS, share=share)
    if wanted.limits is not None and wanted.limits != now.limits.get(person.pk, {}):
        told = ", ".join(f"{name} {many}" for name, many in wanted.limits.items()) or "none"
        act = partial(_set_limits, person, wanted.limits)
        yield PlannedChange(person, f"limits {told}", line, roster_csv.LIMITS, act)
    yield from _week(person, wanted, now.weeks.get(person.pk, []))
    yield from _graded(row, wanted)
    for span in _new_spans(row, wanted, now):
        act = partial(_take_off, person, span)
        yield PlannedChange(person, f"off {span.text}", line, roster_csv.OFF, act)


def _graded(row: roster.RosterRow, wanted: RosterLine) -> Iterator[PlannedChange]:
    """A change for each skill, done by the first of them: one line of the record for a person."""
    had = {cell.skill: cell.grade for cell in row.cells}
    grades = {name: grade for name, grade in wanted.grades.items() if grade != had.get(name, 0)}
    share: tuple[str, object] | None = (together.GRADES, grades)
    for skill, grade in grades.items():
        told = f"{skill} {grade} instead of {had.get(skill, 0)}"
        yield PlannedChange(row.person, told, wanted.line, skill, share=share)
        share = None


def _named(person: User, wanted: RosterLine, *, for_admin: bool) -> Iterator[FileFault]:
    if wanted.name and wanted.name != _name(person):
        if not for_admin:
            text = f"{wanted.username} is called {person.name}; an admin changes names."
            yield FileFault(wanted.line, roster_csv.NAME, text)
        elif len(wanted.name) > newcomers.NAME_MAX:
            text = f"Use at most {newcomers.NAME_MAX} letters."
            yield FileFault(wanted.line, roster_csv.NAME, text)
    if wanted.role and wanted.role != person.role:
        text = f"{wanted.username} is a {person.role}; an admin changes that on the page People."
        yield FileFault(wanted.line, roster_csv.ROLE, text)


def _off_faults(row: roster.RosterRow, wanted: RosterLine, now: _Now) -> Iterator[FileFault]:
    for span in _new_spans(row, wanted, now):
        starts, ends = _moments(row, wanted, span)
        if any(one.starts_at < ends and starts < one.ends_at for one in _spans_of(row, now)):
            text = f"“{span.text}”: they are off for a part of it already."
            yield FileFault(wanted.line, roster_csv.OFF, text)


def _new_spans(row: roster.RosterRow, wanted: RosterLine, now: _Now) -> list[OffSpan]:
    """Those of the file that are not there as they are; none is ever taken out by a file."""
    there = {(one.starts_at, one.ends_at) for one in _spans_of(row, now)}
    return [span for span in wanted.off if _moments(row, wanted, span) not in there]


def _spans_of(row: roster.RosterRow, now: _Now) -> list[TimeOff]:
    return now.off.get(row.person.pk, []) if row.person.pk else []


def _moments(row: roster.RosterRow, wanted: RosterLine, span: OffSpan) -> tuple[datetime, datetime]:
    """On the clock that they have once the file is carried out."""
    named = wanted.time_zone or (row.duty.time_zone if row.duty else "UTC")
    zone = ZoneInfo(named) if named in hours.zones() else ZoneInfo("UTC")
    starts, ends = (
        calendar.moment(one.date(), one.time(), zone) for one in (span.starts, span.ends)
    )
    return starts, ends


def _name(person: User) -> str:
    return " ".join(person.name.split())


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
        share = (together.DUTY, (new_team, new_zone))
        sentence = ", ".join(told)
        yield PlannedChange(row.person, sentence, wanted.line, roster_csv.TEAM, share=share)


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
        share = (together.WEEK, wanted.days)
        column = roster_csv.DAY_COLUMNS[0]
        yield PlannedChange(person, ", ".join(told), wanted.line, column, share=share)


def _set_limits(person: User, limits: Mapping[str, int], by: Actor, now: datetime) -> None:
    teams.set_limits(person, limits, by=by, now=now)


def _rename(person: User, name: str, by: Actor, now: datetime) -> None:
    first, _, last = name.partition(" ")
    managing.change(person, first_name=first, last_name=last, role=person.role, by=by, now=now)


def _take_off(person: User, span: OffSpan, by: Actor, now: datetime) -> None:
    weeks.add_time_off(person, starts=span.starts, ends=span.ends, reason="", by=by, now=now)


def _add_skill(name: str, kind: str, by: Actor, now: datetime) -> None:
    skills.add(name, kind, by=by, now=now)
