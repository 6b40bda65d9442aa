"""Whom of many a case may be offered to: rings, refusals and names. Nothing here weighs.

What one person may is asked of `escalations/eligibility.py`.
"""

from escalations import eligibility
from routing.matching.work import ANYONE, Terms, WaitingCase, Worker

Reached = tuple[Worker, int]  # somebody, and the first ring that reaches them


def ring_of(case: WaitingCase, person: Worker, terms: Terms) -> int | None:
    """The first ring that reaches this person; None if none ever does."""
    if not could_take(case, person):
        return None
    elif eligibility.is_named(person, case):
        return 0
    ring = ring_by_skill(case, person, terms)
    return None if ring and case.strict else ring


def is_particular(case: WaitingCase) -> bool:
    """Whether some people are to be told apart for it, beyond what they can."""
    return bool(case.refused or case.assignee or case.excluded or case.had_part or case.kept_apart)


def with_named(case: WaitingCase, reach: list[Reached], duty: list[Worker]) -> list[Reached]:
    """With whoever the case asks for by name, whatever their skills."""
    named = [one for one in duty if eligibility.is_named(one, case) and could_take(case, one)]
    others = [one for one in reach if one[0] not in named]
    return [*((one, 0) for one in named), *others] if named else reach


def could_take(case: WaitingCase, person: Worker) -> bool:
    """Whether cases like this are for them, whatever their skills: by their role, and as large as
    they can hold."""
    return case.units <= person.units and (person.leads or not case.wanted_by)


def ring_by_skill(case: WaitingCase, person: Worker, terms: Terms) -> int | None:
    """The first ring that reaches these skills, as if the case were not strict."""
    if person.meets(case.skills):
        return 0
    for ring, (_, lower_by) in enumerate(terms.rings, 1):
        if lower_by is ANYONE or _has(case, person, lower_by):
            return ring
    return None


def open_ring(case: WaitingCase, now: float, terms: Terms) -> int:
    """The ring that its waiting, or its ladder, has opened; a strict case stays at its wish."""
    if case.strict or not terms.rings:
        return 0
    elif now - case.arrived_min < terms.rings[0][0]:
        return min(case.widened, len(terms.rings))
    by_time = sum(now - case.arrived_min >= after for after, _ in terms.rings)
    return max(by_time, min(case.widened, len(terms.rings)))


def asked(
    case: WaitingCase, reach: list[Reached], ring: int, now: float, terms: Terms
) -> list[Reached]:
    """Those on duty who may be asked now: the named one, or whom the ring reaches.

    A ring that reaches nobody gives way at once to the next that reaches somebody, but only time
    opens a ring that asks for no skill. Somebody asked for by name is asked alone while they are
    there and have room, or will within `keep_free_min` of a case that presses nobody. Who refused
    comes back when their time is over and all others refused as well.
    """
    if case.assignee:
        for person, needed in reach:
            if is_waited_for(case, person, now, terms):
                return [(person, needed)]
    reached = within(reach, ring, terms)
    if not is_particular(case):
        return reached
    # Only now: who is barred by name or by their vote still counts as reached, so that a ring does
    # not give way at once because its only member had their part; time opens the next.
    return [one for one in reached if _may_be_asked_again(case, one[0], reached, now)]


def is_kept_for(case: WaitingCase, person: Worker, now: float, terms: Terms) -> bool:
    """Whether it waits for this person, asked for by name, before anybody else is asked."""
    reached = ring_of(case, person, terms) is not None
    there = eligibility.is_on_duty(person, now)
    return reached and there and is_waited_for(case, person, now, terms)


def within(reach: list[Reached], ring: int, terms: Terms) -> list[Reached]:
    """Those whom this ring reaches, or the nearest that needs no waiting for."""
    reached = [one for one in reach if one[1] <= ring]
    if reached or not reach:
        return reached
    nearest = min(needed for _, needed in reach)
    if terms.rings[nearest - 1][1] is ANYONE:
        return []
    return [one for one in reach if one[1] == nearest]


def is_waited_for(case: WaitingCase, person: Worker, now: float, terms: Terms) -> bool:
    """Whether it is left to this person, whom it asks for: at once, or soon if it can wait."""
    if not eligibility.is_asked_for(person, case) or not person.available:
        return False
    out = person.id in case.refused or eligibility.bar(person, case)
    if out:
        return False
    fits = eligibility.room(person, case.task_type) >= case.units
    if fits and eligibility.interrupts(person, case):
        return True
    elif case.alerted or case.widened or case.due_min <= now:
        return False
    when = fits_at(person, case.units, now)
    return when is not None and when <= now + terms.keep_free_min


def _may_be_asked_again(
    case: WaitingCase, person: Worker, reached: list[Reached], now: float
) -> bool:
    if eligibility.bar(person, case):
        return False
    until = case.refused.get(person.id)
    if until is None:
        return True
    return until <= now and all(
        other.id in case.refused or eligibility.bar(other, case) or not _counts(case, other, now)
        for other, _ in reached
    )


def _counts(case: WaitingCase, person: Worker, now: float) -> bool:
    """Whether the case can be left to this person: what presses, only if they can take it now."""
    if not case.presses(now):
        return True
    takes = eligibility.takes(person, now) and eligibility.interrupts(person, case)
    return takes and eligibility.room(person, case.task_type) >= case.units


def fits_at(person: Worker, units: int, now: float, free: int | None = None) -> float | None:
    """When so many units of this person are expected to be free; None if that never is so."""
    has = person.free if free is None else free
    if has >= units:
        return now
    for taken, end in sorted(person.running, key=lambda one: one[1]):
        has += taken
        if has >= units:
            return max(now, end)
    return None


def _has(case: WaitingCase, person: Worker, lower_by: int) -> bool:
    for skill, wished in case.skills.items():
        if wished > 0 and person.skills.get(skill, 0) < max(1, wished - lower_by):
            return False
    return True
