"""To whom a case can be passed on: who is there, how much they hold, whether they have the skill.

Read when somebody opens the dialog, never before.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from console.models import DECIDERS, LEADS, User
from escalations.access import Viewer
from escalations.lifecycle import approvals
from escalations.models import Escalation
from routing.attendance import calendar, presence
from routing.models import Presence, Skill, Unit
from routing.people import roster

SHOWN_MAX = 12
GRADES = range(1, 6)
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
class Choice:
    """A skill, and how many on shift have it at each proficiency or better."""

    name: str
    on_shift: tuple[int, ...]

    @property
    def counts(self) -> str:
        """For 1 to 5, as the page reads them."""
        return " ".join(map(str, self.on_shift))


def whom(
    escalation: Escalation, viewer: Viewer, *, search: str = "", now: datetime
) -> list[Colleague]:
    """The people that this case could be passed on to, the likeliest first, at most twelve.

    Those without the skill come last: the person decides, and sees it. Strict work is for none of
    them.
    """
    people = _people(escalation, viewer, search.strip().casefold())
    ids = [user.pk for user in people]
    there, duty = presence.of(ids), calendar.on_duty(ids, now)
    skills, units = roster.skills_of_all(ids), _units(ids)
    wanted = escalation.requirement.skills
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
            has_skills=all(skills.get(user.pk, {}).get(s, 0) >= g for s, g in wanted.items()),
            skills=", ".join(f"{s} {skills.get(user.pk, {}).get(s, 0)} of 5" for s in wanted),
        )
        for user in people
    ]
    able = [one for one in found if one.has_skills or not escalation.strict]
    return sorted(able, key=_likeliest)[:SHOWN_MAX]


def skills(viewer: Viewer, now: datetime) -> list[Choice]:
    """Every skill, with how many others on shift have it."""
    users = User.objects.filter(is_active=True, role__in=DECIDERS).exclude(pk=viewer.user_id)
    ids = list(users.values_list("pk", flat=True))
    duty = calendar.on_duty(ids, now)
    graded = roster.skills_of_all([one for one in ids if duty[one].on]).values()
    return [
        Choice(name, tuple(sum(g.get(name, 0) >= least for g in graded) for least in GRADES))
        for name in Skill.objects.order_by("name").values_list("name", flat=True)
    ]


def leads_on_shift(viewer: Viewer, now: datetime) -> int:
    """How many other supervisors and admins work now."""
    users = User.objects.filter(is_active=True, role__in=LEADS).exclude(pk=viewer.user_id)
    duty = calendar.on_duty(list(users.values_list("pk", flat=True)), now)
    return sum(one.on for one in duty.values())


def _people(escalation: Escalation, viewer: Viewer, search: str) -> list[User]:
    users = User.objects.filter(is_active=True, role__in=DECIDERS).exclude(pk=viewer.user_id)
    users = users.exclude(username__in=escalation.excluded)
    if escalation.approvals > 1:
        users = users.exclude(pk__in=approvals.standing(escalation).values("person"))
    return [user for user in users if search in f"{user.name} {user.username}".casefold()]


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


def _units(ids: Collection[int]) -> dict[int, tuple[int, int]]:
    counted = (
        Unit.objects.filter(person__in=ids)
        .values("person")
        .annotate(taken=Count("pk", filter=Q(escalation__isnull=False)), whole=Count("pk"))
    )
    return {one["person"]: (one["taken"], one["whole"]) for one in counted}
