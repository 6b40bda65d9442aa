"""People in a roster file who are not there yet: what keeps them out, and how they are added."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from console.models import DECIDERS, Role, User
from console.people import managing
from console.people.managing import FreshPassword
from escalations.record.lines import Actor
from escalations.refusals import Invalid
from routing.models import Duty, Team
from routing.people import roster, units
from routing.roster_file import roster_csv
from routing.roster_file.changes import PlannedChange
from routing.roster_file.roster_csv import FileFault, RosterLine

NAME_MAX = 150
Passwords = list[tuple[User, str]]
Fresh = Mapping[str, FreshPassword]


def faults(wanted: RosterLine) -> Iterator[FileFault]:
    """Why this person cannot be added."""
    if User.objects.filter(username=wanted.username).exists():
        text = f"{wanted.username} is there, but is given no work: an auditor, or a closed account."
        yield FileFault(wanted.line, roster_csv.PERSON, text)
    try:
        managing.require(username=wanted.username, role=Role.REVIEWER, skills={})
    except Invalid as refused:
        yield FileFault(wanted.line, roster_csv.PERSON, refused.detail)
    if wanted.role and wanted.role not in DECIDERS:
        text = f"“{wanted.role}” is none of reviewer, supervisor and admin."
        yield FileFault(wanted.line, roster_csv.ROLE, text)
    if len(wanted.name or "") > NAME_MAX:
        yield FileFault(wanted.line, roster_csv.NAME, f"Use at most {NAME_MAX} letters.")


def added(
    wanted: RosterLine, teams: Mapping[str, Team], fresh: Fresh, passwords: Passwords
) -> tuple[PlannedChange, roster.RosterRow]:
    """The change that adds them, and how they would stand then, for what else the line says; with
    a password that was made before (`fresh`), which is added to those given out."""
    first, _, last = (wanted.name or "").partition(" ")
    role = wanted.role or str(Role.REVIEWER)
    person = User(username=wanted.username, first_name=first, last_name=last, role=role)
    # As `teams.welcome` does it.
    oldest = min(teams.values(), key=lambda team: team.pk, default=None)
    duty = Duty(team=oldest, time_zone="UTC") if oldest else None
    named = f" called {wanted.name}" if wanted.name else ""
    told = f"is added as a new {role}{named}"
    act = partial(_create, person, fresh, passwords)
    change = PlannedChange(person, told, wanted.line, roster_csv.PERSON, act)
    return change, roster.RosterRow(person, [], duty, units.UNITS, 0)


def _create(person: User, fresh: Fresh, passwords: Passwords, by: Actor, now: datetime) -> None:
    made, password = managing.create(
        person.username,
        role=person.role,
        first_name=person.first_name,
        last_name=person.last_name,
        password=fresh[person.username],
        by=by,
        now=now,
    )
    # What else the line says was planned for this object, which is only now somebody.
    person.pk = made.pk
    person.refresh_from_db()
    passwords.append((made, password))
