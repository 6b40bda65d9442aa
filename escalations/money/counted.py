"""Which arguments say how many there are, or which share: `monate`, `number_of_nights` and
`porcentaje`; and which may say that or an amount: `installments`, `cuotas`, `discount`, `fee`.

What surely counts is no amount, whatever currency stands beside it. What may be either is judged as
the larger, and told as it stands.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from escalations.text import meanings


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of one meaning. In a language without spaces the last of a run says what it is."""

    whole: frozenset[str]
    ends: tuple[str, ...]

    @classmethod
    def of(cls, listed: Iterable[str]) -> "_Words":
        known = [meanings.folded(word) for words in listed for word in words.split()]
        return cls(frozenset(known), tuple(word for word in known if meanings.is_unspaced(word)))

    def has(self, word: str) -> bool:
        return word in self.whole or (not word.isascii() and word.endswith(self.ends))

    def is_in(self, found: Iterable[str]) -> bool:
        return any(map(self.has, found))


PERCENT_MAX = 100
_PERCENT = re.compile(r"\d{1,3}(?:\.\d)?", re.ASCII)
_LISTED = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_SEVERAL, _LESS, _PART, _SHARE, _NUMBER, _BETWEEN, _ENDS = (
    _Words.of(_LISTED.pop(name).values())
    for name in ("several", "less", "part", "share", "number", "between", "ends")
)
_JOINED = tuple(sorted(_ENDS.whole))
_MANY = {thing: _Words.of([said["many"]]) for thing, said in _LISTED.items()}
_NAMED = {thing: _Words.of(said.values()) for thing, said in _LISTED.items()}
_NOUNS = _Words.of(said[form] for said in _LISTED.values() for form in ("many", "one"))


def is_several(found: Sequence[str]) -> bool:
    """Whether it is of payments, vouchers or the like: how many of them, or what they are worth."""
    return _SEVERAL.is_in(found)


def is_less(found: Sequence[str]) -> bool:
    """Whether it is of a discount, which may be an amount or a percentage."""
    return _LESS.is_in(found)


def is_part(found: Sequence[str]) -> bool:
    """Whether it is of a fee, a tip or the like, and not for a time of which there are several."""
    return _PART.is_in(found) and not _NOUNS.is_in(found)


def without_several(words: Iterable[str]) -> set[str]:
    """The words that speak of no several: `ratenzahlung` is no amount for its ending."""
    return {word for word in words if not _SEVERAL.has(word)}


def is_number(found: Sequence[str]) -> bool:
    """Whether the first word says that the others are counted: `anzahl_raten`."""
    return _NUMBER.has(found[0])


def is_count(found: Sequence[str], *, is_often: bool) -> bool:
    """Whether it is a number or a share, whatever of; or of times or people and says nothing else,
    which might be money. `is_often` says that it does."""
    is_joined = found[-1].endswith(_JOINED)
    if is_joined or _SHARE.is_in((found[0], found[-1])) or _NUMBER.is_in((found[0], found[-1])):
        return True
    told = [word for word in found if not (_NUMBER.has(word) or _BETWEEN.has(word))]
    return not is_often and bool(told) and all(map(_NOUNS.has, told))


def of_which(found: Sequence[str]) -> str:
    """Of what it says how many: `night` of `nächte`. Nothing of `nacht`, which may be which one."""
    return next((thing for thing, words in _MANY.items() if words.is_in(found)), "")


def each(found: Sequence[str]) -> frozenset[str]:
    """Of what it may be the price of one: `night` of `preis_pro_nacht`."""
    return frozenset(thing for thing, words in _NAMED.items() if words.is_in(found))


def may_be_percent(value: Any) -> bool:
    """Whether it may be how many percent: up to 100, and no text with cents, as amounts are."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    if isinstance(value, str) and not _PERCENT.fullmatch(value.strip()):
        return False
    return 0 <= (float(value) if isinstance(value, str) else value) <= PERCENT_MAX


def is_bare(value: Any) -> bool:
    """Whether it is a whole number and nothing more, which may count; `90.00` is an amount."""
    if isinstance(value, str):
        return value.strip().isdecimal()
    return isinstance(value, int) and not isinstance(value, bool)
