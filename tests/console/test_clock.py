from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from console import clock


@pytest.fixture(autouse=True)
def _own_clock():
    yield
    clock._offset, clock._is_measured = timedelta(0), False


def test_now_is_aware_utc():
    assert clock.now().tzinfo is UTC


def test_now_follows_the_measured_offset():
    clock._offset = timedelta(hours=2)
    ahead = clock.now() - datetime.now(UTC)
    assert timedelta(hours=2) - timedelta(seconds=1) < ahead <= timedelta(hours=2)


@pytest.mark.django_db
def test_measure_finds_the_clock_of_the_database():
    clock._offset = timedelta(hours=2)
    assert abs(clock.measure()) < timedelta(seconds=1)
    if connection.vendor == "sqlite":
        assert clock.measure() == timedelta(0)


@pytest.mark.django_db
def test_a_host_whose_clock_is_set_anew_goes_by_the_database_all_the_same(monkeypatch):
    clock.measure()
    real = datetime.now(UTC)

    class Set(datetime):
        @classmethod
        def now(cls, tz=None):
            return real + timedelta(minutes=10)

    monkeypatch.setattr(clock, "datetime", Set)
    ahead = timedelta(minutes=10) if connection.vendor == "sqlite" else timedelta(0)
    assert abs(clock.now() - real - ahead) < timedelta(seconds=5)
