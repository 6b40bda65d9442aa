"""From the signed-in user and the roster to the viewer that the rules ask for.

`escalations` reaches this module by the settings `VIEWER_OF` and `VIEWERS_NOW`, so that it needs
to know neither users' sessions nor the roster.
"""

from collections.abc import Collection, Iterable
from importlib import import_module

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
    """This person with the rights of this moment, in one statement; None if they may not sign in.

    Asked at every command of a socket.
    """
    found = statements.rows(_PERSON, [user_id])
    if not found:
        return None
    username, first, last, role = found[0][:4]
    return Viewer(
        id=user_id,
        username=username,
        name=f"{first} {last}".strip() or username,
        role=role,
        skills={row[4]: row[5] for row in found if row[4] is not None},
    )


_PERSON = """
    SELECT person.username, person.first_name, person.last_name, person.role,
           skill.name, proficiency.grade
      FROM console_user AS person
      LEFT JOIN routing_proficiency AS proficiency
        ON proficiency.person_id = person.id AND proficiency.grade > 0
      LEFT JOIN routing_skill AS skill ON skill.id = proficiency.skill_id
     WHERE person.id = %s AND person.is_active
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
