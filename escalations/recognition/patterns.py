"""Patterns of sentences, as docs/policy.md describes them, and their search.

`word` is itself, `word*` whatever begins so, `<list>` one of a list, `(a|b c)` one of these,
`[a|b]` one of these or nothing, `...` up to some words, `^` and `$` the sentence's two ends.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any, TypeVar

from escalations.recognition import places, reading
from escalations.recognition.elements import Either, Element, End, Row, Skip, Start, Words
from escalations.recognition.languages import Unusable
from escalations.recognition.reading import Spoken

Built = TypeVar("Built")

_START, _END = Start(), End()
_PART = re.compile(r"\.\.\.|<[a-z_0-9]+>|[()\[\]|^$]|[^\s()\[\]|<>^$]+")


class WrongPattern(Unusable):
    """A pattern that cannot be used, and why."""


class Pattern:
    """A pattern ready to be searched for."""

    __slots__ = ("key", "row")

    def __init__(self, row: Row, key: frozenset[str]) -> None:
        self.row = row
        # The rarest words, one of which it needs: without one it is not looked for.
        self.key = key

    def possible(self, features: Set[str]) -> bool:
        """Whether a text or sentence with these features can hold it."""
        return not self.key.isdisjoint(features) and self.row.possible(features)

    def ends(self, sentence: Spoken) -> int:
        """All places where it ends, wherever it begins."""
        if not self.possible(sentence.features):
            return 0
        return self.row.ends(sentence, sentence.starts(self.row.first))

    def spans(self, sentence: Spoken, *, widest: bool = False) -> Iterator[tuple[int, int]]:
        """From which word to which it stands in the sentence, for each word it may begin with."""
        # From all of them at once first: most patterns fit nowhere.
        if self.ends(sentence):
            for start in places.each(sentence.starts(self.row.first)):
                if ends := self.row.ends(sentence, 1 << start):
                    yield start, places.last(ends) if widest else places.first(ends)


class Compiler:
    """Makes patterns of one language, with its lists, its longest gap and all common words."""

    def __init__(
        self, lists: Mapping[str, Iterable[str]], gap: int, common: frozenset[str] = frozenset()
    ) -> None:
        self._lists = lists
        self._gap = Skip(gap)
        self._common = common
        self._known: dict[str, Either] = {}
        self._words: dict[str, Element] = {}
        # What is said twice is built once: a third of the parts, and their sets are what is large.
        self._built: dict[Any, Any] = {}
        self._open: set[str] = set()
        self.known: set[str] = set(common)

    def pattern(self, text: str) -> Pattern:
        """The pattern that this text describes. Raises WrongPattern."""
        parts = _Parts(text)
        row = self._row(parts)
        if parts.ahead:
            raise WrongPattern(f"has a “{parts.ahead}” too many")
        if row.needs is None:
            raise WrongPattern("needs a word that every such sentence has")
        return Pattern(row, row.needs)

    def _row(self, parts: "_Parts") -> Row:
        elements: list[Element] = []
        while parts.ahead not in ("", "|", ")", "]"):
            elements.extend(self._elements(parts))
        return self._row_of(elements)

    def _elements(self, parts: "_Parts") -> list[Element]:
        part = parts.take()
        if part in ("(", "["):
            return [self._choice(parts, ")" if part == "(" else "]")]
        elif part == "...":
            return [self._gap]
        elif part == "^":
            return [_START]
        elif part == "$":
            return [_END]
        elif part.startswith("<"):
            return [self._list(part[1:-1])]
        else:
            if part not in self._words:
                self._words[part] = self._word(part)
            return [self._words[part]]

    def _choice(self, parts: "_Parts", end: str) -> Either:
        rows = [self._row(parts)]
        while parts.ahead == "|":
            parts.take()
            rows.append(self._row(parts))
        if parts.take() != end:
            raise WrongPattern(f"has no “{end}” where one belongs")
        return self._one_of(rows, optional=end == "]")

    def _list(self, name: str) -> Either:
        if name not in self._known:
            if name not in self._lists:
                raise WrongPattern(f"names the list <{name}>, which there is not")
            if name in self._open:
                raise WrongPattern(f"names the list <{name}> inside itself")
            self._open.add(name)
            self._known[name] = self._one_of([self._row(_Parts(one)) for one in self._lists[name]])
            self._open.remove(name)
        return self._known[name]

    def _word(self, part: str) -> Element:
        is_open = part.endswith("*")
        *before, last = _tokens(part)
        self.known.update(before, () if is_open else (last,))
        end = self._one_word(last, is_open=is_open)
        if not before:
            return end
        apart = self._row_of([*(self._one_word(word) for word in before), end])
        # What has an apostrophe is also written without one and together.
        if "'" in part:
            whole = "".join((*before, last))
            together = self._one_word(whole, is_open=is_open)
            return self._either(together, (apart,), optional=False)
        else:
            return apart

    def _one_of(self, rows: list[Row], *, optional: bool = False) -> Either:
        """A choice in which all single words are one look at a set."""
        words = [row.single for row in rows if row.single is not None]
        single = self._words_of(
            frozenset(word for one in words for word in one.whole),
            tuple(sorted({stem for one in words for stem in one.stems})),
        )
        others = tuple(row for row in rows if row.single is None)
        return self._either(single, others, optional=optional)

    def _one_word(self, word: str, *, is_open: bool = False) -> Words:
        if is_open:
            return self._words_of(frozenset(), (word,))
        return self._words_of(frozenset({word}), ())

    def _words_of(self, whole: frozenset[str], stems: tuple[str, ...]) -> Words:
        return self._once((whole, stems), lambda: Words(whole, stems))

    def _row_of(self, elements: Sequence[Element]) -> Row:
        return self._once(tuple(elements), lambda: Row(elements, self._common))

    def _either(self, words: Words, rows: tuple[Row, ...], *, optional: bool) -> Either:
        made = partial(Either, words, rows, optional=optional)
        return self._once((words, rows, optional), made)

    def _once(self, key: tuple[Any, ...], build: Callable[[], Built]) -> Built:
        """What was built of the same parts before: whatever is alike is one object."""
        if key not in self._built:
            self._built[key] = build()
        found: Built = self._built[key]
        return found


class _Parts:
    """The parts of a pattern, taken one after the other."""

    def __init__(self, text: str) -> None:
        self._parts = _PART.findall(text)
        self._at = 0

    @property
    def ahead(self) -> str:
        return self._parts[self._at] if self._at < len(self._parts) else ""

    def take(self) -> str:
        part = self.ahead
        self._at += 1
        return part


def words(text: str) -> tuple[str, ...]:
    """These words in the form in which they are compared."""
    return _tokens(text)


def _tokens(part: str) -> tuple[str, ...]:
    found = reading.tokens(reading.fold(part.removesuffix("*")))
    if not found:
        raise WrongPattern(f"has “{part}” where a word belongs")
    return tuple(word.removeprefix("'") for word in found)
