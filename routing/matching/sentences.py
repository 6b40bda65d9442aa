"""What a person is told about matching, in one sentence, read from the numbers it was done by."""

from collections.abc import Callable, Iterable
from math import inf

from escalations import eligibility
from routing.matching import eligible, phrases
from routing.matching.choosing import match, worth_below
from routing.matching.work import Match, Terms, WaitingCase, Worker


def why(match: Match) -> str:
    """Why this case went to this person."""
    left = match.left_min
    if left == inf:
        when = "No deadline"
    else:
        when = f"{phrases.minutes(abs(left))} {'to' if left >= 0 else 'past'} its deadline"
    reason = f"{_dearness(match)}, and {_suitability(match)}"
    return f"{when}: {reason} ({phrases.about(match.minutes)} of work).{_relaxed(match)}"


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
            soon = phrases.soon(one.until_min - now)
            return f"Kept free for a {phrases.number(one.units)}-unit case, expected {soon}."
    if any(one.person == person.id for one in plan.matches):
        return "Something is being offered to you now."
    return _nothing_fits(person, waiting, everybody, now, terms)


def why_passed_over(case: WaitingCase, person: Worker, now: float, terms: Terms) -> str:
    """Why a person who takes from the list does not get this case; empty where they may."""
    if person.free < case.units or eligibility.room(person, case.task_type) < case.units:
        takes, free = phrases.units(case.units), phrases.units(person.free)
        return f"It takes {takes}; you have {free} free for it."
    elif barred := eligibility.why_not(person, case):
        return barred.to_them
    elif not _reaches(case, person, now, terms):
        return f"Needs {phrases.wishes(tuple(sorted(case.skills.items())))}."
    elif person.id in case.refused:
        spared = phrases.minutes(case.refused[person.id] - now)
        return f"You had or declined it; others come first for {spared}."
    elif not is_worth(case, person, now, terms):
        wished = phrases.wishes(tuple(sorted(case.skills.items())))
        return f"Needs {wished}; it can still wait for somebody who has it."
    else:
        return ""


def is_worth(case: WaitingCase, person: Worker, now: float, terms: Terms) -> bool:
    """Whether it is better off with them now, below its skills, than waiting for who has them."""
    usual = person.minutes.get(case.task_type, terms.usual_min)
    below = eligible.ring_by_skill(case, person, terms) != 0
    return not below or worth_below(case, usual * terms.below_slower, now, terms) > 0


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
        return f"you fit best after {phrases.number(match.place - 1)} who got other work"


def _relaxed(match: Match) -> str:
    if not match.missing or match.ring == 0:
        return ""
    wished = phrases.wishes(match.missing)
    if match.nobody_on_shift:
        return f" It needs {wished}; nobody who takes offers now has it, so the nearest are asked."
    waited = phrases.minutes(match.waited_min)
    return f" It needs {wished}; after {waited} of waiting others are asked (ring {match.ring})."


def _nothing_fits(
    person: Worker, waiting: list[WaitingCase], people: list[Worker], now: float, terms: Terms
) -> str:
    if not waiting:
        return "Nothing waits."
    others = [one for one in people if one.id != person.id]
    did, then = "are working on a case", "when you pause"
    if person.let_by:
        did, then = phrases.LET_BY, "in a minute"
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
            lambda case: is_worth(case, person, now, terms),
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
