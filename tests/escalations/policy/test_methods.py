"""How a person comes in, row by row of the table."""

import pytest

from escalations.policy.methods import Outlook, choose

NOBODY = Outlook()
FREE = Outlook(on_shift=3, free=1, wait_s=0)
SOON = Outlook(on_shift=3, free=0, wait_s=300)
LATE = Outlook(on_shift=3, free=0, wait_s=301)
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
        ("callback", {"outlook": UNKNOWN, "reachable": True}),
        ("message", {"outlook": NOBODY}),
    ],
)
def test_table(method, asked):
    row = {"level": 3, "wish": "", "live": True, "reachable": False, "outlook": None}
    chosen = choose(**(row | asked))
    assert chosen.name == method
    assert chosen.why.endswith(".")
