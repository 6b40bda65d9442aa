"""The honest wait: from who is there, what they hold and what stands before a case.

What waits and the people are read at most every two seconds and process, so that an arrival costs
no statement.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean

from escalations import eligibility
from escalations.eligibility import Case
from escalations.models import Escalation, requirements
from escalations.policy.methods import Outlook
from routing.attendance import calendar, wrapping
from routing.matching import Id, Worker
from routing.matching.paces import LAST, USUAL_MIN
from routing.models import Offer
from routing.offers import crew

FRESH_S = 2.0
AHEAD_MAX = 1_000


@dataclass(frozen=True, slots=True)
class _Line:
    """Who can take such cases now, and how many of theirs stand before each that waits for the
    same skills; `behind` all of these, None where more wait than are looked at."""

    able: list[Worker]
    before: list[float]
    behind: float | None


@dataclass(frozen=True, slots=True)
class _Seen:
    at_s: float
    people: list[Worker]
    waiting: list[int]  # The requirements of what waits, first by rank; the first `AHEAD_MAX`.
    takers: Mapping[int, set[Id]]  # Who can take a case of this requirement now.
    own: Mapping[str, int]  # The requirement by its key.
    answering_min: float  # From an offer to its being accepted, of late.
    lines: dict[tuple[str, int], _Line] = field(default_factory=dict)
    back_at: dict[str, datetime | None] = field(default_factory=dict)


_seen: _Seen | None = None
_reading = threading.Lock()


def outlook(
    *,
    task_type: str,
    skills: Mapping[str, int],
    units: int,
    level: int,
    ahead: int | None,
    now: datetime,
) -> Outlook:
    """What can be said about such a case with so many before it; where `ahead` is None, with as
    many as wait for the same skills now.

    The wait is that of the cases before it, shared out among those on shift who can take them. Each
    takes one after the other: at the pace that they have shown, with the breath that is theirs
    after an answer and the time until an offer is accepted. Whoever can be asked at once takes one
    of them at once, and the next when that is done. None where nobody is there, or more wait than
    are looked at.
    """
    seen = _look(now)
    line = _line(seen, skills, units)
    if not line.able:
        return Outlook(back_at=_back_at(seen, skills, now))
    case = Case(task_type=task_type, units=units, level=level)
    # Who wraps up is there, and free when that is over.
    here = [one for one in line.able if one.available]
    with_room = [one for one in here if eligibility.room(one, task_type) >= units]
    before, wait_s = _before(line, ahead), None
    if before is not None:
        # Whoever works is asked for what is more urgent alone, whatever room they have.
        at_once = sum(eligibility.interrupts(one, case) for one in with_room)
        # Who is quicker takes more of them.
        a_minute = sum(1 / _cycle_min(one, task_type, seen.answering_min) for one in line.able)
        wait_s = round(60 * max(0.0, before + 1 - at_once) / a_minute)
    return Outlook(len(line.able), len(with_room), wait_s)


def forget() -> None:
    """Read the people again at the next question."""
    global _seen
    _seen = None


def _look(now: datetime) -> _Seen:
    global _seen
    # One thread reads and the others wait for what it finds. Its age goes by the steady clock, as a
    # jump of the other would keep it for hours.
    with _reading:
        if _seen is None or time.monotonic() - _seen.at_s > FRESH_S:
            _seen = _read(now)
        return _seen


def _read(now: datetime) -> _Seen:
    people = crew.counted_on(now)
    in_order = Escalation.objects.waiting().order_by("rank", "number")
    waiting = list(in_order.values_list("requirement", flat=True)[:AHEAD_MAX])
    kinds = requirements.skills_of_all(set(waiting))
    return _Seen(
        at_s=time.monotonic(),
        people=people,
        waiting=waiting,
        takers={
            number: {one.id for one in _able(people, Case(skills))}
            for number, skills in kinds.items()
        },
        own={requirements.key(skills): number for number, skills in kinds.items()},
        answering_min=_answering_min(),
    )


def _answering_min() -> float:
    accepted = Offer.objects.filter(outcome=Offer.Outcome.ACCEPTED).order_by("-pk")[:LAST]
    spans = [
        (answered_at - offered_at).total_seconds() / 60
        for offered_at, answered_at in accepted.values_list("offered_at", "answered_at")
        if answered_at
    ]
    return fmean(spans) if spans else 0.0


def _able(people: list[Worker], case: Case) -> list[Worker]:
    return [
        one
        for one in people
        if (one.available or one.instead == wrapping.WRAPPING_UP)
        and one.units >= case.units
        and eligibility.may_take(one, case)
    ]


def _line(seen: _Seen, skills: Mapping[str, int], units: int) -> _Line:
    key = (requirements.key(skills), units)
    # Without the lock: two threads at once work out the same, and either may stay.
    if key not in seen.lines:
        able = _able(seen.people, Case(skills, units=units))
        seen.lines[key] = _lined_up(seen, able, seen.own.get(key[0]))
    return seen.lines[key]


def _lined_up(seen: _Seen, able: list[Worker], own: int | None) -> _Line:
    """Of cases that ask for other skills so much is theirs as they are of those who can take it."""
    ids = {one.id for one in able}
    theirs = {n: len(ids & can) / len(can) if can else 0.0 for n, can in seen.takers.items()}
    before: list[float] = []
    others = 0.0
    for number in seen.waiting:
        if number == own:
            before.append(len(before) + others)
        else:
            others += theirs[number]
    is_whole = len(seen.waiting) < AHEAD_MAX
    return _Line(able, before, len(before) + others if is_whole else None)


def _before(line: _Line, ahead: int | None) -> float | None:
    if ahead is not None and ahead < len(line.before):
        return line.before[ahead]
    elif line.behind is None:
        return None
    else:
        return line.behind + (0 if ahead is None else ahead - len(line.before))


def _cycle_min(one: Worker, task_type: str, answering_min: float) -> float:
    """From one case of theirs to the next."""
    return one.minutes.get(task_type, USUAL_MIN) + one.breath_min + answering_min


def _back_at(seen: _Seen, skills: Mapping[str, int], now: datetime) -> datetime | None:
    """When the first of those who could take it works again."""
    key = requirements.key(skills)
    if key not in seen.back_at:
        duty = calendar.on_duty(crew.who_may_take(Case(skills)), now)
        again = (one.back_at for one in duty.values() if one.back_at)
        seen.back_at[key] = min(again, default=None)
    return seen.back_at[key]
