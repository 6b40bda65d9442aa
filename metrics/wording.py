"""Figures as people read them."""

from datetime import date

from metrics.figures import Rate


def percent(share: float | None) -> str:
    """One decimal unless it is 0, so that the API says the same; a dash for nothing counted."""
    if share is None:
        return "–"
    return f"{share * 100:.1f}".removesuffix(".0") + " %"


def rate(one: Rate) -> str:
    return percent(one.value)


def of(one: Rate) -> str:
    """What the rate is made of."""
    return f"{one.numerator:,} of {one.denominator:,}"


def span(seconds: float | None) -> str:
    """Seconds, minutes or hours, whichever is read fastest."""
    if seconds is None:
        return "–"
    elif seconds < 90:
        return f"{seconds:.0f} s"
    elif seconds < 90 * 60:
        return f"{seconds / 60:.1f} min" if seconds < 600 else f"{seconds / 60:.0f} min"
    else:
        return f"{seconds / 3600:.1f} h"


def day(one: date) -> str:
    return one.strftime("%-d %b")


def days(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"
