"""Who is told of an alert: the step's audience as it is there now, else the next one at once."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from console.models import DECIDERS, Role, User
from escalations import access, eligibility
from escalations.eligibility import Person
from escalations.models import Escalation
from routing.attendance import calendar
from routing.models import Presence
from routing.people import roster

HOLDER, ELIGIBLE = "holder", "eligible"
ON_SHIFT, SUPERVISORS, ADMINS = "supervisors_on_shift", "supervisors", "admins"
AUDIENCES = (HOLDER, ELIGIBLE, ON_SHIFT, SUPERVISORS, ADMINS)
# Why the next audience is told, as it was then: true for whoever reads it, also for who came since.
NOBODY = {
    HOLDER: "Nobody had it.",
    ELIGIBLE: "Nobody was there who may take it.",
    ON_SHIFT: "No supervisor was there.",
    SUPERVISORS: "There was no supervisor.",
}
THERE = (Presence.State.PRESENT, Presence.State.BUSY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient(Person):
    """One person who can be told; `there` is on shift with a screen open, not away."""

    id: int
    email: str
    there: bool


class Crowd:
    """Everybody who decides, as they are at one moment; read once, in five statements at most, when
    the first alert asks."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def told(self, audience: str, escalation: Escalation) -> tuple[str, list[Recipient]]:
        """The first audience from this one on of which anybody is there, and its members; the last
        one and nobody where there are none at all. Supervisors on shift hear what a step tells
        those who fit."""
        beside = self._of(ON_SHIFT, escalation) if audience == ELIGIBLE else []
        for name in AUDIENCES[AUDIENCES.index(audience) :]:
            if found := self._of(name, escalation):
                return name, [*found, *(one for one in beside if one not in found)]
        return ADMINS, []

    def _of(self, audience: str, escalation: Escalation) -> list[Recipient]:
        everybody = self._members.values()
        if audience == HOLDER:
            theirs = {escalation.held_by_id, escalation.offered_to_id}
            return [one for one in everybody if one.id in theirs]
        elif audience == ELIGIBLE:
            case = access.case_to_take(escalation)
            there = [one for one in everybody if one.there]
            return [one for one in there if eligibility.may_take(one, case)]
        elif audience == ON_SHIFT:
            return [one for one in everybody if one.there and one.role == Role.SUPERVISOR]
        else:
            role = Role.SUPERVISOR if audience == SUPERVISORS else Role.ADMIN
            return [one for one in everybody if one.role == role]

    @cached_property
    def _members(self) -> dict[int, Recipient]:
        users = list(User.objects.filter(is_active=True, role__in=DECIDERS).order_by("pk"))
        numbers = [user.pk for user in users]
        skills = defaultdict(dict, roster.skills_of_all(numbers))
        there = self._there(numbers)
        return {
            user.pk: Recipient(
                id=user.pk,
                skills=skills[user.pk],
                username=user.username,
                role=user.role,
                email=user.email,
                there=user.pk in there,
            )
            for user in users
        }

    def _there(self, numbers: Collection[int]) -> set[int]:
        here = Presence.objects.filter(person__in=numbers, state__in=THERE)
        present = set(here.values_list("person", flat=True))
        duty = calendar.on_duty(present, self._now)
        return {person for person in present if duty[person].on}
