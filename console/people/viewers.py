"""From the signed-in user and the roster to the viewer that the rules ask for.

`escalations` reaches this module by the settings `VIEWER_…` and `RIGHTS_KEPT`, so that it needs to
know neither users' sessions nor the roster.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from console.database import statements
from console.models import User
from escalations.access import RightsKept, SignIn, Viewer
from routing.people import roster


def viewer_of(user: User) -> Viewer:
    """Who this person is to the rules, with the skills they have now."""
    return _viewer(user, roster.skills_of(user.pk))


def viewer_by_id(user_id: int) -> Viewer | None:
    """This person with the rights of this moment; None if they may not sign in. One statement."""
    return _read(statements.rows(_PERSON.format(session="", signed_in=""), [user_id]))


def viewer_signed_in(user: User, session_key: str) -> Viewer | None:
    """The same for whoever signed in as `user` in that session; None where it has ended, or was
    made with another password. Asked at every command of a socket: one statement."""
    return _signed_in(user.pk, SignIn(session_key, user.password))


def again(viewer: Viewer) -> Viewer | None:
    """The same person with the rights of this moment, None where they are signed out. A change that
    is just being made is waited for."""
    statements.rows(*_kept(viewer, waits=True))
    if viewer.signed_in is None:
        return viewer_by_id(viewer.id)
    return _signed_in(viewer.id, viewer.signed_in)


def rights_kept(viewer: Viewer) -> RightsKept:
    """See `access.rights_kept`."""
    return _kept(viewer, waits=False)


def _kept(viewer: Viewer, *, waits: bool) -> RightsKept:
    values: list[Any] = [viewer.id, viewer.role]
    if viewer.signed_in is not None:
        values += _signed_in_values(viewer.signed_in)
    if viewer.skills:
        values += [json.dumps(dict(viewer.skills)), len(viewer.skills)]
    return RightsKept(
        _found_again(viewer.signed_in is not None, bool(viewer.skills), waits), values
    )


def _signed_in(user_id: int, by: SignIn) -> Viewer | None:
    given = [user_id, *_signed_in_values(by)]
    statement = _PERSON.format(session=_SESSION, signed_in=_SIGNED_IN)
    return _read(statements.rows(statement, given), by)


def _signed_in_values(by: SignIn) -> list[Any]:
    # By Django's clock, which has set `expire_date`, not the database's.
    return [by.session_key, timezone.now(), by.password]


@cache
def _found_again(is_signed_in: bool, is_skilled: bool, waits: bool) -> str:
    """Each row that is locked is read as it is then, not as it was when the statement began."""
    session, signed_in = (_SESSION, _SIGNED_IN) if is_signed_in else ("", "")
    person = _WHO.format(session=session, signed_in=signed_in)
    locks, at_once = statements.on_postgres(), "" if waits else "SKIP LOCKED"
    if locks:
        person += f"FOR SHARE OF person {at_once}"
        person += f" FOR KEY SHARE OF session {at_once}" if is_signed_in else ""
    if not is_skilled:
        return person
    had = "jsonb_each_text(%s::jsonb) AS had(key, value)" if locks else "json_each(%s) AS had"
    skills = _SKILLED.format(had=had, locked=f"FOR SHARE OF proficiency {at_once}" if locks else "")
    return f"WITH person AS ({person}) SELECT id FROM person WHERE {skills}"  # noqa: S608


def _read(found: Sequence[tuple[Any, ...]], by: SignIn | None = None) -> Viewer | None:
    if not found:
        return None
    user_id, username, first, last, role = found[0][:5]
    return Viewer(
        id=user_id,
        username=username,
        name=f"{first} {last}".strip() or username,
        role=role,
        skills={row[5]: row[6] for row in found if row[5] is not None},
        signed_in=by,
    )


_PERSON = """
    SELECT person.id, person.username, person.first_name, person.last_name, person.role,
           skill.name, proficiency.grade
      FROM console_user AS person {session}
      LEFT JOIN routing_proficiency AS proficiency
        ON proficiency.person_id = person.id AND proficiency.grade > 0
      LEFT JOIN routing_skill AS skill ON skill.id = proficiency.skill_id
     WHERE person.id = %s AND person.is_active {signed_in}
"""
_SESSION = "CROSS JOIN django_session AS session"
# An ended session has no row; a new password or a closed account ends all of that person's.
_SIGNED_IN = """
       AND session.session_key = %s AND session.expire_date > %s AND person.password = %s
"""


_WHO = """
    SELECT person.id FROM console_user AS person {session}
     WHERE person.id = %s AND person.is_active AND person.role = %s {signed_in}
"""
_SKILLED = """
    (SELECT count(*) FROM (
      SELECT proficiency.id FROM routing_proficiency AS proficiency
        JOIN routing_skill AS skill ON skill.id = proficiency.skill_id
        JOIN {had} ON had.key = skill.name AND proficiency.grade >= CAST(had.value AS integer)
       WHERE proficiency.person_id = person.id {locked}
    ) AS kept) = %s
"""


def viewers_now(session_keys: Collection[str]) -> dict[str, Viewer]:
    """The viewers of those sessions that are still alive, with the rights they have now.

    Three statements for any number of sessions: open sockets are checked again every 5 s.
    """
    # By Django's clock, which has set `expire_date`, not the database's.
    sessions = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    decoder = import_module(settings.SESSION_ENGINE).SessionStore()
    data = {session.session_key: decoder.decode(session.session_data) for session in sessions}
    people = _people(stored.get(SESSION_KEY) for stored in data.values())
    skills = roster.skills_of_all(people)
    return {
        key: _viewer(person, skills.get(person.pk, {}))
        for key, stored in data.items()
        if (person := people.get(_int(stored.get(SESSION_KEY)))) is not None
        and _same_password(person, stored.get(HASH_SESSION_KEY, ""))
    }


def _viewer(user: User, skills: dict[str, int]) -> Viewer:
    name = user.get_full_name() or user.username
    return Viewer(id=user.pk, username=user.username, name=name, role=user.role, skills=skills)


def _people(ids: Iterable[object]) -> dict[int, User]:
    return User.objects.filter(is_active=True).in_bulk({_int(one) for one in ids})


def _int(value: object) -> int:
    return int(value) if isinstance(value, str | int) else 0


def _same_password(user: User, stored: str) -> bool:
    # Also by the keys of before, so that a new secret key signs nobody out.
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(stored, one) for one in hashes)
