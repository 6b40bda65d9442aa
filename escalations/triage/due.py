"""When the answer to a package is due, when it expires, and when somebody is first told."""

from datetime import datetime, timedelta

from escalations.package import observations
from escalations.policy import hours, ladder
from escalations.policy.ladder import ALERT_LEVEL
from escalations.text import formatting
from escalations.triage.compiled import Subject
from escalations.triage.verdict import Notes


def respond_by(subject: Subject, notes: Notes) -> datetime:
    """The earlier of the package's own and the policy's, in opening hours but for level 4.

    Where the hours move it, a reason says so.
    """
    within = subject.terms.task_type.respond_within(notes.level)
    at_any_hour = subject.now + timedelta(seconds=within)
    stated = observations.time(observations.part(subject.package, "deadlines").get("respond_by"))
    kept = subject.terms.hours if notes.level < ALERT_LEVEL else None
    if kept is None:
        return min(at_any_hour, stated or at_any_hour)
    by_hours = hours.add(subject.now, within, kept)
    if by_hours != at_any_hour and by_hours <= (stated or by_hours):
        told = f"{formatting.duration(within)} of opening hours ({kept.name}, {kept.time_zone})"
        notes.add(1, "hours", f"Answers are due within {told}.", kept.name, within)
    return min(by_hours, stated or by_hours)


def alert_at(subject: Subject, level: int, due_at: datetime) -> datetime | None:
    """When somebody is first told of a case that is due then; None where nobody ever is."""
    steps = subject.terms.ladders[level]
    if steps is None:
        return None
    due = ladder.first(steps, arrived_at=subject.now, respond_by=due_at)
    return due.at if due else None


def expires_at(subject: Subject) -> datetime | None:
    """The package's own, or else the policy's; without either a case never expires."""
    stated = observations.time(observations.part(subject.package, "deadlines").get("expires_at"))
    expires_s = subject.terms.task_type.expires_s
    by_policy = subject.now + timedelta(seconds=expires_s) if expires_s else None
    return stated or by_policy
