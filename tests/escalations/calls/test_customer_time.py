"""What o'clock it is where the customer is."""

from datetime import UTC, datetime

import pytest

from escalations.calls import customer_time

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def there(zone, now=NOON):
    return customer_time.of({"context": {"customer": {"time_zone": zone}}}, now=now)


@pytest.mark.parametrize(
    ("zone", "clock", "next_day", "odd"),
    [
        ("Europe/Lisbon", "12:00", "2026-11-22T10:00:00+00:00", False),
        ("America/Los_Angeles", "04:00", "2026-11-22T10:00:00-08:00", True),
        ("Pacific/Auckland", "01:00", "2026-11-23T10:00:00+13:00", True),
    ],
)
def test_the_next_try_is_at_a_time_of_theirs(zone, clock, next_day, odd):
    found = there(zone)
    assert (found.zone, found.is_known, found.clock) == (zone, True, clock)
    assert (found.next_day.isoformat(), found.is_early_or_late) == (next_day, odd)


@pytest.mark.parametrize("zone", ["", None, "Mars/Olympus", "../../etc/passwd", "a" * 300, "\0"])
def test_a_zone_that_there_is_none_of_is_said(zone):
    found = there(zone, datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
    assert (found.zone, found.is_known, found.is_early_or_late) == ("UTC", False, False)
    assert customer_time.of({}, now=NOON).zone == "UTC"
