"""Names that programs are called by, as whoever writes them means them."""

from collections.abc import Iterable


def meant(name: str, names: Iterable[str]) -> str:
    """The one of these names that this is, else the one that differs in nothing but case; "" if
    none."""
    name = name.strip()
    alike = [one for one in names if one.casefold() == name.casefold()]
    return name if name in alike else min(alike, default="")
