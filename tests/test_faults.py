"""kill -9 in the middle of posts and decisions (promise 8); `python -m bench.faults` goes on longer."""

import pytest

from bench import faults

pytestmark = pytest.mark.long


@pytest.mark.parametrize("size", ["embedded", pytest.param("scaled", marks=pytest.mark.scaled)])
def test_nothing_answered_is_lost_or_decided_twice(size):
    story = {"embedded": faults.embedded, "scaled": faults.scaled}[size]
    seen = story(40, 2)
    assert (seen["posted"], seen["decided"], seen["kills"]) == (40, 40, 2)
