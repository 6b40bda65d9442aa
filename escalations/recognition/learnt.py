"""A second opinion on a sentence, learnt from the sentences of the tests.

Patterns know what somebody thought of. This knows how strongly each word, each part of a word and
each pair of words speaks for a topic, and so doubts a pattern that fits by accident, and hears
what no pattern says. Nothing but sums: the same words have the same answer everywhere.
"""

import json
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import lshift
from pathlib import Path

FILE = "learnt.bin"
SCHEMA = "handoff.learnt/1"
BUCKETS = 1 << 20
# The log of the odds that a sentence is about any topic. Below this one it is not taken to be,
# whatever pattern it fits: less easily of danger, where a miss costs more than a false alarm,
DOUBTFUL = -0.3
DOUBTFUL_OF_DANGER = -0.8
# and above these it is, although it fits none: higher for what rouses everybody.
CERTAIN = 0.0
CERTAIN_OF_DANGER = 0.1
# Above this one even if no word is said by which a pattern of the topic is looked for.
BEYOND_DOUBT = 0.5
DANGER = "emergency"
ROUGHLY = -1.5  # What the words alone must say before pairs of them are looked at.
WORDS_MIN = 3  # One or two words alone say too little, for a pattern and against it.
_PARTS = (3, 4, 5)  # Letters of a part of a word; the word's two ends count.
_BEGINNING = 4  # Letters that words beside each other are known by, whatever their endings.
_START, _END = "^", "$"
PAUSE = ","  # As reading tells words.
_SHOWN_MAX = 8  # Words that are told as the reason.
# The weights of all topics, and how many features were added, are summed as one number of lanes.
_LANE = 24
_MASK = (1 << _LANE) - 1
WEIGHT_OF_NONE = 128  # Weights are stored as one byte.
_STEPS = 24  # From none to the largest: more fill the file and tell no more sentences apart.


@dataclass(frozen=True, slots=True)
class Judged:
    """The log of the odds that a sentence is about any topic, and about which most likely."""

    odds: float
    topic: str
    words: int

    def doubts(self, topic: str, *, foreign: bool = False) -> bool:
        """Whether the sentence is none of this topic, although a pattern of it fits.

        A pattern of another language than the sentence's says little by itself; a word or two
        that fit one are not doubted.
        """
        if foreign:
            return self.odds < 0
        least = DOUBTFUL_OF_DANGER if topic == DANGER else DOUBTFUL
        return self.odds < least and self.words >= WORDS_MIN

    @property
    def certain(self) -> bool:
        most = CERTAIN_OF_DANGER if self.topic == DANGER else CERTAIN
        return self.odds > most and self.words >= WORDS_MIN

    @property
    def beyond_doubt(self) -> bool:
        return self.odds > BEYOND_DOUBT


class UnreadableWeights(ValueError):
    """A file of weights that cannot be used, and why."""


class Learnt:
    """The weights of one file."""

    def __init__(
        self, topics: Sequence[str], scale: float, bias: Sequence[float], weights: bytes
    ) -> None:
        self.topics = tuple(topics)
        self._scale = scale
        self._bias = tuple(bias)
        count = len(self.topics)
        self._buckets = len(weights) // count
        # As they are stored: a number of lanes ready made for each row would fill forty megabytes.
        self._weights = weights
        self._shifts = [_LANE * (topic + 1) for topic in range(count)]
        # Words come again and again: what all parts of one say is summed once.
        self._of_word = lru_cache(maxsize=16_384)(self._sum_of_word)
        self._of_pair = lru_cache(maxsize=16_384)(self._sum_of_pair)
        self._of_gap = lru_cache(maxsize=16_384)(self._sum_of_gap)

    def judged(self, words: list[str]) -> Judged:
        """What these words of one sentence are most likely about."""
        scores = self._scores(self._sum(words))
        best = max(range(len(scores)), key=scores.__getitem__)
        return Judged(_odds(scores), self.topics[best], len(words) - words.count(PAUSE))

    def heard(self, words: list[str]) -> Judged | None:
        """What they are certainly about, if anything."""
        # A number says nothing, and each would say something else.
        words = [word for word in words if not word.isdecimal()]
        # The words by themselves say of most sentences that they are about nothing.
        if _odds(self._scores(sum(map(self._of_word, words)))) < ROUGHLY:
            return None
        judged = self.judged(words)
        return judged if judged.certain else None

    def reason(self, words: Sequence[str], topic: str) -> tuple[int, int]:
        """From which word to which the sentence speaks most for the topic."""
        at = self.topics.index(topic)
        spoken = [self._speaks(words, place, at) for place in range(len(words))]
        spans = (
            (sum(spoken[start:end]), start, end)
            for start in range(len(words))
            for end in range(start + 1, min(start + _SHOWN_MAX, len(words)) + 1)
        )
        _, start, end = max(spans, key=lambda span: span[0])
        return start, end

    def _sum(self, words: Sequence[str]) -> int:
        held = (_START, *words, _END)
        return (
            sum(map(self._of_word, words))
            + sum(map(self._of_pair, held, held[1:]))
            + sum(map(self._of_gap, held, held[2:]))
        )

    def _scores(self, lanes: int) -> list[float]:
        count = lanes & _MASK
        size = self._scale / math.sqrt(count or 1)
        scores = []
        for bias in self._bias:
            lanes >>= _LANE
            scores.append(((lanes & _MASK) - WEIGHT_OF_NONE * count) * size + bias)
        return scores

    def _speaks(self, words: Sequence[str], place: int, topic: int) -> float:
        alone = self._of_word(words[place])
        joined = self._of_pair(words[place], words[place + 1]) if place + 1 < len(words) else 0
        return self._lane(alone, topic) + self._lane(joined, topic)

    def _lane(self, lanes: int, topic: int) -> float:
        return float((lanes >> _LANE * (topic + 1) & _MASK) - WEIGHT_OF_NONE * (lanes & _MASK))

    def _sum_of_word(self, word: str) -> int:
        return sum(map(self._at, of_word(word)))

    def _sum_of_pair(self, one: str, other: str) -> int:
        return sum(map(self._at, pair(one, other)))

    def _sum_of_gap(self, one: str, other: str) -> int:
        return sum(map(self._at, gap(one, other)))

    def _at(self, feature: str) -> int:
        start = bucket(feature, self._buckets) * len(self._shifts)
        row = self._weights[start : start + len(self._shifts)]
        lanes: int = sum(map(lshift, row, self._shifts), 1)
        return lanes


def _odds(scores: Sequence[float]) -> float:
    return math.log(sum(map(math.exp, scores)))


def features(words: Sequence[str]) -> Iterator[str]:
    """All that is looked at in the words of one sentence."""
    for word in words:
        yield from of_word(word)
    held = (_START, *words, _END)
    for one, other in pairwise(held):
        yield from pair(one, other)
    for one, other in zip(held, held[2:], strict=False):
        yield from gap(one, other)


def of_word(word: str) -> Iterator[str]:
    """A word and its parts."""
    yield f"w{word}"
    if len(word) > 1:
        whole = f"<{word}>"
        for size in _PARTS:
            for start in range(len(whole) - size + 1):
                yield whole[start : start + size]


def pair(one: str, other: str) -> tuple[str, str]:
    """Two words beside each other, and how they begin."""
    return f"{one} {other}", f"{one[:_BEGINNING]}~{other[:_BEGINNING]}"


def gap(one: str, other: str) -> tuple[str, str]:
    """Two words with one between them, and how they begin."""
    return f"{one} _ {other}", f"{one[:_BEGINNING]}~_{other[:_BEGINNING]}"


def bucket(feature: str, buckets: int = BUCKETS) -> int:
    """Where the weights of a feature are; few share a place: with a quarter of
    the places one in a hundred more was missed."""
    return zlib.crc32(feature.encode("utf-8", "replace")) % buckets


def written(
    topics: Sequence[str], bias: Sequence[float], weights: Mapping[int, Sequence[float]]
) -> bytes:
    """A file of these weights, a row of all topics for each bucket."""
    scale = max(abs(one) for row in weights.values() for one in row) / _STEPS
    header = {
        "schema": SCHEMA,
        "topics": list(topics),
        "scale": round(scale, 9),
        "bias": [round(one, 6) for one in bias],
    }
    none = [0.0] * len(topics)
    rows = (weights.get(at, none) for at in range(BUCKETS))
    stored = bytes(round(one / scale) + WEIGHT_OF_NONE for row in rows for one in row)
    return json.dumps(header).encode() + b"\n" + zlib.compress(stored, 9)


def read(path: Path) -> Learnt:
    """The weights in a file. Raises UnreadableWeights."""
    try:
        first, packed = path.read_bytes().split(b"\n", 1)
        header, weights = json.loads(first), zlib.decompress(packed)
        # How many buckets is its own: copies of the folder keep the file that they were made with.
        if header["schema"] != SCHEMA or not weights or len(weights) % len(header["topics"]):
            raise ValueError("it is of another schema or length")
        return Learnt(header["topics"], header["scale"], header["bias"], weights)
    except (OSError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise UnreadableWeights(f"{path} cannot be used: {error}.") from error
