"""The parts of a pattern, and where in a sentence each can end that begins at some places."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from escalations.recognition.reading import PREFIX, Sentence, beginning

# Whole words and the beginnings of others, among the features of a sentence.
Beginnings = frozenset[str]
Rarity = tuple[int, int]
_FURTHER = 3


class Element(Protocol):
    """A part of a pattern."""

    needs: Beginnings | None  # One of them is in every such sentence; None where nothing is.
    first: Beginnings | None  # It begins with one of them; None where it may with any.
    skippable: bool

    def ends(self, sentence: Sentence, places: set[int]) -> set[int]:
        """Where it ends if it begins at one of these places."""
        ...


class Words:
    """One word out of several, each whole or as a beginning."""

    skippable = False

    def __init__(self, whole: Iterable[str], stems: Iterable[str] = ()) -> None:
        self.whole = frozenset(whole)
        self.stems = tuple(sorted(set(stems)))
        if all(len(stem) >= PREFIX for stem in self.stems):
            self.needs = self.whole.union(map(beginning, self.stems))
        else:
            self.needs = None
        self.first = self.needs

    def ends(self, sentence: Sentence, places: set[int]) -> set[int]:
        found = set()
        for place in places:
            at = place + 1 if sentence.pauses_at(place) else place
            if at < len(sentence.words) and any(map(self._is, sentence.forms[at])):
                found.add(at + 1)
        return found

    def _is(self, form: str) -> bool:
        return form in self.whole or form.startswith(self.stems)


class Gap:
    """Up to so many words, whichever they are."""

    needs = first = None
    skippable = True

    def __init__(self, most: int) -> None:
        self._most = most

    def ends(self, sentence: Sentence, places: set[int]) -> set[int]:
        # What takes something back may stand further away, but in the same breath.
        most = self._most + _FURTHER if sentence.in_one_breath else self._most
        return {end for place in places for end in sentence.reach(place, most)}


class Start:
    """The beginning of the sentence."""

    needs = None
    first: Beginnings | None = frozenset()
    skippable = True

    def ends(self, sentence: Sentence, places: set[int]) -> set[int]:
        return {place for place in places if sentence.only_pauses(0, place)}


class End:
    """The end of the sentence."""

    needs = first = None
    skippable = True

    def ends(self, sentence: Sentence, places: set[int]) -> set[int]:
        end = len(sentence.words)
        return {place for place in places if sentence.only_pauses(place, end)}


class Row:
    """One part after the other."""

    def __init__(self, parts: Sequence[Element], common: Beginnings) -> None:
        self._parts = tuple(parts)
        known = (part.needs for part in parts if part.needs is not None)
        # The rarest first: where it is missing, nothing else is looked at.
        self.all_needs = sorted(known, key=lambda needs: (len(needs & common), len(needs)))
        self.needs = self.all_needs[0] if self.all_needs else None
        self.first = _first(parts)
        self.skippable = all(part.skippable for part in parts)
        alone = parts[0] if len(parts) == 1 else None
        self.single = alone if isinstance(alone, Words) else None

    def ends(self, sentence: Sentence, places: set[int]) -> set[int]:
        for part in self._parts:
            places = part.ends(sentence, places)
            if not places:
                break
        return places


class Choice:
    """One of several rows, or none of them where it is optional."""

    def __init__(self, words: Words, rows: Sequence[Row], *, optional: bool) -> None:
        self._words = words
        self._rows = tuple(rows)
        self._optional = optional
        self.skippable = optional or any(row.skippable for row in rows)
        branches: list[Words | Row] = [*rows, *([words] if words.whole or words.stems else [])]
        self.first = _union(branch.first for branch in branches)
        self.needs = None if self.skippable else _union(branch.needs for branch in branches)

    def ends(self, sentence: Sentence, places: set[int]) -> set[int]:
        found = set(places) if self._optional else set()
        found |= self._words.ends(sentence, places)
        here = sentence.beginnings_at(places)
        for row in self._rows:
            if row.first is None or row.skippable or not row.first.isdisjoint(here):
                found |= row.ends(sentence, places)
        return found


def _first(parts: Iterable[Element]) -> Beginnings | None:
    found: Beginnings = frozenset()
    for part in parts:
        if part.first is None:
            return None
        found |= part.first
        if not part.skippable:
            break
    return found


def _union(sets: Iterable[Beginnings | None]) -> Beginnings | None:
    found: Beginnings = frozenset()
    for one in sets:
        if one is None:
            return None
        found |= one
    return found
