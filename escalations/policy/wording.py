"""Opening hours, ladders and routing in words, for the difference and for the Levels screen."""

from collections.abc import Iterator
from itertools import groupby

from escalations.policy import hours
from escalations.policy.assignment import Ring, Routing, Spared, Weights
from escalations.policy.deadlines import LadderStep, OpeningHours
from escalations.policy.methods import CustomerWait
from escalations.text import formatting

CLOSED = "closed"
AUDIENCES = {
    "holder": "whoever has it",
    "eligible": "whoever fits and supervisors on shift",
    "supervisors_on_shift": "supervisors on shift",
    "supervisors": "all supervisors",
}

OTHERWISE = {
    "callback": "called back, or answered in writing where no way is known",
    "message": "answered in writing",
}


def day(opening: OpeningHours, weekday: str) -> str:
    """`09:00–12:30, 13:30–17:00`, or that it is closed."""
    spans = {str(name): spans for name, spans in opening.week.items()}.get(weekday, [])
    return ", ".join(span.replace("-", "–") for span in spans) or CLOSED


def week(opening: OpeningHours) -> str:
    """`Mon–Fri 09:00–17:00; Sat 10:00–12:00`; days that are closed are left out."""
    days = [(name.title(), day(opening, name)) for name in hours.WEEKDAYS]
    told = []
    for spans, group in groupby(days, key=lambda one: one[1]):
        names = [name for name, _ in group]
        several = "–" if len(names) > 2 else ", "
        named = names[0] if len(names) == 1 else f"{names[0]}{several}{names[-1]}"
        told += [] if spans == CLOSED else [f"{named} {spans}"]
    return "; ".join(told)


def ladder(steps: list[LadderStep]) -> str:
    """`at 80 % of the time: whoever has it; when the answer is due: supervisors on shift; …`."""
    told = [_step(step, "when the answer is due", "after it was due") for step in steps]
    return "; ".join(told) or "nobody"


def alarm(steps: list[LadderStep]) -> str:
    """The same for level 4, whose steps count from arrival: `2 min after arrival: …`."""
    return "; ".join(_step(step, "on arrival", "after arrival") for step in steps) or "nobody"


def customer_wait(given: CustomerWait) -> str:
    """`stays up to 5 min, at level 4 always; otherwise called back`."""
    stays = f"stays up to {formatting.duration(given.stay_up_to_s)}"
    if given.urgent_stays:
        stays += ", at level 4 always"
    return f"{stays}; otherwise {OTHERWISE[given.otherwise]}"


def rings(given: list[Ring]) -> str:
    """`after 1 h 30 min any level, after 2 h anyone present`."""
    told = [f"{after(ring)} {formatting.inside(ring_title(ring))}" for ring in given]
    return ", ".join(told) or "only who fits"


def ring_title(ring: Ring) -> str:
    """Who may take a case from then on."""
    if ring.anyone:
        return "Anyone present"
    elif ring.lower_by == 5:
        return "The skill at any level"
    elif ring.lower_by == 1:
        return "One level lower"
    else:
        return f"{ring.lower_by} levels lower"


def after(ring: Ring) -> str:
    """`after 1 h 30 min`."""
    return (
        f"after {formatting.duration(ring.after_min * 60)}" if ring.after_min else "from the start"
    )


def weights(given: Weights) -> str:
    """`urgent 10, high 4, normal 2, low 1`."""
    told = given.model_dump().items()
    return ", ".join(f"{name} {formatting.number(value)}" for name, value in told)


def spared(given: Spared) -> str:
    """`level 1 10 min, level 2 10 min, …`."""
    told = given.model_dump().items()
    return ", ".join(f"{name.replace('_', ' ')} {formatting.duration(60 * n)}" for name, n in told)


def settings(given: Routing) -> Iterator[tuple[str, str]]:
    """Each setting of routing with its value, without the rings."""
    missed = given.missed_offers_max
    offers = "1 missed offer" if missed == 1 else f"{missed} missed offers in a row"
    free = formatting.duration(given.keep_free_min * 60) if given.keep_free_min else "never"
    yield "an offer stands for", formatting.duration(given.offer_s)
    yield "a person is set away after", offers
    yield "how many minutes ahead we worry", formatting.number(given.worry_min)
    yield "how picky about fit", formatting.number(given.fit)
    yield "a unit is kept free for up to", free
    yield "shorter cases first", "yes" if given.shorter_first else "no"
    yield "what a minute of waiting weighs", weights(given.weights)
    yield "who declined or missed a case is asked again after", spared(given.spare_min)


def _step(step: LadderStep, start: str, from_then: str) -> str:
    told = f"{_when(step, start, from_then)}: {AUDIENCES[step.tell]}"
    if step.widen:
        told += ", and offered more widely"
    if step.repeat_min:
        told += f", then every {formatting.duration(step.repeat_min * 60)}"
    return told


def _when(step: LadderStep, start: str, from_then: str) -> str:
    """Every time counts from the same moment, so that none reads as "after the step before"."""
    if step.share is not None:
        return f"at {formatting.percent(step.share)} of the time"
    elif step.after_min:
        return f"{formatting.duration(step.after_min * 60)} {from_then}"
    else:
        return start
