"""What is said alike in many patterns is built once; what is found is in `test_recogniser.py`."""

import gc
import random
import sys

from escalations.recognition import languages, reading
from escalations.recognition.elements import Either, End, Skip, Start, Words
from escalations.recognition.patterns import Compiler
from escalations.recognition.reading import Spoken
from escalations.recognition.recogniser import Recogniser

WORDS = ["human", "humans", "a", "some", "body", "real", "really", "to", ",", ",", "ok"]
WHO = {"who": ["a human", "humans", "[some] body ... real"]}
BLOCKS_MAX = 320_000  # 278,000 on 2026-11-24; 648,000 while each pattern had parts of its own.


def test_parts_that_are_alike_are_one():
    compiler = Compiler({"who": ["a human", "somebody real"]}, gap=4)
    pairs = [
        ("(speak|talk) to <who>", "(talk|speak) to [the] <who>"),
        ("i [really] want <who>", "we [really] want <who>"),
    ]
    for one, other in pairs:
        choices = [_choices(compiler.pattern(text).row) for text in (one, other)]
        assert set(choices[0]) & set(choices[1]), (one, other)
        assert choices[0][-1] is choices[1][-1]


def test_the_shipped_ones_take_no_more_memory_than_before():
    shipped = languages.read_all([languages.SHIPPED_NAME], languages.SHIPPED)
    gc.collect()
    before = sys.getallocatedblocks()
    built = Recogniser(shipped)
    gc.collect()
    blocks = sys.getallocatedblocks() - before
    assert built.topics
    assert blocks < BLOCKS_MAX


def test_a_pattern_fits_where_its_parts_do_one_after_the_other():
    chance = random.Random(0)
    compiler = Compiler(WHO, gap=2)
    patterns = [compiler.pattern(f"human {_pattern(chance)}") for _ in range(80)]
    patterns += [compiler.pattern(f"{_pattern(chance)} humans") for _ in range(80)]
    fitted = 0
    for _ in range(150):
        words = [chance.choice(WORDS) for _ in range(chance.randint(0, 9))]
        spoken = Spoken(words)
        for pattern in chance.sample(patterns, 20):
            for read in (spoken, spoken.without_pauses()):
                expected = {
                    start: ends
                    for start in range(len(words))
                    if pattern.row.first is None or pattern.row.first & _begins(words[start])
                    if (ends := _ends(pattern.row, words, start, read.in_one_breath))
                }
                nearest = [(start, min(ends)) for start, ends in expected.items()]
                widest = [(start, max(ends)) for start, ends in expected.items()]
                assert list(pattern.spans(read)) == nearest, words
                assert list(pattern.spans(read, widest=True)) == widest, words
                fitted += len(nearest)
    assert fitted > 300


def test_sentences_together_are_looked_at_each_for_itself():
    chance = random.Random(1)
    compiler = Compiler(WHO, gap=2)
    patterns = [compiler.pattern(f"{_pattern(chance)} human") for _ in range(80)]
    for pattern in patterns:
        parts = [[chance.choice(WORDS) for _ in range(chance.randint(0, 6))] for _ in range(9)]
        together = Spoken([word for part in parts for word in (*part, reading.APART)])
        at, expected = 0, 0
        for part in parts:
            expected |= pattern.ends(Spoken(part)) << at
            at += len(part) + 1
        assert pattern.ends(together) == expected, parts


def _pattern(chance, depth=2):
    parts = []
    for _ in range(chance.randint(1, 3)):
        inside = " | ".join(_pattern(chance, depth - 1) for _ in range(2)) if depth else "to"
        kinds = ("...", "<who>", "^", "$", "real*", "hu*", f"({inside})", f"[{inside}]")
        parts.append(chance.choice((*WORDS[:8], *kinds)))
    return " ".join(parts)


def _begins(word):
    return {word, reading.beginning(word)}


def _ends(part, words, place, in_one_breath):
    """Where this part ends if it begins here, by what docs/policy.md says of it."""
    end = len(words)
    if isinstance(part, Words):
        at = place + (not in_one_breath and words[place : place + 1] == [","])
        fits = at < end and (words[at] in part.whole or words[at].startswith(part.stems))
        return {at + 1} if fits else set()
    elif isinstance(part, Skip):
        most = part._most + (3 if in_one_breath else 0)
        reached = range(place, min(place + most, end) + 1)
        return {at for at in reached if not in_one_breath or "," not in words[place:at]}
    elif isinstance(part, Start | End):
        passed = words[:place] if isinstance(part, Start) else words[place:]
        return {place} if set(passed) <= {","} else set()
    elif isinstance(part, Either):
        found = {place} if part._optional else set()
        return found.union(
            *(_ends(one, words, place, in_one_breath) for one in (part.words, *part.rows))
        )
    else:
        found = {place}
        for one in part._parts:
            found = {end for at in found for end in _ends(one, words, at, in_one_breath)}
        return found


def _choices(row):
    return [part for part in row._parts if isinstance(part, Either)]
