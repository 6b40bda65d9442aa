"""Times as agents write them."""

from datetime import UTC, datetime

import pytest

from escalations.text import moments


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-11-21T09:30:00", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-21T09:30:00Z", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-21t09:30:00z", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-21T09:30:00.123456789+01:30", datetime(2026, 11, 21, 8, 0, 0, 123456, UTC)),
        (f"2026-11-21T09:30:00.{'0' * 400}1Z", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2016-12-31t23:59:60.5z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("0000-01-01T00:00:00Z", moments.FIRST),
        ("0001-01-01T00:00:00+14:00", moments.FIRST),
        ("0001-01-01T00:00:00Z", moments.FIRST),
        ("9999-12-31T23:59:59Z", moments.LAST),
        ("9999-12-31T23:59:59-12:00", moments.LAST),
    ],
)
def test_read(text, moment):
    assert moments.read(text) == moments.found(text) == moment


@pytest.mark.parametrize("text", ["tomorrow", "", "2026", "0000", "2026-13-01T00:00:00Z"])
def test_what_is_none_is_refused(text):
    assert moments.found(text) is None


def test_read_says_what_is_none():
    with pytest.raises(ValueError, match="Invalid isoformat"):
        moments.read("tomorrow")
