"""What a person did to the entries of lists: taken out, moved, added.

Every pointer is into the arguments as they were drawn, until all of it is carried out at once.
"""

from dataclasses import dataclass, field
from typing import Any

from escalations.proposal.edit_fields import InputField
from escalations.text import pointers

SAME_PLACE = "Two entries cannot stand in the same place."


@dataclass(slots=True)
class ListChanges:
    """Collected while the fields are read, in the order in which they were drawn."""

    _dropped: dict[str, set[int]] = field(default_factory=dict)
    _moved: dict[str, dict[int, int]] = field(default_factory=dict)
    _added: dict[str, str] = field(default_factory=dict)
    _orders: list[tuple[str, list[int]]] = field(default_factory=list)

    def drop(self, pointer: str) -> None:
        """Take this entry out."""
        entries, index = _within(pointer)
        self._dropped.setdefault(entries, set()).add(index)

    def move(self, pointer: str, place: int) -> None:
        """Have this entry at that place, counted from 1. Raises ValueError for a place that another
        one was moved to."""
        entries, index = _within(pointer)
        moved = self._moved.setdefault(entries, {})
        if place - 1 in moved.values():
            raise ValueError(SAME_PLACE)
        moved[index] = place - 1

    def add(self, args: Any, entry: InputField, value: Any) -> None:
        """Put a value into the spare `entry`; the object around it comes with the first of them."""
        if not entry.item:
            pointers.append(args, _within(entry.pointer)[0], value)
            return
        if entry.item not in self._added:
            entries, _ = _within(entry.item)
            pointers.append(args, entries, {})
            self._added[entry.item] = f"{entries}/{len(pointers.get(args, entries)) - 1}"
        inside = self._added[entry.item] + entry.pointer.removeprefix(entry.item)
        way, _, last = inside.rpartition("/")
        if pointers.number(last) is not None:
            pointers.append(args, way, value)
        else:
            pointers.put(args, inside, value)

    def carry_out(self, args: Any) -> None:
        """Take out and move, the lists inside others first, so that each pointer still leads."""
        lists = {*self._dropped, *self._moved}
        for entries in sorted(lists, key=lambda pointer: -pointer.count("/")):
            there = pointers.get(args, entries)
            order = _order(len(there), self._moved.get(entries, {}))
            order = [one for one in order if one not in self._dropped.get(entries, set())]
            there[:] = [there[one] for one in order]
            self._orders.append((entries, order))

    def drawn_at(self, pointer: str) -> str:
        """Where the field was drawn whose value stands at `pointer` now."""
        for entries, order in reversed(self._orders):
            stem = f"{entries}/"
            index, slash, rest = pointer.removeprefix(stem).partition("/")
            place = pointers.number(index)
            if pointer.startswith(stem) and place is not None and place < len(order):
                pointer = f"{stem}{order[place]}{slash}{rest}"
        for drawn, real in self._added.items():
            if f"{pointer}/".startswith(f"{real}/"):
                return drawn + pointer.removeprefix(real)
        return pointer


def _within(pointer: str) -> tuple[str, int]:
    entries, _, index = pointer.rpartition("/")
    return entries, int(index)


def _order(count: int, moved: dict[int, int]) -> list[int]:
    """The old indexes in their new order: moved ones at their places, the others around them."""
    at = {place: index for index, place in moved.items()}
    others = iter(index for index in range(count) if index not in moved)
    return [at[place] if place in at else next(others) for place in range(count)]
