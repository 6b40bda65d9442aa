"""Pass a case on, or put it off to a minute."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import get_user_model

from escalations import access, lifecycle
from escalations.access import Viewer
from escalations.commands.verb import (
    ANSWERABLE,
    JSON,
    After,
    Button,
    Fields,
    Key,
    Place,
    Relation,
    Verb,
)
from escalations.lifecycle import approvals, guards
from escalations.models import Escalation, State
from escalations.policy.ladder import ALERT_LEVEL
from escalations.refusals import Invalid, NotAllowed
from escalations.schemas.arguments import PassOn, Snooze

DIGITS_MAX = 9


def _pass_on(
    escalation: Escalation, said: PassOn, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    to = said.to
    return lifecycle.pass_on(
        escalation,
        by=by,
        version=version,
        skills={to.skill: to.proficiency} if to.skill else None,
        person=_person(to.person, escalation, by) if to.person else None,
        text=plain(said.text),
        now=now,
    )


def _snooze(
    escalation: Escalation, said: Snooze, /, *, by: Viewer, version: int, now: datetime
) -> Escalation:
    return lifecycle.snooze(
        escalation,
        by=by,
        version=version,
        until=moment(said, now),
        text=plain(said.text),
        comes_back=said.comes_back,
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


def moment(said: Snooze, now: datetime) -> datetime:
    """The time that was asked for. Raises Invalid where it is none."""
    if said.minutes is not None:
        return now + timedelta(minutes=said.minutes)
    try:
        until = datetime.fromisoformat(said.until or "")
        return until if until.tzinfo else until.replace(tzinfo=ZoneInfo(said.zone))
    except ZoneInfoNotFoundError:
        raise _faulty("/zone", f"There is no time zone “{said.zone}”.") from None
    # A name of a zone comes from outside and is looked up as a file: OSError is one that cannot be.
    except (ValueError, OSError):
        raise _faulty("/until", "Choose a day and a time.") from None


def _unusable(detail: str) -> Invalid:
    return _faulty("/to/person", detail)


def _faulty(pointer: str, detail: str) -> Invalid:
    return Invalid.of(pointer, detail)


def plain(text: str) -> str:
    """Without what no database takes."""
    return text.replace("\0", "").strip()


def waits_for_nobody(escalation: Escalation) -> bool:
    """People are alerted to it until it is answered, or a customer waits for their next word."""
    return escalation.level == ALERT_LEVEL or guards.is_with_people(escalation)


def _passed_on(fields: Fields) -> JSON:
    return {"to": _target(fields), "text": fields.get("text", "")}


def _snoozed(fields: Fields) -> JSON:
    """`at` is a time that a button offers, `until` the one that was typed."""
    asked: JSON = {"until": fields.get("at") or fields.get("until", "")}
    asked["comes_back"] = fields.get("comes_back", "") not in {"", "false"}
    asked["text"] = fields.get("text", "")
    asked |= {"zone": fields["zone"]} if fields.get("zone") else {}
    return asked | whole("minutes", fields)


def _target(fields: Fields) -> JSON | str:
    kind, _, person = fields.get("to", "").partition(":")
    if kind == "person":
        return {"person": person}
    elif kind == "skill":
        return {"skill": fields.get("skill", "")} | whole("proficiency", fields)
    else:
        return kind


def whole(name: str, fields: Fields) -> JSON:
    """A field that is a whole number; what is none goes on as it is, to be refused."""
    written = fields.get(name, "").strip()
    is_number = written.isascii() and written.isdecimal() and len(written) <= DIGITS_MAX
    return {name: int(written) if is_number else written} if written else {}


PASS_ON = Verb(
    name="pass_on",
    told='`to`: `{"skill": "refunds", "proficiency": 3}`, `{"person": "amara"}` or '
    '`"supervisor"`; `text`, a word for whoever has it next',
    arguments=PassOn,
    example={"to": "supervisor"},
    from_form=_passed_on,
    act=_pass_on,
    states={**ANSWERABLE, State.LIVE: Relation.HAS_IT},
    button=Button("Pass on", Place.HAND_ON, icon="pass"),
    key=Key("p", does="pass it on", help="Pass on"),
    dialog="escalations/_pass_on.html",
    done="Passed on. The case keeps its age.",
    after=After.GONE,
    undone_within=lifecycle.TAKEN_UP_WITHIN,
    saves_draft=True,
)
SNOOZE = Verb(
    name="snooze",
    told="`minutes`, or `until`: a time with its zone, or one on the wall with `zone` "
    "(`Europe/Berlin`); `text`; `comes_back` (true): offered to the same person first",
    arguments=Snooze,
    example={"minutes": 15},
    from_form=_snoozed,
    act=_snooze,
    states=ANSWERABLE,
    unless=waits_for_nobody,
    button=Button("Snooze", Place.HAND_ON, icon="pause"),
    key=Key("s", does="snooze it", help="Snooze"),
    dialog="escalations/_snooze.html",
    done="Snoozed. The case comes back by itself.",
    after=After.GONE,
    undone_within=lifecycle.TAKEN_UP_WITHIN,
    saves_draft=True,
)
VERBS = (PASS_ON, SNOOZE)
