"""When the answer to a package is due, when it expires, and when somebody is first told."""

from datetime import datetime, timedelta

from escalations.package import observations
from escalations.policy import hours, ladder
from escalations.policy.ladder import ALERT_LEVEL
from escalations.text import formatting, moments
from escalations.triage.compiled import Subject
from escalations.triage.verdict import Notes

ESCALATE = "escalate"
ON_TIMEOUT = {"reject", ESCALATE, "return_to_agent", "keep_waiting"}


def respond_by(subject: Subject, notes: Notes) -> datetime:
    """The earlier of the package's own and the policy's, in opening hours but for level 4.

    Where the hours move it, a reason says so.
    """
    within = subject.terms.task_type.respond_within(notes.level)
    at_any_hour = subject.now + timedelta(seconds=within)
    stated = moments.found(observations.part(subject.package, "deadlines").get("respond_by"))
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


def end(subject: Subject) -> tuple[datetime | None, str]:
    """When something is done because nobody answered, and what: a word of `on_timeout`.

    The package's own time, or else the policy's; without either a case never expires. The package's
    `escalate_at` takes the case a level up where nothing ends it before.
    """
    task_type, stated = subject.terms.task_type, observations.part(subject.package, "deadlines")
    wished = stated.get("on_timeout")
    does = wished if isinstance(wished, str) and wished in ON_TIMEOUT else task_type.on_timeout
    own = moments.found(stated.get("expires_at"))
    by_policy = subject.now + timedelta(seconds=task_type.expires_s or 0)
    ends = own or (by_policy if task_type.expires_s else None)
    up = moments.found(stated.get("escalate_at"))
    if up is None or (ends is not None and (ends <= up or (own and does != ESCALATE))):
        return ends, does
    return up, ESCALATE
