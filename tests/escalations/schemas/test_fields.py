"""Date-times as moments."""

from datetime import UTC, datetime

import pytest

from escalations.schemas import fields


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21T09:30:00Z", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-21t09:30:00z", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-21T09:30:00.123456789+01:30", datetime(2026, 11, 21, 8, 0, 0, 123456, UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("0000-01-01T00:00:00Z", datetime.min.replace(tzinfo=UTC)),
        ("0001-01-01T00:00:00+01:00", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31T23:59:59-01:00", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_moment(text, moment):
    assert fields.moment(text) == moment


def test_moment_refuses_what_is_none():
    with pytest.raises(ValueError, match="Invalid isoformat"):
        fields.moment("tomorrow")
