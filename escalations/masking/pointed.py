"""What the `redactions` of a package point at, as pointers into its full form. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from escalations.proposal import calls
from escalations.refusals import Fault
from escalations.text import pointers

JSON = Mapping[str, Any]
_MISSING: Any = object()
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")
_INDEX = re.compile(r"0|[1-9][0-9]*", re.ASCII)
# The short ways to write a package (`package/shorthands.py`): pointers may be into what was sent.
_SHORT = {
    "/options": "/requested/options",
    "/customer": "/context/customer",
    "/client": "/context/customer",
    "/confidence": "/context/reasoning/confidence",
    "/task": "/task_type",
}
NO_POINTER = "“{}” is no JSON pointer (RFC 6901), so that nothing is masked by it."
NOTHING_THERE = "“{}” names nothing in this package, so that nothing is masked by it."


@dataclass(frozen=True, slots=True)
class Pointed:
    """The places to mask, the outermost alone, and what of the list leads nowhere."""

    places: tuple[str, ...]
    faults: tuple[Fault, ...]


def read(document: JSON) -> Pointed:
    """Where the redactions of this full form lead."""
    places, faults = [], []
    for index, written in enumerate(document.get("redactions") or ()):
        if not _POINTER.fullmatch(written):
            faults.append(Fault(f"/redactions/{index}", NO_POINTER.format(written)))
        elif (place := _place(document, written)) is None:
            faults.append(Fault(f"/redactions/{index}", NOTHING_THERE.format(written)))
        else:
            places.append(place)
    return Pointed(outermost([*places, *_amounts_of(document, places)]), tuple(faults))


def outermost(places: Iterable[str]) -> tuple[str, ...]:
    """Each place once, without those that lie inside another."""
    every = dict.fromkeys(places)
    return tuple(one for one in every if not any(above in every for above in _above(one)))


def within(place: str, other: str) -> bool:
    """Whether this place is the other one, or lies inside it."""
    return place == other or place.startswith(f"{other}/")


def _above(place: str) -> Iterator[str]:
    while place:
        place = place.rpartition("/")[0]
        yield place


def _place(document: JSON, written: str) -> str | None:
    if _leads(document, written):
        return written
    for short, full in _SHORT.items():
        if within(written, short):
            moved = full + written.removeprefix(short)
            # A customer may be sent as a plain text; its pointer then leads to the whole.
            return moved if _leads(document, moved) else None
    return None


def _leads(document: JSON, pointer: str) -> bool:
    found: Any = document
    for key in pointers.steps(pointer):
        if isinstance(found, list) and not _INDEX.fullmatch(key):
            return False
        found = pointers.get(found, f"/{pointers.escaped(key)}", _MISSING)
    return found is not _MISSING


def _amounts_of(document: JSON, places: Iterable[str]) -> Iterator[str]:
    """The risk states the amount of a call once more, and must not give it away."""
    for place in places:
        keys = pointers.steps(place)
        if keys[:1] != ["proposed_actions"] or not _is_of_amount(document, place, keys):
            continue
        of_action = f"/proposed_actions/{keys[1]}/risk/amount" if len(keys) > 1 else ""
        yield from (one for one in (of_action, "/risk/amount") if one and _leads(document, one))


def _is_of_amount(document: JSON, place: str, keys: list[str]) -> bool:
    """Whether an amount of money is among the arguments there."""
    if len(keys) < 3:
        return True
    value = pointers.get(document, place)
    named = value if len(keys) == 3 and isinstance(value, dict) else keys[3:]
    stated = _stated(document, keys[1])
    return keys[2] == "args" and (
        any(calls.is_amount(key) or key == "currency" for key in named)
        or (isinstance(value, str | int | float) and calls.money(value) in stated)
    )


def _stated(document: JSON, action: str) -> set[str]:
    where = ("/risk", f"/proposed_actions/{action}/risk")
    stated = [pointers.get(document, f"{risk}/amount/value") for risk in where]
    return {calls.money(value) for value in stated if value}
