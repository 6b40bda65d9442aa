"""Why nobody has been offered a case yet, and who of all who are signed in could take it.

Who can take it is said of the same people as on the floor: both ask `eligibility.why_not_now`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf

from escalations import eligibility
from escalations.eligibility import Id
from escalations.text import formatting
from routing.matching import eligible, phrases
from routing.matching.phrases import LET_BY, YOU
from routing.matching.sentences import is_worth
from routing.matching.work import ANYONE, Plan, Terms, WaitingCase, Worker


def why_nobody(
    case: WaitingCase,
    people: Iterable[Worker],
    now: float,
    terms: Terms,
    plan: Plan | None = None,
    *,
    others: Iterable[Worker] = (),
    to: Id | None = None,
) -> str:
    """Why nobody has been offered this case yet; by a `plan` of all that waits it tells who is kept
    free for it, and whether others go first. `others` are signed in, and nothing is offered to
    them. Whoever it is said `to` is “you”."""
    everybody, listing = (
        [replace(one, name=YOU) if one.id == to else one for one in some]
        for some in (people, others)
    )
    said = _Waits(case, everybody, listing, now, terms).why(plan)
    return said[0].upper() + said[1:]


@dataclass(frozen=True, slots=True)
class _Waits:
    """A case before everybody who is offered work, and before `listing`, who take it themselves."""

    case: WaitingCase
    everybody: list[Worker]
    listing: list[Worker]
    now: float
    terms: Terms

    def why(self, plan: Plan | None) -> str:
        kept = plan.kept if plan else ()
        for one in kept:
            if one.case == self.case.id:
                free = [person for person in self.everybody if person.id == one.person]
                name = phrases.name(free[0]) if free else str(one.person)
                return f"{name} {_are(free)} kept free for it; {_unit(one.until_min, self.now)}."
        reach = self._reach()
        ring = eligible.open_ring(self.case, self.now, self.terms)
        asked = eligible.asked(self.case, reach, ring, self.now, self.terms)
        if not asked:
            return self._nobody_reached(eligible.within(reach, ring, self.terms))
        willing = [person for person, _ in asked]
        free = [one for one in willing if eligibility.takes(one, self.now) and self._fits(one)]
        return self._about_to_be(free, plan) if free else self._nobody_takes(willing)

    def _reach(self) -> list[eligible.Reached]:
        return [
            (person, ring)
            for person in self.everybody
            if eligibility.is_on_duty(person, self.now)
            and (ring := eligible.ring_of(self.case, person, self.terms)) is not None
        ]

    def _fits(self, person: Worker) -> bool:
        has_room = eligibility.room(person, self.case.task_type) >= self.case.units
        return has_room and eligibility.interrupts(person, self.case)

    def _about_to_be(self, free: list[Worker], plan: Plan | None) -> str:
        if not any(is_worth(self.case, person, self.now, self.terms) for person in free):
            return f"Needs {self._wished}; it can still wait for somebody who has it."
        elif plan and self.case.id not in _first_offers(plan):
            return "Whoever is free for it is asked for more pressing work first."
        else:
            return f"Somebody {_able(self.case, free)} is free; it is about to be offered."

    def _nobody_takes(self, willing: list[Worker]) -> str:
        """Nobody has room, or takes work, of those who would be asked."""
        refused, listed = _refused(self.case, self.everybody), self._from_the_list()
        said = _nobody_free(self.case, willing, self.now, self.terms)
        if not any(one.available for one in willing):
            said = listed or self._could(self.case.refused) or said
        elif listed:
            said = f"{said}; {listed}"
        return f"{refused}{said}."

    def _nobody_reached(self, within: list[eligible.Reached]) -> str:
        """Nobody may be asked now: all who would be have refused, or none is at work."""
        could = self._from_the_list() or self._could(
            {one.id for one, _ in within if one.id in self.case.refused}
        )
        if within:
            back = min(self.case.refused.get(person.id, inf) for person, _ in within)
            soon = self.now < back < inf
            again = f"; it is offered again {phrases.soon(back - self.now)}" if soon else ""
            refused = _refused(self.case, [person for person, _ in within])
            return f"{refused}{could or 'nobody else who takes offers can take it'}{again}."
        elif could:
            needs = f"needs {self._wished}; " if self.case.skills else ""
            return f"{needs}{could}{self._later}."
        else:
            return self._nobody_at_all()

    def _nobody_at_all(self) -> str:
        here = [one for one in self.everybody if self.now < one.on_shift_until_min]
        able = [one for one in here if one.meets(self.case.skills)]
        if not here:
            return "Nobody who takes offers is on shift."
        elif self.case.wanted_by and not any(person.leads for person in here):
            return "Only a supervisor may take it; none of those on shift takes offers."
        elif not able:
            return f"Needs {self._wished}; nobody who takes offers has it{self._later}."
        elif all(person.units < self.case.units for person in able):
            skilled = f" and has {self._wished}" if self.case.skills else ""
            units = phrases.units(self.case.units)
            return f"It takes {units}; nobody who takes offers{skilled} can hold as many."
        else:
            return "Nobody who takes offers may take it."

    @property
    def _wished(self) -> str:
        return phrases.wishes(tuple(sorted(self.case.skills.items())))

    @property
    def _later(self) -> str:
        wider = [after for after, lower_by in self.terms.rings if lower_by is ANYONE]
        if not wider or self.case.strict:
            return ""
        wait = self.case.arrived_min + wider[0] - self.now
        return f"; anyone present is asked {phrases.soon(wait)}" if wait > 0 else ""

    def _from_the_list(self) -> str:
        free = [
            one for one in self.listing if not eligibility.why_not_now(one, self.case, self.now)
        ]
        return f"{_named(free)} can take it from the list" if free else ""

    def _could(self, but: Iterable[Id]) -> str:
        """Who could take it with room, at work, or as who leads; `but` for whoever is told of."""
        left = set(but)
        there = [one for one in (*self.everybody, *self.listing) if one.id not in left]
        why = [(eligibility.why_not_now(one, self.case, self.now), one) for one in there]
        full, absent, leads = (
            [one for word, one in why if word == wanted]
            for wanted in ("full", "absent", "stands_by")
        )
        if full:
            return f"{_named(full)} could take it and {_without_room(full)}"
        elif absent:
            does = formatting.listed(sorted({one.instead for one in absent}))
            return f"{_named(absent)} could take it and {_are(absent)} {does}"
        else:
            named = formatting.listed([phrases.name(one) for one in leads])
            return f"only who leads can take it: {named}" if leads else ""


def _first_offers(plan: Plan) -> set[Id]:
    """What each person is offered first."""
    first: dict[Id, Id] = {}
    for one in plan.matches:
        first.setdefault(one.person, one.case)
    return set(first.values())


def _nobody_free(case: WaitingCase, willing: list[Worker], now: float, terms: Terms) -> str:
    here = [person for person in willing if person.available]
    named = next((one for one in here if eligible.is_waited_for(case, one, now, terms)), None)
    if named is not None:
        return f"Kept for {phrases.name(named)}; {_until(case, named, now)}"
    full = [person for person in here if not person.is_asked and person.free < case.units]
    soonest = _soonest(case, full, now)
    who = _who(case, here or willing)
    if not here:
        does = " or ".join(sorted({person.instead for person in willing}))
        return f"{who} {_are(willing)} {does}"
    elif not full and any(person.is_asked for person in here):
        return f"{who} {_are(here)} asked for something else just now"
    at_work = [one for one in here if not eligibility.interrupts(one, case)]
    if at_work and not full and len(at_work) == len(here):
        return f"{who} {_at_work(at_work)}"
    elif len(full) < len(here):
        return f"{who} are full, working or asked already; {soonest}"
    else:
        return f"{who} {_are(here)} full; {soonest}"


def _until(case: WaitingCase, named: Worker, now: float) -> str:
    """What a case that waits for this one person waits for."""
    they = YOU if named.name == YOU else "they"
    if named.is_asked:
        return f"{they} are asked for something else just now"
    elif eligibility.room(named, case.task_type) < case.units:
        return _soonest(case, [named], now)
    elif eligibility.interrupts(named, case):
        return f"it is about to be offered to {'you' if they == YOU else 'them'}"
    else:
        return f"{they} {LET_BY if named.let_by else 'are working on another case just now'}"


def _soonest(case: WaitingCase, full: list[Worker], now: float) -> str:
    ends = [eligible.fits_at(person, case.units, now) for person in full]
    return _unit(min((end for end in ends if end is not None), default=None), now)


def _at_work(people: list[Worker]) -> str:
    working = f"{_are(people)} working on another case just now"
    if all(one.let_by for one in people):
        return LET_BY
    elif any(one.let_by for one in people):
        return f"{working} or {LET_BY}"
    else:
        return working


def _refused(case: WaitingCase, people: list[Worker]) -> str:
    """Who of them is left out, and why, as the beginning of a sentence."""
    barred = [phrases.name(person) for person in people if _is_barred(person, case)]
    others = [
        phrases.name(person)
        for person in people
        if person.id in case.refused and not _is_barred(person, case)
    ]
    said = [(barred, "may not decide it"), (others, "had or declined it")]
    return "".join(f"{', '.join(names)} {why}; " for names, why in said if names)


def _is_barred(person: Worker, case: WaitingCase) -> bool:
    """Kept from this one case, as others of their skills and role are not."""
    return eligibility.bar(person, case) in {"excluded", "same_person", "same_group"}


def _who(case: WaitingCase, people: list[Worker]) -> str:
    if len(people) > 1:
        return f"{len(people)} {_able(case, people)}"
    elif people[0].name == YOU:
        return f"{YOU}, {_able(case, people)},"
    else:
        return f"{phrases.name(people[0])} {_able(case, people)}"


def _able(case: WaitingCase, people: list[Worker]) -> str:
    """Whom only a wider ring reaches is asked for it, and is nobody who has its skills."""
    can = all(eligibility.may_take(one, case) for one in people)
    return "who can take it" if can else "who may be asked for it"


def _named(people: list[Worker]) -> str:
    return phrases.name(people[0]) if len(people) == 1 else str(len(people))


def _without_room(people: list[Worker]) -> str:
    """Somebody with a unit free is not full: it takes more, or is one too many of its kind."""
    if any(one.free for one in people):
        return f"{'have' if _are(people) == 'are' else 'has'} no room for it"
    return f"{_are(people)} full"


def _are(people: list[Worker]) -> str:
    return "are" if len(people) > 1 or (people and people[0].name == YOU) else "is"


def _unit(end: float | None, now: float) -> str:
    if end is None:
        return "nothing is expected to be free soon"
    elif end <= now:
        return "room is expected any minute"
    else:
        return f"room is expected in {phrases.about(end - now)}"
