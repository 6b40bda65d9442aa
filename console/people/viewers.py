"""From the signed-in user and the roster to the viewer that the rules ask for.

`escalations` reaches this module by the settings `VIEWER_…`, so that it needs to know neither
users' sessions nor the roster.
"""

from collections.abc import Collection, Iterable, Sequence
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from console.database import statements
from console.models import User
from escalations.access import Viewer
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
    # By Django's clock, which has set `expire_date`, not the database's.
    given = [user.pk, session_key, timezone.now(), user.password]
    return _read(statements.rows(_PERSON.format(session=_SESSION, signed_in=_SIGNED_IN), given))


def _read(found: Sequence[tuple[Any, ...]]) -> Viewer | None:
    if not found:
        return None
    user_id, username, first, last, role = found[0][:5]
    return Viewer(
        id=user_id,
        username=username,
        name=f"{first} {last}".strip() or username,
        role=role,
        skills={row[5]: row[6] for row in found if row[5] is not None},
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
