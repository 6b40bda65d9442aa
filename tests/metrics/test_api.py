"""`GET /api/v1/metrics`."""

from datetime import timedelta

import pytest

from console import clock
from metrics import fold
from tests.escalations.api.conftest import Caller
from tests.factories import viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def watcher():
    return Caller("watcher", scopes=("metrics",))


def test_numbers_over_all_agents(watcher, monkeypatch):
    mira, dana = Caller("mira"), viewer()
    ids = [mira.escalate()["id"] for _ in range(3)]
    _decided(ids[0], dana, "approve")
    _decided(ids[1], dana, "reject")
    past = clock.now() + timedelta(seconds=20)
    monkeypatch.setattr(clock, "_offset", timedelta(seconds=20))
    document = watcher.get("/metrics").json()
    today = past.date()
    assert (document["from"], document["to"]) == (
        (today - timedelta(days=29)).isoformat(),
        today.isoformat(),
    )
    assert document["total"]["override_rate"] == {
        "value": 0.5,
        "numerator": 1,
        "denominator": 2,
        "split": {
            "cosmetic": 0,
            "material": 0,
            "rejected": 1,
            "responded": 0,
            "mixed": 0,
            "taken_over": 0,
        },
    }
    assert document["total"]["handoff_rate"] == {"value": 1.0, "numerator": 3, "denominator": 3}
    assert [row["task_type"] for row in document["by_task_type"]] == ["refund"]
    assert len(document["by_day"]) == 30
    assert document["by_day"][-1]["decided"] == 2


def test_nothing_yet_is_null_and_not_zero(watcher):
    document = watcher.get("/metrics").json()
    assert document["total"]["re_escalation_rate"] == {
        "value": None,
        "numerator": 0,
        "denominator": 0,
    }
    assert document["by_task_type"] == []


def test_days_and_task_type_are_chosen(watcher):
    Caller("mira").escalate()
    fold.catch_up()
    chosen = watcher.get("/metrics?from=2026-11-01&to=2026-11-02&task_type=refund").json()
    assert (chosen["from"], chosen["to"]) == ("2026-11-01", "2026-11-02")
    assert chosen["task_type"] == "refund"
    assert chosen["total"]["arrived"] == 0
    assert [row["date"] for row in chosen["by_day"]] == ["2026-11-01", "2026-11-02"]


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("from=2026-11-02&to=2026-11-01", "from lies after `to`."),
        ("from=2024-01-01&to=2026-01-01", "from lies more than 366 days before `to`."),
    ],
)
def test_days_that_cannot_be_are_refused(watcher, query, detail):
    response = watcher.get(f"/metrics?{query}")
    assert response.status_code == 422
    assert response.json()["errors"] == [{"pointer": "", "detail": detail}]


def test_day_that_is_none_is_refused(watcher):
    assert watcher.get("/metrics?from=yesterday").status_code == 422


def test_earliest_day_is_no_error(watcher):
    assert watcher.get("/metrics?to=0001-01-05").json()["from"] == "0001-01-01"


def test_scope_is_needed(db):
    response = Caller("mira").get("/metrics")
    assert response.status_code == 403
    assert response.json()["detail"] == "This key does not have the scope metrics."


def _decided(case, by, command):
    from escalations import commands
    from escalations.commands import Command

    commands.perform(by, Command(command, f"c-{case}", case, 1), now=clock.now())
