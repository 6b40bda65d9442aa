from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from console import clock


@pytest.fixture(autouse=True)
def _own_clock():
    yield
    clock._offset = timedelta(0)


def test_now_is_aware_utc():
    assert clock.now().tzinfo is UTC


def test_now_follows_the_measured_offset():
    clock._offset = timedelta(hours=2)
    ahead = clock.now() - datetime.now(UTC)
    assert timedelta(hours=2) - timedelta(seconds=1) < ahead <= timedelta(hours=2)


@pytest.mark.django_db
@pytest.mark.services
def test_measure_finds_the_clock_of_the_database():
    clock._offset = timedelta(hours=2)
    assert abs(clock.measure()) < timedelta(seconds=1)
    if connection.vendor == "sqlite":
        assert clock.measure() == timedelta(0)
