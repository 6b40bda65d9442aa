"""The floor at one moment: who is there, what they hold, what waits. Plain data, nothing judged.

`now` reads it from the rows; `routing/floor/replay.py` makes the same of the record.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from console.models import DECIDERS, User
from escalations.eligibility import Case, Person
from escalations.models import Escalation, Requirement, State
from escalations.text import untrusted
from routing.attendance import calendar
from routing.attendance.calendar import OnShift
from routing.models import Duty, Presence, Unit
from routing.people import roster, units

CLOSE = timedelta(minutes=5)
LATE_MAX = 30
TITLE = 120
FREE = (State.WAITING, State.SECOND)
NOTHING = (units.UNITS, 0)
OF_SOMEBODY = (State.HELD, State.OFFERED)


@dataclass(frozen=True, slots=True)
class Seen:
    """How somebody is, and since when."""

    state: str = Presence.State.OFFLINE
    reason: str = ""
    set_by: str = ""
    since: datetime | None = None
    draining: bool = False
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNow(Person):
    """One person who decides; `taken` of `units` are in use."""

    id: int
    first: str
    initials: str
    team: str
    units: int
    taken: int
    seen: Seen
    duty: OnShift

    @property
    def free(self) -> int:
        """Units that are not in use."""
        return max(0, self.units - self.taken)

    @property
    def takes_work(self) -> bool:
        """There, on shift and not finishing."""
        return self.seen.state == Presence.State.PRESENT and not self.seen.draining and self.duty.on


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Case):
    """One open case as it stands."""

    number: int
    id: str
    title: str
    level: int
    state: str
    version: int
    requirement: int
    arrived_at: datetime
    respond_by: datetime
    held_by: int | None = None
    offered_to: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    active_at: datetime | None = None

    @property
    def case_number(self) -> str:
        """As people say it."""
        return f"BTN-{self.number}"

    @property
    def person(self) -> int | None:
        """Whose it is at the moment, to work on or to answer."""
        return self.held_by or self.offered_to


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one set of skills."""

    skills: Mapping[str, int]
    waiting: int
    oldest_at: datetime
    over: int
    close: int


@dataclass(frozen=True, slots=True)
class Scene:
    """`late` are the free cases that are over time or close, the worst `LATE_MAX` of them; `held`
    is everything that is somebody's."""

    at: datetime
    members: list[PersonNow]
    held: list[Standing]
    late: list[Standing]
    queues: list[Queue]
    teams: list[str] = field(default_factory=list)


def now(at: datetime) -> Scene:
    """The floor of this moment, from the rows, in fourteen statements whatever there is."""
    load = {
        person: (many, taken)
        for person, many, taken in Unit.objects.values_list("person").annotate(
            many=Count("pk"), taken=Count("escalation")
        )
    }
    there = {row.person_id: _seen(row) for row in Presence.objects.all()}
    cases = Escalation.objects.values(*_READ)
    held = cases.filter(_OF_SOMEBODY)
    late = cases.filter(state__in=FREE, respond_by__lt=at + CLOSE).order_by("respond_by", "number")
    return Scene(
        at=at,
        members=members(at, load, there),
        held=[standing(row) for row in held.order_by("held_at", "number")],
        late=[standing(row) for row in late[:LATE_MAX]],
        queues=_queues(at),
        teams=teams(),
    )


def members(
    at: datetime,
    load: Mapping[int, tuple[int, int]],
    there: Mapping[int, Seen],
    also: Collection[int] = (),
) -> list[PersonNow]:
    """Everybody who decides and whose account is open, and `also` these, by name; how they are and
    what they hold is given."""
    deciding = Q(is_active=True, role__in=DECIDERS)
    users = list(User.objects.filter(deciding | Q(pk__in=also)))
    numbers = [user.pk for user in users]
    skills = roster.skills_of_all(numbers)
    duty = calendar.on_duty(numbers, at)
    team = dict(Duty.objects.filter(team__isnull=False).values_list("person", "team__name"))
    found = [
        PersonNow(
            id=user.pk,
            username=user.username,
            name=user.name,
            first=user.first_name or user.name,
            initials=user.initials,
            role=user.role,
            team=team.get(user.pk, ""),
            skills=skills.get(user.pk, {}),
            units=load.get(user.pk, NOTHING)[0],
            taken=load.get(user.pk, NOTHING)[1],
            seen=there.get(user.pk, Seen()),
            duty=duty[user.pk],
        )
        for user in users
    ]
    return sorted(found, key=lambda member: member.name.casefold())


def teams() -> list[str]:
    """The names of the teams that anybody is in."""
    found = Duty.objects.filter(team__isnull=False, person__is_active=True)
    return sorted(set(found.values_list("team__name", flat=True)))


def standings(numbers: Iterable[int]) -> list[Standing]:
    """These cases as they stand now."""
    rows = Escalation.objects.filter(number__in=list(numbers)).values(*_READ)
    return [standing(row) for row in rows.order_by("number")]


def standing(row: Mapping[str, object]) -> Standing:
    """A row of `READ` as a case."""
    given = {name: row[name] for name in _SAME}
    held = row["state"] != State.OFFERED
    return Standing(
        **given,  # type: ignore[arg-type]
        title=untrusted.line(str(row["summary"]), TITLE),
        requirement=row["requirement_id"],  # type: ignore[arg-type]
        skills=row["requirement__skills"],  # type: ignore[arg-type]
        held_by=row["held_by_id"],  # type: ignore[arg-type]
        offered_to=row["offered_to_id"],  # type: ignore[arg-type]
        since=row["held_at"] if held else None,  # type: ignore[arg-type]
        until=row["lease_until"] if held else row["offer_until"],  # type: ignore[arg-type]
    )


_SAME = (
    *("number", "id", "task_type", "level", "state", "version", "units", "arrived_at"),
    *("respond_by", "active_at", "strict", "wanted_by", "assignee", "excluded"),
)
_READ = (
    *_SAME,
    *("summary", "requirement_id", "requirement__skills", "held_by_id", "offered_to_id"),
    *("held_at", "lease_until", "offer_until"),
)
# In the words of the partial indexes, so that neither is a walk over every case there ever was.
_OF_SOMEBODY = Q(state=State.HELD, held_by__isnull=False) | Q(state=State.OFFERED)


def _queues(at: datetime) -> list[Queue]:
    over, close = Q(respond_by__lt=at), Q(respond_by__gte=at, respond_by__lt=at + CLOSE)
    found = (
        Escalation.objects.filter(state__in=FREE)
        .values_list("requirement")
        .annotate(
            waiting=Count("pk"),
            oldest=Min("arrived_at"),
            over=Count("pk", filter=over),
            close=Count("pk", filter=close),
        )
    )
    counted = list(found.order_by("requirement"))
    skills = dict(
        Requirement.objects.filter(pk__in=[row[0] for row in counted]).values_list("pk", "skills")
    )
    return [Queue(skills[pk], *rest) for pk, *rest in counted]


def _seen(row: Presence) -> Seen:
    return Seen(row.state, row.reason, row.set_by, row.since, row.draining, row.back_at)
