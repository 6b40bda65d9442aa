"""What a person is told about matching, in one sentence, read from the numbers it was done by."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import inf

from escalations import eligibility
from escalations.eligibility import Id
from routing.matching import eligible
from routing.matching.choosing import match, worth_below
from routing.matching.work import ANYONE, Match, Plan, Terms, WaitingCase, Worker

YOU = "you"
LET_BY = "did not answer an offer a moment ago"
NUMBERS = ("no", "one", "two", "three", "four", "five")


def why(match: Match) -> str:
    """Why this case went to this person."""
    left = match.left_min
    if left == inf:
        when = "No deadline"
    else:
        when = f"{_minutes(abs(left))} {'to' if left >= 0 else 'past'} its deadline"
    reason = f"{_dearness(match)}, and {_suitability(match)}"
    return f"{when}: {reason} ({_about(match.minutes)} of work).{_relaxed(match)}"


def why_nobody(
    case: WaitingCase,
    people: Iterable[Worker],
    now: float,
    terms: Terms,
    plan: Plan | None = None,
    *,
    to: Id | None = None,
) -> str:
    """Why nobody has been offered this case yet; by a `plan` of all that waits it tells who is kept
    free for it, and whether others go first. Whoever it is said `to` is “you”."""
    everybody = [replace(one, name=YOU) if one.id == to else one for one in people]
    said = _why_nobody(case, everybody, now, terms, plan)
    return said[0].upper() + said[1:]


def _why_nobody(
    case: WaitingCase, everybody: list[Worker], now: float, terms: Terms, plan: Plan | None
) -> str:
    kept = plan.kept if plan else ()
    reach = [
        (person, ring)
        for person in everybody
        if eligibility.is_on_duty(person, now)
        and (ring := eligible.ring_of(case, person, terms)) is not None
    ]
    asked = eligible.asked(case, reach, eligible.open_ring(case, now, terms), now, terms)
    for one in kept:
        if one.case == case.id:
            free = [person for person in everybody if person.id == one.person]
            name = _name(free[0]) if free else str(one.person)
            return f"{name} {_are(free)} kept free for it; {_unit(one.until_min, now)}."
    if not asked:
        return _nobody_reached(case, reach, everybody, now, terms)
    willing = [person for person, _ in asked]
    here = [person for person in willing if eligibility.takes(person, now)]
    free = [
        one
        for one in here
        if eligibility.room(one, case.task_type) >= case.units and eligibility.interrupts(one, case)
    ]
    if free and not any(_worth(case, person, now, terms) for person in free):
        wished = _wishes(tuple(sorted(case.skills.items())))
        return f"Needs {wished}; it can still wait for somebody who has it."
    if free and plan and case.id not in _next(plan):
        return "Whoever is free for it is asked for more pressing work first."
    elif free:
        return "Somebody who can take it is free; it is about to be offered."
    return _refused(case, everybody) + _nobody_free(case, willing, now, terms)


def why_nothing(
    person: Worker, cases: Iterable[WaitingCase], people: Iterable[Worker], now: float, terms: Terms
) -> str:
    """Why nothing is offered to this person now."""
    waiting, everybody = list(cases), list(people)
    if idle := eligibility.why_takes_nothing(person, now):
        return idle
    plan = match(waiting, everybody, now, terms)
    for one in plan.kept:
        if one.person == person.id:
            soon = _soon(one.until_min - now)
            return f"Kept free for a {_number(one.units)}-unit case, expected {soon}."
    if any(one.person == person.id for one in plan.matches):
        return "Something is being offered to you now."
    return _nothing_fits(person, waiting, everybody, now, terms)


def why_passed_over(case: WaitingCase, person: Worker, now: float, terms: Terms) -> str:
    """Why a person who takes from the list does not get this case; empty where they may."""
    if person.free < case.units or eligibility.room(person, case.task_type) < case.units:
        return f"It takes {_units(case.units)}; you have {_units(person.free)} free for it."
    elif barred := eligibility.why_not(person, case):
        return barred.to_them
    elif not _reaches(case, person, now, terms):
        return f"Needs {_wishes(tuple(sorted(case.skills.items())))}."
    elif person.id in case.refused:
        spared = _minutes(case.refused[person.id] - now)
        return f"You had or declined it; others come first for {spared}."
    elif not _worth(case, person, now, terms):
        wished = _wishes(tuple(sorted(case.skills.items())))
        return f"Needs {wished}; it can still wait for somebody who has it."
    else:
        return ""


def _next(plan: Plan) -> set[Id]:
    """What each person is offered first."""
    first: dict[Id, Id] = {}
    for one in plan.matches:
        first.setdefault(one.person, one.case)
    return set(first.values())


def _dearness(match: Match) -> str:
    if match.is_alert:
        return "level 4 comes before everything else"
    elif match.costlier == 0:
        return "waiting costs most on this one"
    elif match.costlier == 1:
        return "one that waits costs more but takes more work or fits others better"
    else:
        return f"{match.costlier} that wait cost more but take more work or fit others better"


def _suitability(match: Match) -> str:
    if match.named:
        return "it is kept for you"
    elif match.known:
        return "you know this customer"
    elif match.of == 1:
        return "you are the only one who can be asked for it just now"
    elif match.place == 1:
        return "you fit best of all who can be asked just now"
    else:
        return f"you fit best after {_number(match.place - 1)} who got other work"


def _relaxed(match: Match) -> str:
    if not match.missing or match.ring == 0:
        return ""
    wished = _wishes(match.missing)
    if match.nobody_on_shift:
        return f" It needs {wished}; nobody who takes offers has it, so the nearest are asked."
    waited = _minutes(match.waited_min)
    return f" It needs {wished}; after {waited} of waiting others are asked (ring {match.ring})."


def _nobody_reached(
    case: WaitingCase, reach: list[eligible.Reached], people: list[Worker], now: float, terms: Terms
) -> str:
    duty = [person for person in people if eligibility.is_on_duty(person, now)]
    within = eligible.within(reach, eligible.open_ring(case, now, terms), terms)
    if within:
        back = min(case.refused.get(person.id, inf) for person, _ in within)
        again = f"; asked again {_soon(back - now)}" if now < back < inf else ""
        refused = _refused(case, [person for person, _ in within])
        return f"{refused}nobody else who takes offers can take it{again}."
    elif not duty:
        return "Nobody who takes offers is on shift."
    elif case.wanted_by and not any(person.leads for person in duty):
        return "Only a supervisor may take it; none of those on shift takes offers."
    elif all(person.units < case.units for person in duty):
        units = "unit" if case.units == 1 else "units"
        return f"It takes {_number(case.units)} {units}; nobody who takes offers can hold as many."
    elif not case.skills:
        return "Nobody who takes offers may take it."
    wider = [after for after, lower_by in terms.rings if lower_by is ANYONE]
    wait = case.arrived_min + wider[0] - now if wider and not case.strict else 0
    later = f"; anyone present is asked {_soon(wait)}" if wait > 0 else ""
    wished = _wishes(tuple(sorted(case.skills.items())))
    return f"Needs {wished}; nobody who takes offers has it{later}."


def _nobody_free(case: WaitingCase, willing: list[Worker], now: float, terms: Terms) -> str:
    here = [person for person in willing if person.available]
    full = [person for person in here if not person.is_asked and person.free < case.units]
    ends = [eligible.fits_at(person, case.units, now) for person in full]
    soonest = _unit(min((end for end in ends if end is not None), default=None), now)
    named = next((one for one in here if eligible.is_waited_for(case, one, now, terms)), None)
    if named is not None:
        they = YOU if named.name == YOU else "they"
        until = f"{they} are asked for something else just now" if named.is_asked else soonest
        return f"Kept for {_name(named)}; {until}."
    elif not here:
        does = " or ".join(sorted({person.instead for person in willing}))
        return f"{_who(willing)} {_are(willing)} {does}."
    elif not full and any(person.is_asked for person in here):
        return f"{_who(here)} {_are(here)} asked for something else just now."
    at_work = [one for one in here if not eligibility.interrupts(one, case)]
    if at_work and not full and len(at_work) == len(here):
        return f"{_who(here)} {_at_work(at_work)}."
    elif len(full) < len(here):
        return f"{_who(here)} are full, working or asked already; {soonest}."
    else:
        return f"{_who(here)} {_are(here)} full; {soonest}."


def _at_work(people: list[Worker]) -> str:
    working = f"{_are(people)} working on another case just now"
    if all(one.let_by for one in people):
        return LET_BY
    elif any(one.let_by for one in people):
        return f"{working} or {LET_BY}"
    else:
        return working


def _nothing_fits(
    person: Worker, waiting: list[WaitingCase], people: list[Worker], now: float, terms: Terms
) -> str:
    if not waiting:
        return "Nothing waits."
    others = [one for one in people if one.id != person.id]
    did, then = "are working on a case", "when you pause"
    if person.let_by:
        did, then = LET_BY, "in a minute"
    steps: list[tuple[Callable[[WaitingCase], bool], str]] = [
        (
            lambda case: _reaches(case, person, now, terms),
            "Nothing waits that needs your skills.",
        ),
        (
            lambda case: person.id not in case.refused and not eligibility.bar(person, case),
            "You had or declined what waits for your skills, or may not decide it.",
        ),
        (
            lambda case: not any(eligible.is_kept_for(case, one, now, terms) for one in others),
            "What waits for your skills is kept for somebody else.",
        ),
        (
            lambda case: _worth(case, person, now, terms),
            "What waits asks for more than your skills and can still wait for others.",
        ),
        (
            lambda case: eligibility.interrupts(person, case),
            f"You {did}; what waits is no more urgent, and comes {then}.",
        ),
        (
            lambda case: case.units <= person.free,
            "What waits for your skills takes more than you have free.",
        ),
        (
            lambda case: eligibility.room(person, case.task_type) >= case.units,
            "You hold as much of the waiting kind of work as your limit allows.",
        ),
    ]
    # Each step sees what the ones before it left, so that the first to leave nothing is the reason;
    # their order is that of the rule.
    for holds, otherwise in steps:
        waiting = [case for case in waiting if holds(case)]
        if not waiting:
            return otherwise
    return "What waits for your skills is being offered to others now."


def _reaches(case: WaitingCase, person: Worker, now: float, terms: Terms) -> bool:
    ring = eligible.ring_of(case, person, terms)
    return ring is not None and ring <= eligible.open_ring(case, now, terms)


def _worth(case: WaitingCase, person: Worker, now: float, terms: Terms) -> bool:
    usual = person.minutes.get(case.task_type, terms.usual_min)
    below = eligible.ring_by_skill(case, person, terms) != 0
    return not below or worth_below(case, usual * terms.below_slower, now, terms) > 0


def _refused(case: WaitingCase, people: list[Worker]) -> str:
    """Who of them is left out, and why, as the beginning of a sentence."""
    barred = [_name(person) for person in people if _is_barred(person, case)]
    others = [
        _name(person)
        for person in people
        if person.id in case.refused and not _is_barred(person, case)
    ]
    said = [(barred, "may not decide it"), (others, "had or declined it")]
    return "".join(f"{', '.join(names)} {why}; " for names, why in said if names)


def _is_barred(person: Worker, case: WaitingCase) -> bool:
    """Kept from this one case, as others of their skills and role are not."""
    return eligibility.bar(person, case) in {"excluded", "same_person", "same_group"}


def _who(people: list[Worker]) -> str:
    if len(people) > 1:
        return f"all {len(people)} who can take it"
    elif people[0].name == YOU:
        return f"{YOU}, who can take it,"
    else:
        return f"{_name(people[0])} who can take it"


def _are(people: list[Worker]) -> str:
    return "are" if len(people) > 1 or (people and people[0].name == YOU) else "is"


def _unit(end: float | None, now: float) -> str:
    if end is None:
        return "nothing is expected to be free soon"
    elif end <= now:
        return "room is expected any minute"
    else:
        return f"room is expected in {_about(end - now)}"


def _wishes(wishes: tuple[tuple[str, int], ...]) -> str:
    return " and ".join(f"{skill} {wished}" for skill, wished in wishes)


def _name(person: Worker) -> str:
    return person.name or str(person.id)


def _number(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def _units(number: int) -> str:
    return f"{_number(number)} {'unit' if number == 1 else 'units'}"


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return "less than a minute"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"


def _about(minutes: float) -> str:
    return _minutes(minutes) if minutes < 1 else f"about {_minutes(minutes)}"


def _soon(minutes: float) -> str:
    return "at once" if minutes <= 0 else f"in {_minutes(minutes)}"
