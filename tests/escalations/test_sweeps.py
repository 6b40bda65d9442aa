"""What a sweep forgets by age."""

from datetime import timedelta

import pytest

from escalations import sweeps
from escalations.models import DeliveryAttempt
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def attempt(message, days):
    at = NOW - timedelta(days=days)
    DeliveryAttempt.objects.create(message=message, number=1, at=at, took_ms=12, status=200)


def test_attempts_are_kept_for_the_days_of_the_setting(monkeypatch, settings):
    monkeypatch.setattr(sweeps, "_watch", sweeps.Watch())
    for message, days in {"old": 90.1, "older": 200, "kept": 89.9}.items():
        attempt(message, days)
    assert sweeps.tidy(NOW)["attempts_forgotten"] == 2
    assert sweeps.tidy(NOW)["attempts_forgotten"] == 0
    assert list(DeliveryAttempt.objects.values_list("message", flat=True)) == ["kept"]
    settings.KEEP_ATTEMPTS_DAYS = 30
    assert sweeps.tidy(NOW)["attempts_forgotten"] == 1


def test_more_old_attempts_than_a_batch_go_batch_by_batch(monkeypatch):
    monkeypatch.setattr(sweeps, "_watch", sweeps.Watch())
    for number in range(sweeps.BATCH + 3):
        attempt(f"msg_{number}", 365)
    assert [sweeps.tidy(NOW)["attempts_forgotten"] for _ in range(2)] == [sweeps.BATCH + 3, 0]
