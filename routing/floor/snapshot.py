"""The floor at one moment: who is there, what they hold, what waits. Plain data, nothing judged.

`now` reads it from the rows; `routing/floor/replay.py` makes the same of the record.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from console.models import DECIDERS, User
from escalations import access
from escalations.eligibility import Case, Taker
from escalations.models import Escalation, Requirement, State, Vote
from escalations.policy.ladder import ALERT_LEVEL
from escalations.text import formatting, untrusted
from routing.attendance import calendar, wrapping
from routing.attendance.calendar import OnShift
from routing.models import Duty, Presence, Unit
from routing.offers import crew, profiles
from routing.people import roster, units

CLOSE = timedelta(minutes=5)
LATE_MAX = 30
WAITING_MAX = 1_000
TITLE = 120
FREE = (State.WAITING, State.SECOND)
NOTHING = (units.UNITS, 0)
OF_SOMEBODY = (*State.held(), State.OFFERED)


# Whose vote stands on a case, and who is of a team or role that has approved it.
Parts = tuple[Collection[int], Collection[int]]


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
class PersonNow(Taker):
    """One person who decides, as routing knows them, with what the page says of them; `taken` of
    `units` are in use. `by_list`: nothing is offered to them, they help themselves."""

    id: int
    first: str
    initials: str
    team: str
    taken: int
    seen: Seen
    duty: OnShift
    by_list: bool = False

    @property
    def takes_work(self) -> bool:
        """At work, with something free; who only stands by is asked for nothing."""
        return self.available and self.free > 0 and not self.stands_by

    @property
    def is_there(self) -> bool:
        """Signed in, whatever they do."""
        return self.seen.state != Presence.State.OFFLINE


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
    opened_at: datetime | None = None
    priority: str = "normal"

    @property
    def case_number(self) -> str:
        """As people say it."""
        return f"BTN-{self.number}"

    @property
    def person(self) -> int | None:
        """Whose it is at the moment, to work on or to answer."""
        return self.held_by or self.offered_to

    @property
    def urgency(self) -> tuple[bool, datetime, int]:
        """The smallest comes first: alerts before everything else, then what is due first."""
        return self.level != ALERT_LEVEL, self.respond_by, self.number


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one set of skills, and what of that is put off."""

    requirement: int
    skills: Mapping[str, int]
    waiting: int
    oldest_at: datetime
    over: int
    close: int
    snoozed: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """`late` are the free cases that are over time or close, the worst `LATE_MAX` of them;
    `waiting` all that are free, the first `WAITING_MAX` by rank; `held` is everything that is
    somebody's."""

    at: datetime
    members: list[PersonNow]
    held: list[Standing]
    late: list[Standing]
    waiting: list[Standing]
    queues: list[Queue]
    teams: list[str] = field(default_factory=list)

    def of_each(self) -> dict[int, list[Standing]]:
        """What each person has in hand, by their number."""
        found: dict[int, list[Standing]] = defaultdict(list)
        for case in self.held:
            found[case.person or 0].append(case)
        return found

    @property
    def free(self) -> list[Standing]:
        """Everything free that was looked at, each once."""
        first = {case.number for case in self.waiting}
        return [*self.waiting, *(case for case in self.late if case.number not in first)]


def now(at: datetime) -> Scene:
    """The floor of this moment, from the rows, in 19 statements whatever there is."""
    load = {
        person: (many, taken)
        for person, many, taken in Unit.objects.values_list("person").annotate(
            many=Count("pk"), taken=Count("escalation")
        )
    }
    presences = Presence.objects.values_list(
        "person", "state", "reason", "set_by", "since", "draining", "back_at"
    )
    there = {row[0]: Seen(*row[1:]) for row in presences}
    cases = Escalation.objects.values(*_READ)
    held = cases.filter(_OF_SOMEBODY).order_by("held_at", "number")
    free = cases.filter(state__written=FREE)
    late = free.filter(respond_by__lt=at + CLOSE).order_by("respond_by", "number")[:LATE_MAX]
    waiting = free.order_by("rank", "number")[:WAITING_MAX]
    # Each is read once, before whose vote stands is asked of all of them.
    rows = [list(found) for found in (held, late, waiting)]
    parts = _parts([row for found in rows for row in found])
    in_hand, late_now, waiting_now = ([standing(row, parts) for row in found] for found in rows)
    return Scene(
        at=at,
        members=members(at, load, there, held=in_hand, offered=crew.offered_ids()),
        held=in_hand,
        late=late_now,
        waiting=waiting_now,
        queues=_queues(at),
        teams=teams(),
    )


def members(
    at: datetime,
    load: Mapping[int, tuple[int, int]],
    there: Mapping[int, Seen],
    also: Collection[int] = (),
    *,
    held: Iterable["Standing"] = (),
    offered: Collection[int] | None = None,
) -> list[PersonNow]:
    """Everybody who decides and whose account is open, and `also` these, by name; how they are and
    what they hold is given. `offered`: to whom work is offered, where that is known."""
    deciding = Q(is_active=True, role__in=DECIDERS)
    users = list(User.objects.filter(deciding | Q(pk__in=also)).only(*_NAMED))
    numbers = [user.pk for user in users]
    skills, limits = roster.skills_of_all(numbers), profiles.limits_of(numbers)
    duty = calendar.on_duty(numbers, at)
    duties = Duty.objects.filter(team__isnull=False)
    teams = duties.values_list("person", "team__name", "team__wrap_up_s")
    team = {person: name for person, name, _ in teams}
    wraps = wrapping.until({person: seconds for person, _, seconds in teams}, at)
    holds: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for case in held:
        holds[case.person or 0].append((case.task_type, case.units))
    found = []
    for user in users:
        many, taken = load.get(user.pk, NOTHING)
        seen = there.get(user.pk, Seen())
        instead = _instead(seen, duty[user.pk], wraps_up=user.pk in wraps)
        one = PersonNow(
            id=user.pk,
            username=user.username,
            name=user.name,
            first=user.first_name or user.name,
            initials=user.initials,
            role=user.role,
            team=team.get(user.pk, ""),
            skills=skills.get(user.pk, {}),
            units=many,
            taken=taken,
            free=max(0, many - taken),
            available=not instead,
            instead=instead,
            on_shift_until_min=crew.until_min(duty[user.pk], at),
            limits=crew.limits_left(limits.get(user.pk, {}), holds[user.pk]),
            seen=seen,
            duty=duty[user.pk],
        )
        is_asked = offered is None or user.pk in offered
        found.append(one if is_asked else replace(one, stands_by=one.leads, by_list=True))
    return sorted(found, key=lambda member: member.name.casefold())


def teams() -> list[str]:
    """The names of the teams that anybody is in."""
    found = Duty.objects.filter(team__isnull=False, person__is_active=True)
    return sorted(set(found.values_list("team__name", flat=True)))


def standings(numbers: Iterable[int]) -> list[Standing]:
    """These cases as they stand now."""
    found = Escalation.objects.filter(number__in=list(numbers)).values(*_READ)
    rows = list(found.order_by("number"))
    parts = _parts(rows)
    return [standing(row, parts) for row in rows]


def standing(row: Mapping[str, Any], parts: Mapping[int, Parts]) -> Standing:
    """A row of `READ` as a case; `parts` say whose vote stands, by number."""
    had_part, apart = parts.get(row["number"], ((), ()))
    given = {name: row[name] for name in _SAME}
    held = row["state"] != State.OFFERED
    return Standing(
        **given,
        title=untrusted.line(formatting.without_tool(row["summary"]), TITLE),
        requirement=row["requirement_id"],
        skills=row["requirement__skills"],
        held_by=row["held_by_id"],
        offered_to=row["offered_to_id"],
        since=row["held_at"] if held else None,
        until=row["lease_until"] if held else row["offer_until"],
        had_part=had_part,
        kept_apart=apart,
    )


_SAME = (
    *("number", "id", "task_type", "level", "state", "version", "units", "arrived_at"),
    *("respond_by", "opened_at", "strict", "wanted_by", "assignee", "excluded", "priority"),
)
_READ = (
    *_SAME,
    *("summary", "requirement_id", "requirement__skills", "held_by_id", "offered_to_id"),
    *("held_at", "lease_until", "offer_until", "approvals", "policy_version"),
)
_NAMED = ("username", "first_name", "last_name", "role")
# In the words of the partial indexes, so that neither is a walk over every case there ever was.
_OF_SOMEBODY = Q(state__in=State.held(), held_by__isnull=False) | Q(state=State.OFFERED)


def _parts(rows: Iterable[Mapping[str, Any]]) -> dict[int, Parts]:
    shared = {row["number"]: row for row in rows if row["approvals"] > 1}
    voted = Vote.people_of(shared)
    terms = {one: (shared[one]["task_type"], shared[one]["policy_version"]) for one in voted}
    apart = access.kept_apart(terms) if terms else {}
    return {number: (people, apart.get(number, ())) for number, people in voted.items()}


def _queues(at: datetime) -> list[Queue]:
    free, snoozed = Q(state__in=FREE), Q(state=State.SNOOZED)
    over, close = Q(respond_by__lt=at), Q(respond_by__gte=at, respond_by__lt=at + CLOSE)
    found = (
        Escalation.objects.filter(state__in=(*FREE, State.SNOOZED))
        .values_list("requirement")
        .annotate(
            waiting=Count("pk", filter=free),
            oldest=Min("arrived_at", filter=free),
            over=Count("pk", filter=free & over),
            close=Count("pk", filter=free & close),
            snoozed=Count("pk", filter=snoozed),
        )
    )
    counted = list(found.order_by("requirement"))
    skills = dict(
        Requirement.objects.filter(pk__in=[row[0] for row in counted]).values_list("pk", "skills")
    )
    return [
        Queue(pk, skills[pk], waiting, oldest or at, *rest)
        for pk, waiting, oldest, *rest in counted
    ]


def _instead(seen: Seen, duty: OnShift, *, wraps_up: bool) -> str:
    """What they do instead of taking work."""
    does = crew.instead_of_work(crew.does(seen.state, draining=seen.draining), duty)
    return does or (wrapping.WRAPPING_UP if wraps_up else "")
