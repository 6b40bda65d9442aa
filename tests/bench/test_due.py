"""What `bench due` puts beside a sweep is what a sweep writes."""

import json

import pytest

from bench.due import NAMES, arrears
from escalations.models import Escalation, State

pytestmark = pytest.mark.django_db(transaction=True)


def test_half_is_swept_and_half_is_written_bare_and_all_is_done(capsys, monkeypatch):
    monkeypatch.setattr(arrears.sweeps, "BATCH", 2)
    monkeypatch.setattr(arrears, "TOLD", 3)
    arrears.rates(4)
    rates = json.loads(capsys.readouterr().out)
    assert rates.keys() == NAMES.keys()
    # The case, its line and its webhook, with the answer where it ends; whom it is told, and how.
    assert {kind: one["rows"] for kind, one in rates.items()} == {
        "expired": 4, "lost": 3, "woken": 3, "raised": 5,
    }  # fmt: skip
    ended = Escalation.objects.exclude(state__in=[State.WAITING])
    assert ended.count() == 8
