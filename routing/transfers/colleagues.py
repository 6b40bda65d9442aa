"""To whom a case can be passed on: who is there, how much they hold, whether they have the skill.

Read when somebody opens the dialog, never before.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from console.models import DECIDERS, LEADS, User
from escalations import access, eligibility
from escalations.access import Viewer
from escalations.eligibility import Person
from escalations.models import Escalation
from routing.attendance import calendar, presence
from routing.models import Offer, Presence, Skill, Unit
from routing.offers import hands
from routing.people import roster

SHOWN_MAX = 12
GRADES = range(1, 6)
LEAST = 3
_STANDING = {state: place for place, state in enumerate(Presence.State.values)}


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person as the dialog shows them."""

    username: str
    name: str
    role: str
    state: str
    there: str
    on_shift: bool
    taken: int
    units: int
    # Why nothing is offered to them although they are there and have room.
    in_hand: str
    has_skills: bool
    skills: str

    @property
    def boxes(self) -> Sequence[bool]:
        """One for each unit: whether it is taken."""
        return [number < self.taken for number in range(self.units)]

    @property
    def is_full(self) -> bool:
        return self.taken >= self.units


@dataclass(frozen=True, slots=True)
class SkillChoice:
    """A skill, and how many who are there have it at each proficiency or better."""

    name: str
    there: tuple[int, ...]

    def says(self, least: int) -> str:
        """`2 others who are there have it at 3 or better.`"""
        count = self.there[least - 1]
        if count == 0:
            who = "Nobody else who is there has"
        elif count == 1:
            who = "1 other person who is there has"
        else:
            who = f"{count} others who are there have"
        return f"{who} it at {least} or better."


def whom(
    escalation: Escalation, viewer: Viewer, *, search: str = "", now: datetime
) -> list[Colleague]:
    """The people that this case could be passed on to, the likeliest first, at most twelve.

    Those without the skill come last: the person decides, and sees it. Strict work is for none of
    them.
    """
    case = eligibility.redirected(access.case_to_hold(escalation))
    wanted = escalation.requirement.skills
    people = _people(viewer, search.strip().casefold())
    skills = roster.skills_of_all([user.pk for user in people])
    persons = {user.pk: _person(user, skills.get(user.pk, {})) for user in people}
    people = [user for user in people if not eligibility.bar(persons[user.pk], case)]
    ids = [user.pk for user in people]
    there, duty, units = presence.of(ids), calendar.on_duty(ids, now), _units(ids)
    in_hand = _in_hand(ids, now)
    found = [
        Colleague(
            username=user.username,
            name=user.name,
            role=user.get_role_display(),
            state=row.state if (row := there.get(user.pk)) else Presence.State.OFFLINE,
            there=_words(there.get(user.pk)),
            on_shift=duty[user.pk].on,
            taken=units.get(user.pk, (0, 0))[0],
            units=units.get(user.pk, (0, 0))[1],
            in_hand=in_hand.get(user.pk, ""),
            has_skills=(person := persons[user.pk]).meets(wanted),
            skills=", ".join(f"{s} {person.skills.get(s, 0)} of 5" for s in wanted),
        )
        for user in people
    ]
    return sorted(found, key=_likeliest)[:SHOWN_MAX]


def skills(viewer: Viewer, now: datetime) -> list[SkillChoice]:
    """Every skill, with how many others who are there have it."""
    users = User.objects.filter(is_active=True, role__in=DECIDERS).exclude(pk=viewer.user_id)
    graded = roster.skills_of_all(_there(users, now)).values()
    return [
        SkillChoice(name, tuple(sum(g.get(name, 0) >= least for g in graded) for least in GRADES))
        for name in Skill.objects.order_by("name").values_list("name", flat=True)
    ]


def leads_there(viewer: Viewer, now: datetime) -> int:
    """How many other supervisors and admins are there now."""
    users = User.objects.filter(is_active=True, role__in=LEADS).exclude(pk=viewer.user_id)
    return len(_there(users, now))


def _there(users: QuerySet[User], now: datetime) -> list[int]:
    """Of these people, who is signed in and on shift: whoever has no shifts always is."""
    signed_in = Presence.objects.filter(person__in=users).exclude(state=Presence.State.OFFLINE)
    ids = list(signed_in.values_list("person", flat=True))
    duty = calendar.on_duty(ids, now)
    return [one for one in ids if duty[one].on]


def _people(viewer: Viewer, search: str) -> list[User]:
    users = User.objects.filter(is_active=True, role__in=DECIDERS).exclude(pk=viewer.user_id)
    # Here and not in the statement: SQLite folds the case of ASCII letters only.
    return [user for user in users if search in f"{user.name} {user.username}".casefold()]


def _person(user: User, skills: Mapping[str, int]) -> Person:
    return Person(user.pk, skills, username=user.username, role=user.role)


def _likeliest(one: Colleague) -> tuple[bool, bool, int, bool, float, str]:
    load = one.taken / one.units if one.units else 1
    return (
        not one.has_skills, not one.on_shift, _STANDING.get(one.state, 9), one.is_full, load,
        one.name,
    )  # fmt: skip


def _words(row: Presence | None) -> str:
    if row is None:
        return Presence.State.OFFLINE.label
    state = row.get_state_display()
    return f"{state}, {row.reason}" if row.reason else state


def _in_hand(ids: Collection[int], now: datetime) -> dict[int, str]:
    offers = Offer.objects.filter(person__in=ids, outcome=Offer.Outcome.OPEN)
    works = {person: "works on a case" for person, one in hands.of(ids, now).items() if one.works}
    return works | dict.fromkeys(offers.values_list("person", flat=True), "has an offer to answer")


def _units(ids: Collection[int]) -> dict[int, tuple[int, int]]:
    counted = (
        Unit.objects.filter(person__in=ids)
        .values("person")
        .annotate(taken=Count("pk", filter=Q(escalation__isnull=False)), whole=Count("pk"))
    )
    return {one["person"]: (one["taken"], one["whole"]) for one in counted}
