"""Pass a case on, or put it off to a minute."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import get_user_model

from escalations import access, lifecycle
from escalations.access import Viewer
from escalations.commands.command import Act, Command, read
from escalations.lifecycle import approvals
from escalations.models import Escalation
from escalations.refusals import Fault, Invalid, NotAllowed
from escalations.schemas.arguments import PassOn, Snooze


def _pass_on(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    asked = read(command.arguments, PassOn)
    to = asked.to
    return lifecycle.pass_on(
        escalation,
        by=viewer,
        version=command.version,
        skills={to.skill: to.proficiency} if to.skill else None,
        person=_person(to.person, escalation, viewer) if to.person else None,
        text=_plain(asked.text),
        now=now,
    )


def _snooze(escalation: Escalation, command: Command, viewer: Viewer, now: datetime) -> Escalation:
    asked = read(command.arguments, Snooze)
    return lifecycle.snooze(
        escalation,
        by=viewer,
        version=command.version,
        until=_moment(asked, now),
        text=_plain(asked.text),
        comes_back=asked.comes_back,
        now=now,
    )


def _person(username: str, escalation: Escalation, viewer: Viewer) -> Viewer:
    """Whoever has that name, if this case can be theirs. Raises Invalid."""
    found = get_user_model().objects.filter(username=username, is_active=True).first()
    if found is None:
        raise _unusable(f"There is nobody called “{username}”.")
    person = access.viewer_by_id(found.pk)
    if person.user_id == viewer.user_id:
        raise _unusable("Choose somebody other than yourself.")
    try:
        approvals.require_able(escalation, person)
    except NotAllowed as refused:
        below = refused.code == "below"
        why = "is below the skill that this work asks for" if below else "may not decide this case"
        raise _unusable(f"{person.name} {why}; choose somebody else.") from None
    return person


def _moment(asked: Snooze, now: datetime) -> datetime:
    """The time that was asked for. Raises Invalid where it is none."""
    if asked.minutes is not None:
        return now + timedelta(minutes=asked.minutes)
    try:
        until = datetime.fromisoformat(asked.until or "")
        return until if until.tzinfo else until.replace(tzinfo=ZoneInfo(asked.zone))
    except ZoneInfoNotFoundError:
        raise _faulty("/zone", f"There is no time zone “{asked.zone}”.") from None
    except (ValueError, OSError):
        raise _faulty("/until", "Choose a day and a time.") from None


def _unusable(detail: str) -> Invalid:
    return _faulty("/to/person", detail)


def _faulty(pointer: str, detail: str) -> Invalid:
    return Invalid(detail, errors=[Fault(pointer, detail)])


def _plain(text: str) -> str:
    """Without what no database takes."""
    return text.replace("\0", "").strip()


ACTS: dict[str, Act] = {"pass_on": _pass_on, "snooze": _snooze}
