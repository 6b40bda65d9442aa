"""An amount in few words and nothing else: `up to 6000 EUR`, `6000 US dollars`, `six thousand
euros`.

Of what stands around a number only words that say nothing of it are passed over, so that a sentence
stays one.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from escalations.money import argument_names, currencies, writing
from escalations.money.writing import Written
from escalations.text import meanings

LENGTH_MAX = 60
_WORDS = meanings.table(Path(__file__).with_suffix(".toml"))
_AROUND, _NUMERALS, _JOINED = (_WORDS[one] for one in ("around", "numerals", "joined"))
_ENDS = tuple(sorted(_JOINED.words))
_SIGNS = ".,;:!?()[]\"'“”„«»*_`~≈≤<>=-+–"
_SET_OFF = "\"'“”„«»*_`~≈≤<>=!?;:[]"
_IN = frozenset({"in", "en", "em", "w"})


def exact(text: str, currency: str = "") -> Written | None:
    """The amount where only the currency is said in more words: `6000 in EUR`."""
    return _without(text, currency, lambda word: word in _IN)


def largest(text: str, currency: str = "") -> Written | None:
    """The amount where all else in it says nothing, or how much it is at most."""
    written = writing.read(text, currency)
    if written and written.marked:
        return written
    return _without(text, currency, _says_nothing)


def is_money(text: str) -> bool:
    """Whether it is short, and something in it means money."""
    return len(text) <= LENGTH_MAX and currencies.is_told_in(text)


def is_numeral(text: str) -> bool:
    """Whether it is a number in words with its currency, and nothing else."""
    if not is_money(text):
        return False
    words = [_bare(word) for word in text.replace("-", " ").split()]
    others = [word for word in words if not currencies.is_told_in(word)]
    # In a language without spaces the currency is of the same word.
    joined = [word for word in words if meanings.is_unspaced(meanings.folded(word))]
    return any(map(_is_number, (*others, *joined))) and all(
        _is_number(word) or _says_nothing(word) for word in others
    )


def _says_nothing(word: str) -> bool:
    name = argument_names.about(word)
    return _AROUND.is_in(meanings.words(word)) or (name.is_money and not name.currency)


def _without(text: str, currency: str, passed_over: Callable[[str], bool]) -> Written | None:
    words = text.split()
    bare = [_bare(word) for word in words]
    countries = {one: code for one in bare if (code := currencies.of_country(one, None))}
    kept = [
        word.strip(_SET_OFF)
        for word, one in zip(words, bare, strict=True)
        if one and one not in countries and not passed_over(one)
    ]
    if not countries and kept == words:
        return None
    country = next(iter(countries.values()), "")
    written = writing.read(" ".join(kept), country or currency)
    if written is None or not written.marked:
        return None
    return replace(written, currency=country) if country in written.also else written


def _is_number(word: str) -> bool:
    parts = meanings.words(word)
    return _NUMERALS.is_in(parts) or any(part.endswith(_ENDS) for part in parts)


def _bare(word: str) -> str:
    return word.strip(_SIGNS).casefold()
