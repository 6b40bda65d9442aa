"""What is said alike in many patterns is built once; what is found is in `test_recogniser.py`."""

import gc
import sys

from escalations.recognition import languages
from escalations.recognition.elements import Either
from escalations.recognition.patterns import Compiler
from escalations.recognition.recogniser import Recogniser

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


def _choices(row):
    return [part for part in row._parts if isinstance(part, Either)]
