"""Places in a sentence as one number, a bit for each: so all of them are looked at at once."""

from collections.abc import Iterator


def first(places: int) -> int:
    return (places & -places).bit_length() - 1


def last(places: int) -> int:
    return places.bit_length() - 1


def each(places: int) -> Iterator[int]:
    """From the first to the last."""
    while places:
        yield first(places)
        places &= places - 1


def before(place: int) -> int:
    """All places before this one."""
    return (1 << place) - 1
