"""The floor as it was at a minute of the last day, from the record and nothing else.

Where a case stood, whose it was, how people were and how much they could hold: all of it is read
from lines. Only names are of today: titles, people, their skills, teams and shifts.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat

from console.models import User
from escalations.models import Escalation, Event, Requirement, State
from escalations.record import kinds
from escalations.record.kind import Has
from escalations.text import formatting, untrusted
from routing.floor import snapshot
from routing.floor.snapshot import PersonNow, Queue, Scene, Seen, Standing
from routing.models import Presence, Unit

BACK_MAX = timedelta(hours=24)
PEOPLE = "people"
OPEN = frozenset(State.open())
NEVER = datetime.max.replace(tzinfo=UTC)
JSON = dict[str, Any]


def at(moment: datetime) -> Scene:
    """The floor of that minute, in 15 statements whatever happened since."""
    numbers = dict(User.objects.values_list("username", "pk"))
    cases = _cases(moment, numbers)
    held = [case for case in cases if case.state in snapshot.OF_SOMEBODY and case.person]
    free = [case for case in cases if case.state in snapshot.FREE]
    late = [case for case in free if case.respond_by < moment + snapshot.CLOSE]
    late.sort(key=lambda case: (case.respond_by, case.number))
    return Scene(
        at=moment,
        members=_members(moment, numbers, held),
        held=held,
        late=late[: snapshot.LATE_MAX],
        waiting=free,
        queues=_queues(free, moment),
        teams=snapshot.teams(),
    )


@dataclass(slots=True)
class Track:
    """One case, line by line."""

    state: str = ""
    version: int = 0
    level: int = 0
    task_type: str = ""
    requirement: int = 0
    units: int = 1
    respond_by: datetime = NEVER
    person: str = ""
    since: datetime | None = None
    skills: str = field(default="")

    def follow(self, kind: str, moment: datetime, actor: str, facts: JSON) -> None:
        """What this line changed."""
        if "task_type" in facts:
            self._judge(facts)
        if "respond_by" in facts:
            self.respond_by = datetime.fromisoformat(facts["respond_by"])
        if "state" not in facts:
            return
        state = str(facts["state"])
        self.version = int(facts.get("version", self.version))
        self._give(kind, state, moment, actor, facts)
        self.skills = str(facts.get("to_skills", self.skills))
        self.state = state

    def _judge(self, facts: JSON) -> None:
        self.level, self.task_type = int(facts["level"]), str(facts["task_type"])
        self.requirement = int(facts.get("requirement") or self.requirement)
        self.units = int(facts.get("units") or self.units)
        self.skills = ""

    def _give(self, kind: str, state: str, moment: datetime, actor: str, facts: JSON) -> None:
        if state not in {*State.held(), State.OFFERED}:
            self.person, self.since = "", None
            return
        has = kinds.of(kind).has
        if has is Has.ACTOR:
            self.person, self.since = actor.removeprefix("person:"), moment
        elif has is Has.TARGET:
            self.person, self.since = str(facts["to"]), moment


def _cases(moment: datetime, numbers: Mapping[str, int]) -> list[Standing]:
    """Every case that was open, oldest first."""
    tracks = _tracks(moment)
    rows = _titles([name for name, track in tracks.items() if track.state in OPEN])
    skills = _skills()
    found = [_standing(row, tracks[row["id"]], numbers, skills) for row in rows]
    return sorted(found, key=lambda case: (case.since or case.arrived_at, case.number))


def _tracks(moment: datetime) -> dict[str, Track]:
    """What is closed now and was before that minute cannot have been open in it."""
    then_open = Q(closed_at__isnull=True) | Q(closed_at__gt=moment)
    lines = Event.objects.filter(
        escalation__in=Escalation.objects.filter(then_open, arrived_at__lte=moment).values("pk"),
        at__lte=moment,
    ).exclude(kind__in=kinds.beside())
    tracks: dict[str, Track] = defaultdict(Track)
    for chain, kind, when, body in lines.order_by("chain", "position").values_list(
        "chain", "kind", "at", "body"
    ):
        document = orjson.loads(bytes(body))
        tracks[chain].follow(kind, when, document["actor"], document["facts"])
    return tracks


def _titles(ids: Sequence[str]) -> list[JSON]:
    known = Escalation.objects.filter(id__in=ids)
    names = ("number", "id", "summary", "arrived_at", "strict", "excluded")
    return [dict(zip(names, row, strict=True)) for row in known.values_list(*names)]


def _skills() -> dict[object, dict[str, int]]:
    """Sets of skills by their number, and by how the record spells them."""
    found: dict[object, dict[str, int]] = {0: {}}
    for number, key, skills in Requirement.objects.values_list("pk", "key", "skills"):
        found[number] = found[key] = skills
    return found


def _standing(
    row: JSON, track: Track, numbers: Mapping[str, int], skills: Mapping[object, dict[str, int]]
) -> Standing:
    whose = numbers.get(track.person)
    offered = track.state == State.OFFERED
    return Standing(
        number=row["number"],
        id=row["id"],
        title=untrusted.line(formatting.without_tool(row["summary"]), snapshot.TITLE),
        task_type=track.task_type,
        level=track.level,
        state=track.state,
        version=track.version,
        requirement=track.requirement,
        skills=skills.get(track.skills or track.requirement, {}),
        units=track.units,
        arrived_at=row["arrived_at"],
        respond_by=track.respond_by,
        held_by=None if offered else whose,
        offered_to=whose if offered else None,
        since=track.since,
        strict=row["strict"],
        excluded=row["excluded"],
    )


def _queues(free: Sequence[Standing], moment: datetime) -> list[Queue]:
    groups: dict[tuple[tuple[str, int], ...], list[Standing]] = defaultdict(list)
    for case in free:
        groups[tuple(sorted(case.skills.items()))].append(case)
    return [
        Queue(
            requirement=cases[0].requirement,
            skills=dict(skills),
            waiting=len(cases),
            oldest_at=min(case.arrived_at for case in cases),
            over=sum(case.respond_by < moment for case in cases),
            close=sum(moment <= case.respond_by < moment + snapshot.CLOSE for case in cases),
        )
        for skills, cases in groups.items()
    ]


def _members(
    moment: datetime, numbers: Mapping[str, int], held: Sequence[Standing]
) -> list[PersonNow]:
    """With whoever was there or held something and may not decide any more."""
    taken: dict[int, int] = defaultdict(int)
    for case in held:
        taken[case.person or 0] += case.units
    units = {
        person: (many, taken.get(person, 0)) for person, many in _capacity(moment, numbers).items()
    }
    there = _there(moment)
    here = {person for person, seen in there.items() if seen.state != Presence.State.OFFLINE}
    return snapshot.members(moment, units, there, also=here | set(taken), held=held)


def _there(moment: datetime) -> dict[int, Seen]:
    """How everybody was by the last line of their own chain."""
    lines = Event.objects.filter(
        chain=Concat(Value("presence/"), OuterRef("username")), at__lte=moment
    )
    last = Subquery(lines.order_by("-position").values("pk")[:1])
    found = dict(User.objects.annotate(last=last).values_list("last", "pk"))
    return {
        found[pk]: _seen(orjson.loads(bytes(body))["facts"], when)
        for pk, body, when in Event.objects.filter(pk__in=set(found) - {None}).values_list(
            "pk", "body", "at"
        )
    }


def _seen(facts: JSON, since: datetime) -> Seen:
    return Seen(
        state=str(facts.get("state", Presence.State.OFFLINE)),
        reason=str(facts.get("reason", "")),
        set_by=str(facts.get("set_by", "")),
        since=since,
        draining=bool(facts.get("draining", False)),
    )


def _capacity(moment: datetime, numbers: Mapping[str, int]) -> dict[int, int]:
    """Units by person: what is so now, taken back line by line to that minute."""
    units = dict(Unit.objects.values_list("person").annotate(many=Count("pk")))
    later = Event.objects.filter(chain=PEOPLE, kind="capacity_set", at__gt=moment)
    # Newest first, so that what was before the earliest change is what stays.
    for body in later.order_by("-position").values_list("body", flat=True):
        facts = orjson.loads(bytes(body))["facts"]
        person = numbers.get(facts["person"])
        if person is not None and "units_before" in facts:
            units[person] = int(facts["units_before"])
    return units
