"""What admins do about people. Every change is a line of the chain `people`, without names.

Open sockets look at their person again every few seconds, so a right that is taken away here ends
what it allowed.
"""

import secrets
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from console.models import Role, User
from escalations import lifecycle
from escalations.lifecycle import approvals
from escalations.models import Escalation
from escalations.record.lines import Actor
from escalations.refusals import Conflict, Fault, Invalid
from routing.people import announcing, roster, teams, units
from routing.people import skills as skill_rules

UNITS_MAX = 50
PASSWORD_LETTERS = string.ascii_lowercase + string.digits
PASSWORD_GROUPS, GROUP = 4, 5
ROUNDS = 1_000


@dataclass(frozen=True, slots=True)
class FreshPassword:
    """A password, and what of it is stored."""

    plain: str
    stored: str


def fresh_password() -> FreshPassword:
    """A new one, made at once, however many are. Nobody guesses one of these (103 bits), which is
    all that many rounds of hashing are for; whoever signs in with it has it stored with them."""
    plain, hasher = _new_password(), PBKDF2PasswordHasher()
    return FreshPassword(plain, hasher.encode(plain, hasher.salt(), iterations=ROUNDS))


def create(
    username: str,
    *,
    role: str,
    first_name: str = "",
    last_name: str = "",
    password: str | FreshPassword | None = None,
    skills: Mapping[str, int] | None = None,
    by: Actor,
    now: datetime,
) -> tuple[User, str]:
    """A new person and their password, which is shown this once. Raises Invalid naming faults."""
    require(username=username, role=role, skills=skills or {})
    user = User(username=username, first_name=first_name, last_name=last_name, role=role)
    if isinstance(password, str):
        password = FreshPassword(_accepted(password, user), make_password(password))
    password = password or fresh_password()
    user.password = password.stored
    return _created(user, skills or {}, by=by, now=now), password.plain


@transaction.atomic
def _created(user: User, skills: Mapping[str, int], *, by: Actor, now: datetime) -> User:
    try:
        # The unique key decides between two at once; the savepoint keeps the caller's transaction
        # usable after that.
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        text = f"There is already a person called {user.username}."
        raise Invalid.of("/username", text) from error
    units.provide(user)
    teams.welcome(user)
    roster.grade(user, skills)
    facts = {"role": user.role, "skills": dict(skills)}
    announcing.about(user, "created", facts, by=by, now=now)
    return user


@transaction.atomic
def create_all(people: Sequence[User], *, by: Actor, now: datetime) -> None:
    """Many people at once, with their roles and stored passwords, by few statements. What cannot be
    was asked before; raises Conflict where somebody else has added one of them meanwhile."""
    for one in people:
        require(username=one.username, role=one.role, skills={})
    try:
        with transaction.atomic():
            User.objects.bulk_create(people)
    except IntegrityError as error:
        raise Conflict("changed", "Somebody has added one of these people meanwhile.") from error
    units.provide_all(people)
    teams.welcome_all(people)
    told = [(one, {"role": one.role, "skills": {}}) for one in people]
    announcing.about_all("created", told, by=by, now=now)


@transaction.atomic
def change(
    user: User,
    *,
    first_name: str,
    last_name: str,
    role: str,
    email: str | None = None,
    gives_up: bool = False,
    by: Actor,
    now: datetime,
) -> User:
    """Another name, address or role; what they may not decide in that role is theirs no longer.

    Raises Conflict where nobody would be left to administer, and Invalid where somebody takes their
    own admin role without saying that they give it up.
    """
    require(username=user.username, role=role, skills={})
    user = _locked(user)
    if user.role == Role.ADMIN and role != Role.ADMIN:
        _require_another_admin(user)
        if by == Actor("person", user.username) and not gives_up:
            raise Invalid.of("/gives_up", "This is your own role. Say that you give it up.")
    before = user.role
    user.first_name, user.last_name, user.role = first_name, last_name, role
    user.email = user.email if email is None else email
    user.save(update_fields=["first_name", "last_name", "role", "email"])
    announcing.about(user, "changed", {"role": role, "role_before": before}, by=by, now=now)
    if role != before:
        # After the save, because what they may decide now is read from the rows.
        _take_back(user, now)
    return user


def set_email(user: User, email: str) -> None:
    """Where alerts go by mail. No line of the record: it would hold personal data."""
    user.email = email
    user.save(update_fields=["email"])


def grade(user: User, skills: Mapping[str, int], *, by: Actor, now: datetime) -> None:
    """Set these proficiencies; skills that are not named stay. Raises Invalid for unusable ones."""
    grade_all([(user, skills)], by=by, now=now)


@transaction.atomic
def grade_all(
    wanted: Sequence[tuple[User, Mapping[str, int]]], *, by: Actor, now: datetime
) -> None:
    """The same of many people, by as many statements."""
    for user, skills in wanted:
        require(username=user.username, role=user.role, skills=skills)
    had = roster.skills_of_all([user.pk for user, _ in wanted])
    changed, told = list[tuple[User, dict[str, int]]](), list[tuple[User, dict[str, object]]]()
    for user, skills in wanted:
        have = had.get(user.pk, {})
        new = {name: value for name, value in skills.items() if have.get(name, 0) != value}
        if new:
            changed.append((user, new))
            before = {name: have.get(name, 0) for name in new}
            told.append((user, {"skills": new, "skills_before": before}))
    unknown = roster.unknown({name for _, skills in changed for name in skills})
    # The line of whoever is graded in a skill that there was not says that it came: each of these
    # is written before the next skill comes.
    first = next((n for n, (_, new) in enumerate(changed) if unknown & new.keys()), None)
    if first is not None and len(changed) > 1:
        grade_all([changed.pop(first)], by=by, now=now)
        grade_all(changed, by=by, now=now)
    elif changed:
        roster.grade_all(changed)
        announcing.about_all("graded", told, by=by, now=now)


class HoldsMore(Conflict):
    """This person holds more than they would have units."""

    def __init__(self, user: User, count: int) -> None:
        many = "1 unit" if count == 1 else f"{count} units"
        super().__init__("holds_more", f"{user.name} holds more than {many} at the moment.")
        self.user = user


def set_capacity(user: User, count: int, *, by: Actor, now: datetime) -> None:
    """How many cases this person may hold at once. Raises Conflict where they hold more now."""
    set_capacities([(user, count)], by=by, now=now)


@transaction.atomic
def set_capacities(wanted: Sequence[tuple[User, int]], *, by: Actor, now: datetime) -> None:
    """The same of many people, by as many statements. Raises HoldsMore for the first who does."""
    if any(not 1 <= count <= UNITS_MAX for _, count in wanted):
        raise Invalid.of("/units", f"Choose a number from 1 to {UNITS_MAX}.")
    numbers = [user.pk for user, _ in wanted]
    list(User.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk"))
    before = roster.loads_of(numbers)
    holding = units.resize_all({user.pk: count for user, count in wanted})
    for user, count in wanted:
        if user.pk in holding:
            raise HoldsMore(user, count)
    was = {user.pk: before.get(user.pk, (units.UNITS, 0))[0] for user, _ in wanted}
    told = [
        (user, {"units": count, "units_before": was[user.pk]})
        for user, count in wanted
        if was[user.pk] != count
    ]
    announcing.about_all("capacity_set", told, by=by, now=now)


@transaction.atomic
def set_load(
    user: User, count: int, limits: Mapping[str, int], *, by: Actor, now: datetime
) -> None:
    """Units at once, in all and at most of each kind of work: both or nothing.

    Raises Invalid for a number that is none, Conflict where they hold more now.
    """
    set_capacity(user, count, by=by, now=now)
    teams.set_limits(user, limits, by=by, now=now)


@transaction.atomic
def deactivate(user: User, *, by: Actor, now: datetime) -> None:
    """Close the account at once; what they did stays theirs, what they had goes back with its age.
    Once more changes nothing.

    Raises Conflict where nobody would be left to administer Baton.
    """
    user = _locked(user)
    if user.is_active:
        if user.role == Role.ADMIN:
            _require_another_admin(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        _end_sessions(user, now)
        announcing.about(user, "deactivated", {}, by=by, now=now)
        _take_back(user, now)


@transaction.atomic
def reactivate(user: User, *, by: Actor, now: datetime) -> None:
    """Open the account again, with the password it had. Once more changes nothing."""
    user = _locked(user)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        announcing.about(user, "reactivated", {}, by=by, now=now)


def give_new_password(user: User, *, by: Actor, now: datetime) -> str:
    """A password in place of the one they had, shown this once; it ends their sessions."""
    password = fresh_password()
    with transaction.atomic():
        user = _locked(user)
        user.password = password.stored
        user.save(update_fields=["password"])
        _end_sessions(user, now)
        announcing.about(user, "password_set", {}, by=by, now=now)
    return password.plain


@transaction.atomic
def end_sessions(user: User, *, by: Actor, now: datetime) -> int:
    """Sign them out everywhere; counts the sessions."""
    ended = _end_sessions(user, now)
    announcing.about(user, "sessions_ended", {"sessions": ended}, by=by, now=now)
    return ended


def require(*, username: str, role: str, skills: Mapping[str, int]) -> None:
    """Raises Invalid naming what of this cannot be."""
    faults = []
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        faults.append(Fault("/username", "Use letters, digits and @ . + - _ only."))
    if len(username) > 150:
        faults.append(Fault("/username", "Use at most 150 characters."))
    if role not in Role.values:
        faults.append(Fault("/role", f"Roles are {', '.join(Role.values)}."))
    faults += [
        Fault("/skills", f"“{name}” cannot be a skill with proficiency {value}; use 0 to 5.")
        for name, value in skills.items()
        if not skill_rules.usable(name) or not 0 <= value <= 5
    ]
    if faults:
        raise Invalid(faults[0].detail, errors=faults)


def _locked(user: User) -> User:
    """Beside this lock somebody may still refer to the person, as an offer to them does."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _require_another_admin(user: User) -> None:
    # All of them are locked, in one order: two who take each other's role at once must not both
    # find somebody left.
    admins = User.objects.select_for_update(no_key=True).filter(role=Role.ADMIN, is_active=True)
    if not [one for one in admins.order_by("pk") if one.pk != user.pk]:
        raise Conflict("last_admin", f"{user.name} is the last admin; make another one first.")


def _take_back(user: User, now: datetime) -> None:
    """What they hold, are offered or had their part in, and may not decide any more."""
    for case in Escalation.objects.with_person(user.pk).order_by("number"):
        if approvals.who_may_decide(case, user.pk) is None:
            lifecycle.take_back(case, whose=user.pk, reason="rights", now=now)
    for case in Escalation.objects.with_part_of(user.pk).order_by("number"):
        lifecycle.lapse(case, now=now)


def _end_sessions(user: User, now: datetime) -> int:
    decoder = import_module(settings.SESSION_ENGINE).SessionStore()
    # Whose a session is stands inside its encoded text, so every live one must be opened.
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=now).iterator()
        if decoder.decode(session.session_data).get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)


def _new_password() -> str:
    """Long enough to be safe and short enough to be read out on the telephone."""
    groups = (
        "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(GROUP))
        for _ in range(PASSWORD_GROUPS)
    )
    return "-".join(groups)


def _accepted(password: str, user: User) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid.of("/password", " ".join(error.messages)) from error
    return password
