"""kill -9 while people decide (promise 8); `python -m bench.faults` goes on longer."""

import pytest

from bench.faults.__main__ import story

pytestmark = pytest.mark.long


@pytest.mark.parametrize("size", ["embedded", pytest.param("scaled", marks=pytest.mark.scaled)])
def test_nothing_answered_is_lost_or_decided_twice(size):
    seen = story(size, rounds=2, people=8)
    assert (seen["posted"], seen["waited_for"], seen["kills"]) == (16, 16, 2)
    assert seen["wrong"] == []
