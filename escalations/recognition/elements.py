"""The parts of a pattern, and where in a sentence each can end that begins at some places.

Places are one number with a bit for each, so that a part is looked for from all of them at once.
"""

from collections.abc import Iterable, Sequence, Set
from functools import lru_cache
from typing import Protocol

from escalations.recognition.reading import PREFIX, Spoken, beginning

# Whole words and the beginnings of others, among the features of a sentence.
Beginnings = frozenset[str]
Rarity = tuple[int, int]
_FURTHER = 3
_ANYWHERE = -1
_NEVER_ASKED: tuple[Set[str], bool] = frozenset(), False


class Element(Protocol):
    """A part of a pattern."""

    needs: Beginnings | None  # One of them is in every such sentence; None where nothing is.
    first: Beginnings | None  # It begins with one of them; None where it may with any.
    skippable: bool

    def possible(self, features: Set[str]) -> bool:
        """Whether a text with these features can hold it."""
        ...

    def ends(self, sentence: Spoken, places: int) -> int:
        """Where it ends if it begins at one of these places."""
        ...


class Words:
    """One word out of several, each whole or as a beginning."""

    __slots__ = ("first", "needs", "stems", "whole")
    skippable = False

    def __init__(self, whole: Beginnings, stems: tuple[str, ...] = ()) -> None:
        self.whole, self.stems = whole, stems
        self.needs: Beginnings | None = None
        if all(len(stem) >= PREFIX for stem in stems):
            self.needs = _joined([whole, frozenset(map(beginning, stems))])
        self.first = self.needs

    def possible(self, features: Set[str]) -> bool:
        return self.needs is None or not self.needs.isdisjoint(features)

    def ends(self, sentence: Spoken, places: int) -> int:
        found = sentence.found.get(self)
        if found is None:
            found = sentence.found[self] = self._in(sentence)
        return (sentence.over_pause(places) & found) << 1

    def _in(self, sentence: Spoken) -> int:
        """Where one of the words is."""
        if not self.possible(sentence.features):
            return 0
        found, forms = 0, sentence.forms
        for form in self.whole & sentence.features:
            found |= forms.get(form, 0)
        if self.stems:
            for form, places in forms.items():
                if form.startswith(self.stems):
                    found |= places
        return found


class Anything:
    """What no feature of a text can rule out."""

    __slots__ = ()

    def possible(self, features: Set[str]) -> bool:
        return True


class Skip(Anything):
    """Up to so many words, whichever they are."""

    __slots__ = ("_most",)
    needs: Beginnings | None = None
    first: Beginnings | None = None
    skippable = True

    def __init__(self, most: int) -> None:
        self._most = most

    def ends(self, sentence: Spoken, places: int) -> int:
        # What takes something back may stand further away, but in the same breath.
        for _ in range(self._most + _FURTHER if sentence.in_one_breath else self._most):
            places |= (places & sentence.skipped) << 1
        return places


class Start(Anything):
    """The beginning of the sentence."""

    __slots__ = ()
    needs: Beginnings | None = None
    first: Beginnings | None = frozenset()
    skippable = True

    def ends(self, sentence: Spoken, places: int) -> int:
        return places & sentence.opening


class End(Anything):
    """The end of the sentence."""

    __slots__ = ()
    needs: Beginnings | None = None
    first: Beginnings | None = None
    skippable = True

    def ends(self, sentence: Spoken, places: int) -> int:
        return places & sentence.closing


class Row:
    """One part after the other."""

    __slots__ = ("_choices", "_needs", "_parts", "first", "needs", "single", "skippable")

    def __init__(self, parts: Sequence[Element], common: Beginnings) -> None:
        self._parts = tuple(parts)
        known = [part.needs for part in parts if part.needs is not None]
        self.needs = _rarest(known, common)
        self.first = _first(parts)
        self.skippable = all(part.skippable for part in parts)
        alone = parts[0] if len(parts) == 1 else None
        self.single = alone if isinstance(alone, Words) else None
        self._needs = tuple(part.needs for part in parts if part.needs is not None)
        # What has rows of several words needs more than one of all their words.
        self._choices = tuple(
            part for part in parts if isinstance(part, Either) and part.needs and part.rows
        )

    def possible(self, features: Set[str]) -> bool:
        for needs in self._needs:
            if needs.isdisjoint(features):
                return False
        return all(choice.possible(features) for choice in self._choices)

    def ends(self, sentence: Spoken, places: int) -> int:
        for part in self._parts:
            places = part.ends(sentence, places)
            if not places:
                break
        return places


class Either:
    """One of several rows, or none of them where it is optional."""

    __slots__ = (
        *("_answer", "_branches", "_optional"),
        *("first", "needs", "rows", "skippable", "words"),
    )

    def __init__(self, words: Words, rows: Sequence[Row], *, optional: bool) -> None:
        self.words = words
        self.rows = tuple(rows)
        self._optional = optional
        self.skippable = optional or any(row.skippable for row in rows)
        # Words first: whether one of them is there is one look at a set.
        branches: list[Words | Row] = [*([words] if words.whole or words.stems else []), *rows]
        self._branches = tuple(branches)
        self._answer = _NEVER_ASKED
        self.first = _union(branch.first for branch in branches)
        needs = None if self.skippable else _union(branch.needs for branch in branches)
        self.needs = self.first if needs == self.first else needs

    def possible(self, features: Set[str]) -> bool:
        # A list stands in many patterns, which are asked about the same text one after the other.
        # Read and written at once, so that threads with other texts do no harm.
        asked, answer = self._answer
        if asked is not features:
            answer = self.skippable or any(one.possible(features) for one in self._branches)
            self._answer = features, answer
        return answer

    def ends(self, sentence: Spoken, places: int) -> int:
        found = self.words.ends(sentence, places)
        if self._optional:
            found |= places
        if self.rows:
            rows = sentence.rows.get(self)
            if rows is None:
                rows = sentence.rows[self] = self._rows_in(sentence)
            here = sentence.over_pause(places)
            for starts, row in rows:
                if here & starts:
                    found |= row.ends(sentence, places)
        return found

    def _rows_in(self, sentence: Spoken) -> list[tuple[int, Row]]:
        """The rows that the sentence can hold, each with the places where it may begin."""
        return [
            (starts, row)
            for row in self.rows
            if (starts := _ANYWHERE if row.skippable else sentence.starts(row.first))
            and row.possible(sentence.features)
        ]


def _rarest(known: Sequence[Beginnings], common: Beginnings) -> Beginnings | None:
    # Nearly all rows are one word, and the comparison is what building takes longest over.
    if len(known) > 1:
        return min(known, key=lambda needs: _commonness(needs, common))
    return known[0] if known else None


@lru_cache(maxsize=4096)
def _commonness(needs: Beginnings, common: Beginnings) -> tuple[int, int]:
    """The rarer, the smaller: few common words, above all few short ones, and few words at all."""
    return sum(5 if len(word) < 4 else 2 if len(word) < 6 else 1 for word in needs & common), len(
        needs
    )


def _first(parts: Iterable[Element]) -> Beginnings | None:
    found = []
    for part in parts:
        if part.first is None:
            return None
        found.append(part.first)
        if not part.skippable:
            break
    return _joined(found)


def _union(sets: Iterable[Beginnings | None]) -> Beginnings | None:
    found = []
    for one in sets:
        if one is None:
            return None
        found.append(one)
    return _joined(found)


def _joined(sets: Iterable[Beginnings]) -> Beginnings:
    """All of them as one set, which is no new one where it is as large as one of them."""
    filled = [one for one in sets if one]
    whole = frozenset[str]().union(*filled) if len(filled) > 1 else frozenset()
    return next((one for one in filled if len(filled) == 1 or len(one) == len(whole)), whole)
