"""The honest wait: from who is there, what they hold and what stands before a case.

What waits and the people are read at most every two seconds and process, so that an arrival costs
no statement.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import mean

from escalations import requirements
from escalations.methods import Outlook
from escalations.models import Escalation
from routing import crew, shifts
from routing.matching import Person

FRESH_S = 2.0
AHEAD_MAX = 1_000


@dataclass(frozen=True, slots=True)
class _Seen:
    at_s: float
    people: list[Person]
    waiting: list[int]  # The requirements of what waits, first by rank; the first `AHEAD_MAX`.
    kinds: Mapping[int, Mapping[str, int]]
    back_at: dict[str, datetime | None]


_seen: _Seen | None = None
_reading = threading.Lock()


def outlook(
    *, task_type: str, skills: Mapping[str, int], units: int, ahead: int | None, now: datetime
) -> Outlook:
    """What can be said about such a case with so many before it; where `ahead` is None, with as
    many as wait for the same skills now.

    The wait is that of the cases before it, shared out among those on shift who can take them, at
    the pace that they have shown. None where nobody is there, or more wait than are looked at.
    """
    seen = _look(now)
    able = [one for one in seen.people if one.available and _can(one, skills, units)]
    if not able:
        return Outlook(back_at=_back_at(seen, skills, now))
    free = sum(one.free >= units for one in able)
    before = _before(seen, able, dict(skills), ahead)
    return Outlook(len(able), free, _wait_s(able, task_type, units, before))


def forget() -> None:
    """Read the people again at the next question."""
    global _seen
    _seen = None


def _look(now: datetime) -> _Seen:
    global _seen
    with _reading:
        if _seen is None or time.monotonic() - _seen.at_s > FRESH_S:
            in_order = Escalation.objects.waiting().order_by("rank", "number")
            waiting = list(in_order.values_list("requirement", flat=True)[:AHEAD_MAX])
            kinds = requirements.skills_of_all(set(waiting))
            _seen = _Seen(time.monotonic(), crew.there(now), waiting, kinds, {})
        return _seen


def _can(person: Person, skills: Mapping[str, int], units: int) -> bool:
    has = all(person.skills.get(skill, 0) >= wished for skill, wished in skills.items())
    return has and person.units >= units


def _before(
    seen: _Seen, able: list[Person], skills: dict[str, int], ahead: int | None
) -> float | None:
    """How many stand before it for these people: of its own skills so many, and of others what
    comes by rank before the next of its own, as far as it is theirs. None where that is not seen.
    """
    theirs = {number: _share(seen, able, kind) for number, kind in seen.kinds.items()}
    own, others = 0, 0.0
    for number in seen.waiting:
        if seen.kinds[number] != skills:
            others += theirs[number]
        elif own == ahead:
            return own + others
        else:
            own += 1
    if len(seen.waiting) == AHEAD_MAX:
        return None
    return others + (own if ahead is None else ahead)


def _share(seen: _Seen, able: list[Person], kind: Mapping[str, int]) -> float:
    """What part of those who can take this kind now these people are."""
    can = [one for one in seen.people if one.available and _can(one, kind, 1)]
    return sum(one in able for one in can) / len(can) if can else 0.0


def _wait_s(there: list[Person], task_type: str, units: int, before: float | None) -> int | None:
    if before is None:
        return None
    room = sum(one.free // units for one in there)
    behind = max(0.0, before + 1 - room)
    usual = mean(one.minutes.get(task_type, crew.USUAL_MIN) for one in there)
    return round(60 * behind * usual / len(there))


def _back_at(seen: _Seen, skills: Mapping[str, int], now: datetime) -> datetime | None:
    """When the first of those who could take it works again."""
    key = requirements.key(skills)
    if key not in seen.back_at:
        duty = shifts.on_duty(crew.who_have(skills), now)
        again = (one.back_at for one in duty.values() if one.back_at)
        seen.back_at[key] = min(again, default=None)
    return seen.back_at[key]
