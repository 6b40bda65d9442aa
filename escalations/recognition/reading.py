"""What was written, in the one form in which sentences of every language are compared.

Case, accents, vowel signs of Arabic, dots of Hindi, traditional characters and typographic tricks
make no difference. Chinese characters are words of their own.
"""

import copy
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from operator import itemgetter

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
_LETTERS = r"[^\W_" + _HAN + r"]|[\u0900-\u0963\u0966-\u097f]"
_PAUSES = frozenset(",;:()/\n-–—、،؛")
_TOKEN = re.compile(rf"'?(?:{_LETTERS})+|[{_HAN}]|[,;:()/–—、،؛\n-]")
_ASCII_TOKEN = re.compile(r"'?[a-z0-9]+|[,;:()/\n-]")
# Not where a day or an item is counted, as in "1. Mai".
_END = re.compile(r"(?<!\s\d)(?<!\s\d\d)\.(?=[\s\")]|$)|[!?|。؟।]+")
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
    """Its words with a comma for each pause, in which forms each may be meant, and where."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.in_one_breath = False
        self.kept: dict[int, list[tuple[int, int]]] = {}
        self.forms = [_forms(word) for word in words]
        self._begins = [frozenset((*forms, *map(beginning, forms))) for forms in self.forms]
        self.places: dict[str, list[int]] = {}
        for place, begins in enumerate(self._begins):
            for one in begins:
                self.places.setdefault(one, []).append(place)
        # A set, for which comparing takes as long as the smaller of two.
        self.features = frozenset(self.places)
        # Of each place, where the next word is: a pause may be passed over.
        self.next = [place + (word == ",") for place, word in enumerate([*words, ""])]

    def without_pauses(self) -> "Spoken":
        """The same words, read so that nothing goes on over a pause."""
        other = copy.copy(self)
        other.in_one_breath = True
        other.next = list(range(len(self.next)))
        return other

    def reach(self, place: int, most: int) -> range:
        """The places that can be reached over so many words."""
        end = min(place + most, len(self.words))
        if self.in_one_breath and "," in self.words[place:end]:
            end = self.words.index(",", place)
        return range(place, end + 1)

    def only_pauses(self, start: int, end: int) -> bool:
        return all(word == "," for word in self.words[start:end])

    def beginnings_at(self, places: Iterable[int]) -> frozenset[str]:
        """How the words at these places begin, or those after a pause there."""
        begins = [
            self._begins[at] for place in places if (at := self.next[place]) < len(self.words)
        ]
        return begins[0] if len(begins) == 1 else frozenset[str]().union(*begins)

    def starts(self, beginnings: Set[str] | None) -> list[int]:
        """Where a word begins so, in their order; without beginnings, where any word does."""
        if beginnings is None:
            return list(range(len(self.words)))
        found = beginnings & self.features
        return sorted({place for one in found for place in self.places[one]})

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
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_ALIKE)
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


def sentences(folded: str, holding: Collection[str] | None = None) -> Iterator[str]:
    """Each sentence of a folded text that holds one of these, or each at all, once. What goes on
    over short lines is one, and so is each of these lines: who writes by lines sets no full stops.
    """
    if ".." in folded:
        folded = _DOTS.sub(",", folded)
    read = [_joined(folded, "\n"), _joined(folded, "|")] if "\n" in folded else [folded]
    for one in dict.fromkeys(part for text in read for part in _END.split(text)):
        if holding is None or any(part in one for part in holding):
            yield one


def _joined(folded: str, end: str) -> str:
    """Full lines go on in the next one; others end so, and blank ones end the sentence."""
    lines = []
    for line in folded.splitlines():
        full = len(line) > _FULL_LINE
        lines.append(f"{line} " if full else f"{line}{end}" if line.strip() else "|")
    return "".join(lines)


def pieces(sentence: str) -> Iterator[Spoken]:
    """A sentence ready to be looked at, in pieces where it is very long."""
    return map(Spoken, parts(sentence))


def parts(sentence: str) -> Iterator[list[str]]:
    """The words of a sentence, in parts where it is very long."""
    words = tokens(sentence)
    for start in range(0, max(len(words) - _OVERLAP, 1), _TOKENS_MAX - _OVERLAP):
        yield words[start : start + _TOKENS_MAX]


def breaths(sentence: str) -> Iterator[list[str]]:
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
    once = _REPEATED.sub(r"\1", _HYPHEN.sub(" ", folded))
    found = ["," if token in _PAUSES else token for token in pattern.findall(once)]
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
