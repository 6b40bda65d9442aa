"""People in a roster file who are not there yet: what keeps them out, and how they are added."""

from collections.abc import Collection, Iterator, Mapping

from console.models import DECIDERS, Role, User
from console.people import managing
from escalations.refusals import Invalid
from routing.models import Duty, Team
from routing.people import roster, units
from routing.roster_file import roster_csv, together
from routing.roster_file.changes import PlannedChange
from routing.roster_file.roster_csv import FileFault, RosterLine

NAME_MAX = 150


def faults(wanted: RosterLine, taken: Collection[str]) -> Iterator[FileFault]:
    """Why this person cannot be added; `taken` are the usernames that there are."""
    if wanted.username in taken:
        text = f"{wanted.username} is there, but is given no work: an auditor, or a closed account."
        yield FileFault(wanted.line, roster_csv.PERSON, text)
    try:
        managing.require(username=wanted.username, role=Role.REVIEWER, skills={})
    except Invalid as refused:
        for fault in refused.errors:
            yield FileFault(wanted.line, roster_csv.PERSON, fault.detail)
    if wanted.role and wanted.role not in DECIDERS:
        text = f"“{wanted.role}” is none of reviewer, supervisor and admin."
        yield FileFault(wanted.line, roster_csv.ROLE, text)
    if len(wanted.name or "") > NAME_MAX:
        yield FileFault(wanted.line, roster_csv.NAME, f"Use at most {NAME_MAX} letters.")


def added(wanted: RosterLine, teams: Mapping[str, Team]) -> tuple[PlannedChange, roster.RosterRow]:
    """The change that adds them, and how they would stand then, for what else the line says."""
    first, _, last = (wanted.name or "").partition(" ")
    role = wanted.role or str(Role.REVIEWER)
    person = User(username=wanted.username, first_name=first, last_name=last, role=role)
    # As `teams.welcome` does it.
    oldest = min(teams.values(), key=lambda team: team.pk, default=None)
    duty = Duty(team=oldest, time_zone="UTC") if oldest else None
    named = f" called {wanted.name}" if wanted.name else ""
    told = f"is added as a new {role}{named}"
    share = (together.CREATED, None)
    change = PlannedChange(person, told, wanted.line, roster_csv.PERSON, share=share)
    return change, roster.RosterRow(person, [], duty, units.UNITS, 0)
