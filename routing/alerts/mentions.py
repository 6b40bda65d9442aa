"""Private notes: who may be named in one, and their notice, which leads to the case."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from console.models import User
from escalations import access, eligibility, lifecycle
from escalations.access import Viewer
from escalations.eligibility import Person
from escalations.models import Escalation, State
from escalations.refusals import Invalid
from routing.alerts import notices
from routing.models import Notice
from routing.people import roster

OFFERED_MAX = 6
# A name after an @ that begins a word: an address of mail names nobody.
_NAMED = re.compile(r"(?<![\w.+@-])@([\w.+-]*\w)")


@dataclass(frozen=True, slots=True)
class CaseReader:
    """Somebody who may read a case."""

    id: int
    username: str
    name: str
    role: str


@transaction.atomic
def note(escalation: Escalation, text: str, *, by: Viewer, now: datetime) -> Escalation:
    """Write a private note, and tell whom it names; who speaks with the customer is told of it in
    any case. Raises Invalid for a name of nobody who may read the case."""
    named = [one for one in _named(text, escalation) if one.id != by.user_id]
    mentions = [one.username for one in named]
    done = lifecycle.remark(escalation, text, mentions=mentions, by=by, now=now)
    told = {one.id for one in named}
    words = f"{by.name} named you in a private note on {done.case_number}."
    notices.tell(told, Notice.Kind.NAMED, words, done, now=now)
    speaker = done.held_by_id if done.state == State.LIVE else None
    if speaker is not None and speaker not in {*told, by.user_id}:
        words = f"{by.name} whispers to you in {done.case_number}. Only people see it."
        notices.tell([speaker], Notice.Kind.NAMED, words, done, now=now)
    return done


def offered(escalation: Escalation, viewer: Viewer, begun: str) -> list[CaseReader]:
    """Who may read the case and whose name begins so, for a note; not this person themselves."""
    wanted = begun.casefold()
    found = [
        one
        for one in readers(escalation)
        if one.id != viewer.user_id and any(part.startswith(wanted) for part in _parts(one))
    ]
    return sorted(found, key=lambda one: (one.name, one.username))[:OFFERED_MAX]


def readers(escalation: Escalation) -> list[CaseReader]:
    """Everybody who may read this case now."""
    users = list(User.objects.filter(is_active=True))
    skills = roster.skills_of_all([user.pk for user in users])
    case = access.case_of(escalation)
    return [
        CaseReader(user.pk, user.username, user.name, user.get_role_display())
        for user in users
        if eligibility.may_see(
            Person(user.pk, skills.get(user.pk, {}), username=user.username, role=user.role), case
        )
    ]


def _named(text: str, escalation: Escalation) -> list[CaseReader]:
    names = list(dict.fromkeys(_NAMED.findall(text)))
    if not names:
        return []
    everybody = readers(escalation)
    return list(dict.fromkeys(_one(name, everybody) for name in names))


def _one(name: str, everybody: Sequence[CaseReader]) -> CaseReader:
    """A username however it is written, as it is written where several differ by that."""
    alike = [one for one in everybody if one.username.casefold() == name.casefold()]
    exact = [one for one in alike if one.username == name]
    if len(alike) == 1 or exact:
        return (exact or alike)[0]
    # One sentence for nobody and for somebody who may not: nobody learns who works here by it.
    detail = f"“@{name}” is nobody who may read this case. Choose a name, or leave the @ out."
    raise Invalid.of("/text", detail)


def _parts(one: CaseReader) -> list[str]:
    return [one.username.casefold(), one.name.casefold(), *one.name.casefold().split()]
