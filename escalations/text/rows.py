"""Which entry of a list became which: rows that stayed, were changed, moved, added or taken out."""

import difflib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_ENTRIES_MAX = 400
# What is compared with what: two lists of fifty that have nothing in common.
_PAIRS_MAX = 2_500
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class PairedEntry:
    """One entry by its index before and after; None where it was not there. `is_moved`: by itself,
    not by others that came or went before it."""

    was: int | None
    now: int | None
    is_moved: bool = False


def paired(
    old: Sequence[str | None], new: Sequence[str | None], was: list[Any], now: list[Any]
) -> list[PairedEntry]:
    """The entries that differ or moved, in their new order, those that are gone where they were.
    `old` and `new` are what is compared to find the equal ones."""
    if len(old) + len(new) <= _ENTRIES_MAX:
        steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    else:
        steps = [("replace", 0, len(old), 0, len(new))]
    same = [step for step in steps if step[0] == "equal"]
    stayed = [(step[1] + n, step[3] + n) for step in same for n in range(step[2] - step[1])]
    changed = [step for step in steps if step[0] != "equal"]
    gone = [at for step in changed for at in range(step[1], step[2])]
    came = [at for step in changed for at in range(step[3], step[4])]
    found = _alike(gone, came, was, now)
    found |= _by_place(changed, found)
    moved = _moved(stayed, found)
    whence = {there: here for here, there in found.items()}
    rows: list[PairedEntry] = []
    for _, old_from, old_to, new_from, new_to in changed:
        rows += [PairedEntry(whence.get(at), at, at in moved) for at in range(new_from, new_to)]
        rows += [PairedEntry(at, None) for at in range(old_from, old_to) if at not in found]
    return rows


def _alike(gone: list[int], came: list[int], was: list[Any], now: list[Any]) -> dict[int, int]:
    """Of those that stand nowhere as they were: which is most like which, the most alike first."""
    if len(gone) * len(came) > _PAIRS_MAX:
        return {}
    scores = [(_likeness(was[old], now[new]), old, new) for old in gone for new in came]
    found: dict[int, int] = {}
    for score, old, new in sorted(scores, key=lambda one: (-one[0], abs(one[1] - one[2]), one[1:])):
        if score >= _ALIKE and old not in found and new not in found.values():
            found[old] = new
    return found


def _by_place(
    changed: Sequence[tuple[str, int, int, int, int]], found: dict[int, int]
) -> dict[int, int]:
    """What is left: each took the place of the one that stood there."""
    taken = set(found.values())
    pairs: dict[int, int] = {}
    for _, old_from, old_to, new_from, new_to in changed:
        left = [at for at in range(old_from, old_to) if at not in found]
        right = [at for at in range(new_from, new_to) if at not in taken]
        pairs |= dict(zip(left, right, strict=False))
    return pairs


def _likeness(was: Any, now: Any) -> float:
    """The share of the fields of both that say the same; a name says more than a number."""
    if was == now:
        return 1.0
    elif not isinstance(was, dict) or not isinstance(now, dict):
        return 0.0
    old, new = dict(_leaves("", was)), dict(_leaves("", now))
    same = sum(_weight(value) for key, value in old.items() if key in new and new[key] == value)
    every = sum(max(_weight(old.get(key)), _weight(new.get(key))) for key in {*old, *new})
    return same / max(every, 1)


def _weight(value: Any) -> int:
    return 2 if isinstance(value, str) and any(map(str.isalpha, value)) else 1


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(f"{name}/{key}", below)
    else:
        yield name, value


def _moved(stayed: Sequence[tuple[int, int]], found: dict[int, int]) -> set[int]:
    """The new indexes of those that left the order in which most of them still stand."""
    # Both in one order: those before it that stayed are as many on both sides.
    old, new = [one for one, _ in stayed], [one for _, one in stayed]
    ordered = [
        (was, now)
        for was, now in sorted(found.items())
        if bisect_left(old, was) == bisect_left(new, now)
    ]
    ends: list[int] = []
    at_end: list[int] = []
    before: list[int | None] = []
    for place, (_, now) in enumerate(ordered):
        length = bisect_left(ends, now)
        before.append(at_end[length - 1] if length else None)
        ends[length : length + 1] = [now]
        at_end[length : length + 1] = [place]
    kept: set[int] = set()
    step = at_end[-1] if at_end else None
    while step is not None:
        kept.add(ordered[step][1])
        step = before[step]
    return set(found.values()) - kept
