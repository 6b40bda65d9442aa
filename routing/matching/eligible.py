"""Who may take a case: duty, skills by ring, refusals and room. Nothing here weighs."""

from routing.matching.work import ANYONE, Case, Person, Terms

Reached = tuple[Person, int]  # somebody, and the first ring that reaches them


def on_duty(person: Person, now: float) -> bool:
    """On shift, and either there or coming back to what they hold."""
    return (person.available or bool(person.running)) and now < person.on_shift_until_min


def takes(person: Person, now: float) -> bool:
    """There, on shift, and something free."""
    return person.available and person.free > 0 and now < person.on_shift_until_min


def ring_of(case: Case, person: Person, terms: Terms) -> int | None:
    """The first ring that reaches this person; None if none ever does."""
    if not may_take(case, person):
        return None
    elif is_named(case, person):
        return 0
    ring = ring_by_skill(case, person, terms)
    return None if ring and case.strict else ring


def is_named(case: Case, person: Person) -> bool:
    """Whether it asks for this person, which for all but strict work is as good as the skill."""
    return case.asked_for == person.id and not case.strict


def with_named(case: Case, reach: list[Reached], duty: list[Person]) -> list[Reached]:
    """With whoever the case asks for by name, whatever their skills."""
    named = [one for one in duty if is_named(case, one) and may_take(case, one)]
    others = [one for one in reach if one[0] not in named]
    return [*((one, 0) for one in named), *others] if named else reach


def may_take(case: Case, person: Person) -> bool:
    """Whether it would ever be theirs, whatever their skills."""
    return case.units <= person.units and (person.is_lead or not case.only_lead)


def ring_by_skill(case: Case, person: Person, terms: Terms) -> int | None:
    """The first ring that reaches these skills, as if the case were not strict."""
    for skill, wished in case.skills.items():
        if person.skills.get(skill, 0) < wished:
            break
    else:
        return 0
    for ring, (_, lower_by) in enumerate(terms.rings, 1):
        if lower_by is ANYONE or _has(case, person, lower_by):
            return ring
    return None


def open_ring(case: Case, now: float, terms: Terms) -> int:
    """The ring that its waiting, or its ladder, has opened; a strict case stays at its wish."""
    if case.strict or not terms.rings:
        return 0
    elif now - case.arrived_min < terms.rings[0][0]:
        return min(case.widened, len(terms.rings))
    by_time = sum(now - case.arrived_min >= after for after, _ in terms.rings)
    return max(by_time, min(case.widened, len(terms.rings)))


def asked(case: Case, reach: list[Reached], ring: int, now: float, terms: Terms) -> list[Reached]:
    """Those on duty who may be asked now: the named one, or whom the ring reaches.

    A ring that reaches nobody gives way at once to the next that reaches somebody, but only time
    opens a ring that asks for no skill. Somebody asked for by name is asked alone while they are
    there and have room, or will within `keep_free_min` of a case that presses nobody. Who refused
    comes back when their time is over and all others refused as well.
    """
    for person, needed in reach:
        if is_waited_for(case, person, now, terms):
            return [(person, needed)]
    reached = within(reach, ring, terms)
    if not case.refused:
        return reached
    return [one for one in reached if _may_be_asked_again(case, one[0], reached, now)]


def is_kept_for(case: Case, person: Person, now: float, terms: Terms) -> bool:
    """Whether it waits for this person, asked for by name, before anybody else is asked."""
    reached = ring_of(case, person, terms) is not None
    return reached and on_duty(person, now) and is_waited_for(case, person, now, terms)


def within(reach: list[Reached], ring: int, terms: Terms) -> list[Reached]:
    """Those whom this ring reaches, or the nearest that needs no waiting for."""
    reached = [one for one in reach if one[1] <= ring]
    if reached or not reach:
        return reached
    nearest = min(needed for _, needed in reach)
    if terms.rings[nearest - 1][1] is ANYONE:
        return []
    return [one for one in reach if one[1] == nearest]


def is_waited_for(case: Case, person: Person, now: float, terms: Terms) -> bool:
    """Whether it is left to this person, whom it asks for: at once, or soon if it can wait."""
    if person.id != case.asked_for or person.id in case.refused or not person.available:
        return False
    elif min(person.free, person.limits.get(case.task_type, person.free)) >= case.units:
        return True
    elif case.alerted or case.widened or case.due_min <= now:
        return False
    when = fits_at(person, case.units, now)
    return when is not None and when <= now + terms.keep_free_min


def _may_be_asked_again(case: Case, person: Person, reached: list[Reached], now: float) -> bool:
    until = case.refused.get(person.id)
    if until is None:
        return True
    return until <= now and all(other.id in case.refused for other, _ in reached)


def fits_at(person: Person, units: int, now: float, free: int | None = None) -> float | None:
    """When so many units of this person are expected to be free; None if that never is so."""
    has = person.free if free is None else free
    if has >= units:
        return now
    for taken, end in sorted(person.running, key=lambda one: one[1]):
        has += taken
        if has >= units:
            return max(now, end)
    return None


def missing(case: Case, person: Person) -> tuple[tuple[str, int], ...]:
    """The wishes that this person is below."""
    return tuple(
        (skill, wished)
        for skill, wished in sorted(case.skills.items())
        if person.skills.get(skill, 0) < wished
    )


def _has(case: Case, person: Person, lower_by: int) -> bool:
    for skill, wished in case.skills.items():
        if wished > 0 and person.skills.get(skill, 0) < max(1, wished - lower_by):
            return False
    return True
