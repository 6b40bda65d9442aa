"""Misspellings of the words that matter most: one letter too few, too many, wrong or swapped."""

import re
from collections.abc import Iterable, Iterator, Set

_TEXT_MAX = 4_000  # Longer ones are letters and mails, written with more care.
_LONG = 7  # In shorter words one other letter often makes another word.
_MIDDLING = 5  # From here on a letter that is missing makes no other word.
_SHORTEST = 4
_WORD = re.compile(r"[^\W\d_]{4,}")


class Spelling:
    """Which words are looked for, and which other words people know beside them."""

    def __init__(self, meant: Iterable[str], known: Set[str]) -> None:
        self._known = known
        self._near: dict[str, str] = {}
        for word in meant:
            variants = list(_without_one(word)) if len(word) >= _MIDDLING else []
            variants += [word] if len(word) >= _LONG else []
            for variant in (*variants, *_swapped(word)):
                self._near.setdefault(variant, word)

    def mended(self, folded: str) -> str:
        """The folded text with the words that were meant."""
        if len(folded) > _TEXT_MAX:
            return folded
        return _WORD.sub(lambda found: self._meant(found[0]), folded)

    def _meant(self, word: str) -> str:
        if word in self._known:
            return word
        if word in self._near:
            return self._near[word]
        if len(word) >= _LONG:
            for variant in _without_one(word):
                meant = self._near.get(variant)
                # The same length: one letter is another. One longer: it is one too many.
                if meant and len(meant) >= _LONG and len(word) - len(meant) in (0, 1):
                    return meant
        return word


def _without_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(1, len(word)))


def _swapped(word: str) -> Iterator[str]:
    if len(word) >= _SHORTEST:
        for at in range(1, len(word) - 1):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
