"""kill -9 while people decide (promise 8) and talk; `bench.faults` and `bench.talk` go on longer."""

import pytest

from bench.faults.__main__ import story
from bench.talk.__main__ import story as talks

pytestmark = pytest.mark.long


@pytest.mark.parametrize("size", ["embedded", pytest.param("scaled", marks=pytest.mark.scaled)])
def test_nothing_answered_is_lost_or_decided_twice(size):
    seen = story(size, rounds=2, people=8)
    assert (seen["posted"], seen["waited_for"], seen["kills"]) == (16, 16, 2)
    assert seen["wrong"] == []


def test_no_message_of_a_talk_is_lost_or_there_twice():
    seen = talks("embedded", rounds=1, people=2)
    assert (seen["kills"], seen["talks"], seen["messages"]) == (1, 2, 50)
    assert seen["wrong"] == []
