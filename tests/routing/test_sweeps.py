"""A part of a sweep that fails holds up no other."""

import pytest

from escalations import sweeps as of_cases
from routing import sweeps
from routing.attendance import presence
from routing.models import Alert
from tests.factories import after, escalation, person
from tests.routing.presence import there

pytestmark = pytest.mark.django_db


def fail(*parts):
    raise ValueError("This row is not as it should be.")


def test_alerts_are_raised_although_presence_cannot_be_swept(monkeypatch):
    monkeypatch.setattr(sweeps, "_watch", of_cases.Watch())
    there(person("dana"))
    monkeypatch.setattr(presence, "_settle", fail)
    escalation(trigger={"type": "emergency", "reason": "Smoke comes from the machine."})
    with pytest.raises(ExceptionGroup) as failed:
        sweeps.sweep(after(1))
    assert [str(one) for one in failed.value.exceptions] == ["This row is not as it should be."]
    assert Alert.objects.count() == 1
