"""Finding words in what people wrote: whole words, whatever the case, and not fooled by tricks."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property

# Characters that show nothing but would hide a word from a plain comparison.
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
_TYPED = (
    *((one, "'") for one in "\u2018\u2019\u02bc\uff07"),
    *((one, '"') for one in "\u201c\u201d\u201e"),
    *((one, "-") for one in "\u2010\u2011\u2013\u2014"),
    ("\u2026", "..."),
)
_LEAD = 64  # As far as `directly_after` looks back.
# Signs of vowels, and what draws a word out, which most writers leave out.
_LEFT_OUT = dict.fromkeys([0x640, 0x670, *range(0x64B, 0x653), *range(0x591, 0x5BE)])
# Of "İ" a dot is left over, and "I" is either of two letters.
_ONE_I = (("i\u0307", "i"), ("\u0131", "i"))
# Thai, Lao, Myanmar, Khmer, the Japanese syllabaries, and Han put no spaces between their words.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_UNSPACED = re.compile(f"[{UNSPACED}]")
_WORD = re.compile(rf"[^\W{UNSPACED}]+")
_NO_WORD = {n: " " for n in range(128) if not (chr(n).isalnum() or chr(n) == "_")}


class Text:
    """What was written; in one case and form, and as the set of its words, once that is asked."""

    def __init__(self, written: str) -> None:
        self.written = written

    @cached_property
    def cased(self) -> str:
        """In one case and form, its spaces and lines as they were."""
        return _folded(_cased(self.written))

    @cached_property
    def plain(self) -> str:
        """The same with one space between words."""
        return _spaced(self.cased)

    @cached_property
    def words(self) -> frozenset[str]:
        if self.cased.isascii():
            return frozenset(self.cased.translate(_NO_WORD).split())
        else:
            return frozenset(_WORD.findall(self.plain))


def read(text: str) -> Text:
    """The text ready for looking up as many phrases as one likes."""
    return Text(text)


def plain(text: str) -> str:
    """One case, one form, one space between words, and no characters that show nothing."""
    return _spaced(_cased(text))


def _cased(text: str) -> str:
    if not text.isascii():
        text = typed(text)
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text)
    return text.casefold()


def _folded(text: str) -> str:
    if text.isascii():
        return text
    text = text.translate(_LEFT_OUT)
    for letters, letter in _ONE_I:
        text = text.replace(letters, letter)
    return text


def _spaced(text: str) -> str:
    if "\n" in text or "  " in text or "\t" in text or "\r" in text:
        text = " ".join(text.split())
    return text


def typed(text: str) -> str:
    """The text with the signs that a keyboard has, and without those that show nothing."""
    for character in _UNSEEN:
        if character in text:
            text = text.replace(character, "")
    for character, key in _TYPED:
        if character in text:
            text = text.replace(character, key)
    return text


class Phrases:
    """A list of words and phrases to look for."""

    def __init__(self, phrases: Iterable[object]) -> None:
        usable = (read(str(phrase)).plain.strip() for phrase in phrases)
        self._phrases = tuple(dict.fromkeys(phrase for phrase in usable if phrase))
        self._keys = frozenset(_key(phrase) for phrase in self._phrases)
        self._is_unspaced = any(map(_UNSPACED.search, self._phrases))

    def first(self, text: Text) -> str | None:
        """The first phrase of the list that stands in the text as whole words, or anywhere in a
        writing without spaces."""
        if self._has_none(text):
            return None
        for phrase in self._phrases:
            if phrase in text.plain and _stands(phrase, text.plain):
                return phrase
        return None

    def directly_after(self, endings: tuple[str, ...], text: Text) -> str | None:
        """The first phrase that stands in the text directly after one of these endings."""
        if self._has_none(text):
            return None
        for phrase in self._phrases:
            if phrase in text.plain and _stands(phrase, text.plain, endings):
                return phrase
        return None

    def _has_none(self, text: Text) -> bool:
        # Most texts hold none of the words: one look at the set spares a search for each phrase.
        return not self._is_unspaced and self._keys.isdisjoint(text.words)


def _key(phrase: str) -> str:
    """The longest word of the phrase: where it is not, the phrase is not."""
    words: list[str] = _WORD.findall(phrase)
    return max(words or [phrase], key=len)


def _stands(phrase: str, text: str, endings: tuple[str, ...] = ()) -> bool:
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        whole = not (at and _is_word(text[at - 1])) and not (
            end < len(text) and _is_word(text[end])
        )
        if whole and (not endings or text[max(0, at - _LEAD) : at].rstrip().endswith(endings)):
            return True
        at = text.find(phrase, at + 1)
    return False


def _is_word(character: str) -> bool:
    return (character.isalnum() and not _UNSPACED.match(character)) or character == "_"
