"""Learns the second opinion from the fixture: `python -m tests.escalations.recognition.learn FILE`.

Plain logistic regression by small steps, in an order that is always the same, so that the same
sentences give the same file. With `--without PART` one part of the fixture is left out, and with
`--beside FILE` other sentences in the fixture's form join, to measure on what it has not seen.
"""

import argparse
import math
import random
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from escalations.recognition import learnt, reading
from escalations.text import word_search

FOLDER = Path(__file__).with_name("sentences")
TOPICS = ("person", "emergency", "legal_threat", "account_closure")
ROUNDS = 8
STEP = 0.35
BIAS = -2.0
BIAS_STEP = 0.01
SMALL = 1e-3
# What keeps rare words from being believed too much.
SHRINK = 3e-3
Example = tuple[list[int], int]


def examples(paths: Iterable[Path]) -> list[Example]:
    """The buckets of each sentence, and the number of its topic; -1 for none. Of what says nothing
    each stretch says nothing either."""
    found: list[Example] = []
    for path in paths:
        for topic, said in said_in(path).items():
            label = TOPICS.index(topic) if topic in TOPICS else -1
            found += [(buckets(tokens(one)), label) for one in said]
            if label < 0:
                found += [(buckets(one), label) for text in said for one in stretches(text)]
    return found


def said_in(path: Path) -> dict[str, list[str]]:
    """The sentences of a file for each topic."""
    return tomllib.loads(path.read_text())


def tokens(said: str) -> list[str]:
    folded = reading.folded(word_search.read(said))
    return [word for one in reading.sentences(folded) for word in reading.tokens(one)]


def stretches(said: str) -> Iterator[list[str]]:
    """What is heard of a long text by itself, as the recogniser hears it."""
    folded = reading.folded(word_search.read(said))
    for sentence in reading.sentences(folded):
        heard = list(reading.breaths(sentence))
        if len(heard) > 1:
            yield from heard


def buckets(words: Sequence[str]) -> list[int]:
    return [learnt.bucket(feature) for feature in learnt.features(words)]


def learned(told: Sequence[Example]) -> tuple[list[float], dict[int, list[float]]]:
    """The bias of each topic, and the weights of each bucket for each topic."""
    topics = range(len(TOPICS))
    weights = {key: [0.0 for _ in topics] for held, _ in told for key in held}
    squares = {key: [1e-3 for _ in topics] for key in weights}
    bias = [BIAS for _ in topics]
    order = list(range(len(told)))
    chance = random.Random(0)
    for _ in range(ROUNDS):
        chance.shuffle(order)
        for number in order:
            held, label = told[number]
            size = 1 / math.sqrt(len(held) or 1)
            rows = [weights[key] for key in held]
            scores = [min(bias[at] + sum(row[at] for row in rows) * size, 50.0) for at in topics]
            total = 1 + sum(map(math.exp, scores))
            for at in topics:
                off = math.exp(scores[at]) / total - (label == at)
                bias[at] -= BIAS_STEP * off
                if abs(off) < SMALL:
                    continue
                slope = off * size
                for row, square in zip(rows, (squares[key] for key in held), strict=True):
                    square[at] += slope * slope
                    row[at] -= STEP * (slope + SHRINK * row[at]) / math.sqrt(square[at])
    return bias, weights


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("--without", default="")
    asked.add_argument("--beside", type=Path, action="append", default=[])
    given = asked.parse_args()
    parts = sorted(path for path in FOLDER.glob("*/*.toml") if path.parent.name != given.without)
    told = examples([*parts, *given.beside])
    given.file.write_bytes(learnt.written(TOPICS, *learned(told)))


if __name__ == "__main__":
    main()
