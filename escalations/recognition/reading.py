"""What was written, in the one form in which sentences of every language are compared.

Case, accents, vowel signs of Arabic, dots of Hindi, traditional characters and typographic tricks
make no difference. Chinese characters are words of their own.
"""

import copy
import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from functools import cached_property
from operator import itemgetter
from typing import Any

from escalations.recognition import places
from escalations.recognition.scripts import ONE_SCRIPT
from escalations.text import word_search

PREFIX = 4  # Words are looked up by so many of their first letters.
# Backwards, so that the beginning of one word is not taken for another whole word.
beginning = itemgetter(slice(PREFIX - 1, None, -1))
_NO_WORD = {n: " " for n in range(128) if not chr(n).isalnum()}
_TOKENS_MAX = 120  # What has no full stop is read in pieces of so many words.
_OVERLAP = 30
# Nobody says one thing in more words than these; who writes without full stops says several.
BREATH = 14
_BREATH_OVERLAP = 9
_BESIDE_MIN = 2

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# Vowel signs of Hindi are no letters to Python, and belong to words all the same.
_LETTERS = r"[^\W_" + _HAN + r"]+|[\u0900-\u0963\u0966-\u097f]+"
PAUSE, APART = ",", "|"  # No words: what ends a sentence is not in one.
_PAUSES = frozenset(",;:()/\n-–—、،؛")
_TOKEN = re.compile(rf"'?(?:{_LETTERS})+|[{_HAN}]|[,;:()/–—、،؛\n-]")
_ASCII_TOKEN = re.compile(r"'?[a-z0-9]+|[,;:()/\n-]")
# Not where a day or an item is counted, as in "1. Mai".
# The signs come first, so that only places with one of them are looked at.
_END = re.compile(r"[.!?|。؟।](?:(?<!\.)[!?|。؟।]*|(?<=\.)(?<!\s\d\.)(?<!\s\d\d\.)(?=[\s\")]|$))")
_DOTS = re.compile(r"\.\.+")
_FULL_LINE = 48  # A longer line may end because it is full, and then the sentence goes on.
_REPEATED = re.compile(r"([^\W\d_])\1\1+")
_SAID_TWICE = 4  # Shorter words, and characters, stand twice for other reasons.
# A hyphen between letters joins them, elsewhere it is a pause.
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
# Letters apart, as in "s p e a k".
_APART = re.compile(r"(?<!\w)(?:[^\W\d_] ){3,}[^\W\d_](?!\w)")
# Without those that stand alone in many texts: "a", "I'd", "I'm", "it's", "don't".
_LETTERS_ALONE = frozenset("bcefghjklnopqruvwxyz")
_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u093c]+")
_ALIKE = str.maketrans(
    {
        "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe",
        "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ە": "ه", "ँ": "ं", "‐": "-", "‑": "-",
        "「": " ", "」": " ", "«": " ", "»": " ",
    }
)  # fmt: skip
# Of most letters there is one way only, and to find that out is slow for each.
_HAS_ALIKE = re.compile(f"[{''.join(map(chr, _ALIKE))}]")
_HAS_HAN = re.compile(f"[{_HAN}]")
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_ARABIC = re.compile("[\u0621-\u064a]")
# What is written together with the next word: and, so, with, to, as, the.
_CLITICS = [
    conjunction + rest
    for conjunction in ("", "و", "ف")
    for rest in ("", "ال", "بال", "كال", "لل", "ب", "ل", "ك", "عال", "ه")
    if conjunction + rest
]


class Spoken:
    """Words with a comma for each pause, in which forms each may be meant, and where: of one
    sentence, or of several with a sign between them over which nothing goes on."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.in_one_breath = False
        self.kept: dict[int, list[tuple[int, int]]] = {}
        # What parts of patterns found in it: where their words are, and which rows it can hold.
        self.found: dict[object, int] = {}
        self.rows: dict[object, list[tuple[int, Any]]] = {}
        self.forms: dict[str, int] = {}
        for place, word in enumerate(words):
            for form in _forms(word):
                self.forms[form] = self.forms.get(form, 0) | 1 << place
        self._apart = self.forms.pop(APART, 0)
        self._pauses = self.forms.get(PAUSE, 0)
        self.places = self.forms.copy()
        for form, at in self.forms.items():
            begins = beginning(form)
            self.places[begins] = self.places.get(begins, 0) | at
        # A set, for which comparing takes as long as the smaller of two.
        self.features = frozenset(self.places)
        self._anywhere = places.before(len(words)) & ~self._apart
        # What may be skipped, and what is passed over before a word.
        self.skipped, self.passed = self._anywhere, self._pauses

    def without_pauses(self) -> "Spoken":
        """The same words, read so that nothing goes on over a pause."""
        other = copy.copy(self)
        other.in_one_breath = True
        other.skipped, other.passed = self._anywhere & ~self._pauses, 0
        return other

    def over_pause(self, at: int) -> int:
        """Of these places, where the next word is: a pause may be passed over."""
        passed = at & self.passed
        return (at ^ passed) | passed << 1

    @cached_property
    def opening(self) -> int:
        """Where a sentence may be said to begin: before are only pauses."""
        found, more = 0, 1 | self._apart << 1
        while more:
            found, more = found | more, (more & self._pauses) << 1
        return found

    @cached_property
    def closing(self) -> int:
        """Where a sentence may be said to end: after it are only pauses."""
        found, more = 0, 1 << len(self.words) | self._apart
        while more:
            found, more = found | more, more >> 1 & self._pauses
        return found

    def starts(self, beginnings: Set[str] | None) -> int:
        """Where a word begins so; without beginnings, where any word does."""
        if beginnings is None:
            return self._anywhere
        found = 0
        for one in beginnings & self.features:
            found |= self.places[one]
        return found

    def shown(self, start: int, end: int) -> str:
        """The words from here to there as a person would write them."""
        shown = " ".join(self.words[start:end]).strip(" ,").replace(" '", "'").replace(" ,", ",")
        return _BETWEEN_HAN.sub("", shown)


def folded(text: word_search.Text) -> str:
    """The text with one letter for all ways to write it; breaks of lines stay."""
    return text.cased if text.cased.isascii() else fold(text.cased)


def fold(text: str) -> str:
    """One letter for all ways to write it."""
    text = word_search.typed(text).casefold()
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
        if _HAS_ALIKE.search(text):
            text = text.translate(_ALIKE)
        if _HAS_HAN.search(text):
            text = text.translate(ONE_SCRIPT)
    return text


def has_letters_apart(words: Set[str]) -> bool:
    """Whether a text with these words may spell one: three letters stand alone."""
    return len(_LETTERS_ALONE & words) > 2


def closed_up(folded: str) -> str:
    """The text, and again with letters apart as one word, and with the first of them as a word of
    its own: "a h u m a n" is two."""
    if not _APART.search(folded):
        return folded
    whole = _APART.sub(lambda apart: apart[0].replace(" ", ""), folded)
    first = _APART.sub(lambda apart: apart[0][:2] + apart[0][2:].replace(" ", ""), folded)
    return f"{folded} | {whole} | {first}"


def features(folded: str) -> Set[str]:
    """The words of a folded text, and how they begin: what needs others is not in the text."""
    if folded.isascii():
        words = set(folded.translate(_NO_WORD).split())
    else:
        words = {form for word in set(_TOKEN.findall(folded)) for form in _forms(word)}
    return with_beginnings(words)


def with_beginnings(words: Set[str]) -> Set[str]:
    """These words and how they begin."""
    return frozenset(words).union(map(beginning, words))


def as_written(feature: str) -> tuple[str, str]:
    """What a text with this feature holds: a whole word, or its beginning the right way round."""
    return feature, feature[::-1]


class FoldedSentence(str):
    """A sentence of a folded text, whose words are told apart once."""

    @cached_property
    def words(self) -> list[str]:
        return tokens(self)


def sentences(folded: str) -> Iterator[FoldedSentence]:
    """Each sentence of a folded text, once. What goes on over short lines is one, and so is each
    of these lines: who writes by lines sets no full stops.
    """
    if ".." in folded:
        folded = _DOTS.sub(PAUSE, folded)
    read = [_joined(folded, "\n"), _joined(folded, APART)] if "\n" in folded else [folded]
    return map(FoldedSentence, dict.fromkeys(part for text in read for part in _END.split(text)))


def _joined(folded: str, end: str) -> str:
    """Full lines go on in the next one; others end so, and blank ones end the sentence."""
    lines = []
    for line in folded.splitlines():
        full = len(line) > _FULL_LINE
        lines.append(f"{line} " if full else f"{line}{end}" if line.strip() else APART)
    return "".join(lines)


def parts(sentence: FoldedSentence) -> Iterator[list[str]]:
    """The words of a sentence, in parts where it is very long."""
    words = sentence.words
    for start in range(0, max(len(words) - _OVERLAP, 1), _TOKENS_MAX - _OVERLAP):
        yield words[start : start + _TOKENS_MAX]


def breaths(sentence: FoldedSentence) -> Iterator[list[str]]:
    """Its parts as they are heard: those of a long one overlap, so that what is said beside it
    drowns nothing."""
    for words in parts(sentence):
        for start in range(0, max(len(words) - _BREATH_OVERLAP, 1), BREATH - _BREATH_OVERLAP):
            yield words[start : start + BREATH]


def around(words: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """From where to where the words are that stand around these, in one breath."""
    if len(words) <= BREATH:
        return 0, len(words)
    beside = max((BREATH - (end - start)) // 2, _BESIDE_MIN)
    return max(start - beside, 0), min(end + beside, len(words))


def tokens(folded: str) -> list[str]:
    """The words of a folded text, and a comma for each pause."""
    pattern = _ASCII_TOKEN if folded.isascii() else _TOKEN
    if "-" in folded:
        folded = _HYPHEN.sub(" ", folded)
    once = _REPEATED.sub(r"\1", folded)
    found = [PAUSE if token in _PAUSES else token for token in pattern.findall(once)]
    # Who says "operator operator operator" says it once.
    return [
        token
        for before, token in zip(["", *found], found, strict=False)
        if token != before or len(token) < _SAID_TWICE
    ]


def _forms(word: str) -> tuple[str, ...]:
    """A word, and what is left of it without what is only written together with it."""
    bare = word.removeprefix("'")
    if not _ARABIC.match(bare):
        return (bare,)
    without = (bare.removeprefix(clitic) for clitic in _CLITICS if bare.startswith(clitic))
    return (bare, *(form for form in without if len(form) > 1))
