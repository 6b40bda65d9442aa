"""How a person comes in, row by row of the table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.policy.methods import USUAL, CustomerWait, Outlook, choose

NOBODY = Outlook()
FREE = Outlook(on_shift=3, free=1, wait_s=0)
SOON = Outlook(on_shift=3, free=0, wait_s=300)
LATE = Outlook(on_shift=3, free=0, wait_s=301)
FREE_BUT_LONG = Outlook(on_shift=3, free=1, wait_s=301)
UNKNOWN = Outlook(on_shift=3, free=0, wait_s=None)


@pytest.mark.parametrize(
    ("method", "asked"),
    [
        ("callback", {"wish": "callback", "outlook": FREE}),
        ("message", {"wish": "message", "level": 2}),
        ("approval", {"level": 2, "outlook": NOBODY}),
        ("message", {"live": False, "outlook": FREE}),
        ("warm", {"level": 4, "outlook": NOBODY}),
        ("warm", {"outlook": None}),
        ("warm", {"outlook": FREE}),
        ("warm", {"outlook": SOON}),
        ("callback", {"outlook": LATE, "reachable": True}),
        ("message", {"outlook": LATE}),
        ("message", {"outlook": FREE_BUT_LONG}),
        ("callback", {"outlook": FREE_BUT_LONG, "reachable": True}),
        ("callback", {"outlook": UNKNOWN, "reachable": True}),
        ("message", {"outlook": NOBODY}),
    ],
)
def test_table(method, asked):
    row = {"level": 3, "wish": "", "live": True, "reachable": False, "outlook": None}
    chosen = choose(**(row | asked))
    assert chosen.name == method
    assert chosen.why.endswith(".")


@given(
    on_shift=st.integers(0, 3),
    free=st.integers(0, 3),
    wait_s=st.one_of(st.none(), st.integers(0, 2_000)),
    level=st.sampled_from([1, 2, 3]),
    wish=st.sampled_from(["", "warm", "callback", "message"]),
    live=st.booleans(),
    reachable=st.booleans(),
)
def test_warm_is_never_chosen_with_a_longer_wait_than_the_table_allows(
    on_shift, free, wait_s, **row
):
    outlook = Outlook(on_shift, min(free, on_shift), wait_s)
    chosen = choose(**row, outlook=outlook)
    if chosen.name == "warm":
        assert outlook.on_shift
        assert outlook.free if wait_s is None else wait_s <= USUAL.stay_up_to_s


@pytest.mark.parametrize(
    ("method", "said", "asked"),
    [
        ("warm", {"stay_up_to_s": 301}, {"outlook": LATE}),
        ("callback", {"stay_up_to_s": 60}, {"outlook": SOON, "reachable": True}),
        ("message", {"otherwise": "message"}, {"outlook": LATE, "reachable": True}),
        ("warm", {"otherwise": "message"}, {"outlook": SOON, "reachable": True}),
        ("callback", {"urgent_stays": False}, {"level": 4, "outlook": LATE, "reachable": True}),
        ("warm", {"urgent_stays": False}, {"level": 4, "outlook": SOON}),
        ("warm", {"stay_up_to_s": 0}, {"outlook": FREE}),
    ],
)
def test_the_policy_changes_the_table(method, said, asked):
    row = {"level": 3, "wish": "", "live": True, "reachable": False, "outlook": None}
    assert choose(**(row | asked), wait=CustomerWait(**said)).name == method
