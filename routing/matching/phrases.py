"""Small phrases that the sentences of matching are made of."""

from routing.matching.work import Worker

YOU = "you"
LET_BY = "did not answer an offer a moment ago"
NUMBERS = ("no", "one", "two", "three", "four", "five")


def wishes(asked: tuple[tuple[str, int], ...]) -> str:
    """`German 3 and identity 4`; empty where nothing is asked for."""
    return " and ".join(f"{skill} {wished}" for skill, wished in asked)


def name(person: Worker) -> str:
    """Whom it is about."""
    return person.name or str(person.id)


def number(count: int) -> str:
    """`two`, `7`."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def units(count: int) -> str:
    """`one unit`, `three units`."""
    return f"{number(count)} {'unit' if count == 1 else 'units'}"


def minutes(span: float) -> str:
    """`less than a minute`, `95 min`, `3 h`."""
    if span < 1:
        return "less than a minute"
    return f"{span:.0f} min" if span < 120 else f"{span / 60:.0f} h"


def about(span: float) -> str:
    """The same, as what is expected."""
    return minutes(span) if span < 1 else f"about {minutes(span)}"


def soon(span: float) -> str:
    """`at once`, `in 5 min`."""
    return "at once" if span <= 0 else f"in {minutes(span)}"
