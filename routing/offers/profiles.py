"""What of people seldom changes, remembered: name, role, skills, week and limits.

Whoever changes one of these writes a line of the people's record (`announcing.py`), so what was
read is good until that chain has another last line.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.models import DECIDERS, User
from escalations.eligibility import Person
from escalations.record import lines
from routing.attendance import calendar
from routing.attendance.calendar import Week
from routing.models import WorkLimit
from routing.people import announcing, roster

FRESH_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Person):
    """One person who may decide. `limits`: how many units of a type of work they take at once."""

    week: Week
    limits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Memory:
    """What was read since the people's record ended with this line; None for who may not decide."""

    head: str = ""
    since: float = 0.0
    people: Mapping[int, Profile | None] = field(default_factory=dict)


_memory = _Memory()


def of(user_ids: Collection[int], now: datetime) -> dict[int, Profile]:
    """These people; who may not decide is left out. One statement where all are remembered, five
    more where somebody is not. What no line told of is seen within `FRESH_S`."""
    global _memory
    # The line is read before the people: what changes in between is then read again at the next
    # question, and never taken for known.
    memory, head = _memory, lines.head(announcing.CHAIN)
    if memory.head != head or time.monotonic() - memory.since > FRESH_S:
        memory = _Memory(head, time.monotonic())
    missing = [pk for pk in user_ids if pk not in memory.people]
    if missing:
        # A new memory instead of one that grows: other threads may be reading it.
        people = {**memory.people, **dict.fromkeys(missing), **_read(missing, now)}
        memory = _memory = _Memory(memory.head, memory.since, people)
    known = memory.people
    return {pk: found for pk in user_ids if (found := known[pk]) is not None}


def forget() -> None:
    """Read everybody again at the next question."""
    global _memory
    _memory = _Memory()


def limits_of(user_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """How many units of a type of work each of these takes at once, where that is limited."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = WorkLimit.objects.filter(person__among=user_ids)
    for person, kind, units in rows.values_list("person", "task_type", "units"):
        found[person][kind] = units
    return found


def _read(user_ids: Collection[int], now: datetime) -> dict[int, Profile]:
    users = User.objects.filter(pk__among=user_ids, is_active=True, role__in=DECIDERS)
    found = {user.pk: user for user in users.only("username", "first_name", "role")}
    skills, weeks, limits = (
        roster.skills_of_all(found),
        calendar.weeks_of(found, now),
        limits_of(found),
    )
    return {
        pk: Profile(
            id=pk,
            skills=skills.get(pk, {}),
            username=user.username,
            name=user.first_name or user.username,
            role=user.role,
            week=weeks[pk],
            limits=limits.get(pk, {}),
        )
        for pk, user in found.items()
    }
