"""What may be said of a share: with its number of cases and its interval, or not at all.

Every sentence about a share asks here, so that none of them says more than the cases do.
"""

from enum import Enum
from math import sqrt

from metrics.figures import Rate
from metrics.wording import of, percent, rate

# Of fewer cases a single one would make the sentence.
CASES_MIN = 10


class Certainty(Enum):
    """How a share stands to a goal or to an earlier one."""

    FEW = "too few cases to say"
    BELOW = "surely below"
    ABOVE = "surely above"
    UNCLEAR = "either may be"


def enough(one: Rate) -> bool:
    """Whether anything may be said of it."""
    return one.denominator >= CASES_MIN


def against(one: Rate, goal: float) -> Certainty:
    """How it stands to a goal, by its interval."""
    lower, upper = one.interval_95
    if not enough(one):
        return Certainty.FEW
    elif upper < goal:
        return Certainty.BELOW
    else:
        return Certainty.ABOVE if lower >= goal else Certainty.UNCLEAR


def change(now: Rate, before: Rate) -> Certainty:
    """Whether it is above or below what it was before, by Newcombe's interval of the difference."""
    if not (enough(now) and enough(before)):
        return Certainty.FEW
    share, was = now.value or 0.0, before.value or 0.0
    (lower, upper), (lower_was, upper_was) = now.interval_95, before.interval_95
    least = share - was - sqrt((share - lower) ** 2 + (upper_was - was) ** 2)
    most = share - was + sqrt((upper - share) ** 2 + (was - lower_was) ** 2)
    if least > 0:
        return Certainty.ABOVE
    return Certainty.BELOW if most < 0 else Certainty.UNCLEAR


def spoken(one: Rate) -> str:
    """`9.7 % (116 of 1,189; 8.2 % to 11.5 %)`: never a share without what it is made of."""
    lower, upper = one.interval_95
    return f"{rate(one)} ({of(one)}; {percent(lower)} to {percent(upper)})"


def few(what: str, one: Rate) -> str:
    """Said instead where there are too few."""
    return (
        f"Too few cases to say {what}: {of(one)}." if one.denominator else f"No case says {what}."
    )
