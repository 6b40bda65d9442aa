"""Fetching the decision over HTTP, and waiting for it on the line."""

import threading
import time

import httpx
import jsonschema_rs
import pytest

from console import clock
from escalations import lifecycle
from escalations.models import Escalation
from escalations.schemas import published
from tests.escalations.api.conftest import Caller, decide, publish
from tests.factories import REFUND, viewer

DECISION = jsonschema_rs.validator_for(
    published.published()["handoff-decision.v1.schema.json"], validate_formats=True
)


def test_decision_before_inside_and_after_the_undo_window(mira):
    publish(refund={"level": 2, "undo_s": 1})
    created = mira.escalate()
    path = f"/escalations/{created['id']}/decision"

    before = mira.get(path)
    decide(created["id"])
    inside = mira.get(path)
    # By the database's own clock, which no test can set.
    time.sleep(1.1)
    after = mira.get(path)
    whole = mira.get(f"/escalations/{created['id']}").json()

    assert (before.status_code, inside.status_code, after.status_code) == (202, 202, 200)
    assert before.json() == {
        "id": created["id"],
        "state": "waiting",
        "version": 1,
        "respond_by": created["respond_by"],
        "effective_at": None,
    }
    assert (inside.json()["state"], inside.json()["version"]) == ("decided", 2)
    assert inside.json()["effective_at"] > created["arrived_at"]
    assert list(DECISION.iter_errors(after.json())) == []
    assert (after.json()["outcome"], after.json()["proceed"]) == ("approved", True)
    assert after.json()["digest"] == created["package"]["digest"]
    assert whole["decision"] == after.json()


def test_decision_that_was_undone_is_not_shown(mira):
    created = mira.escalate()
    dana = viewer()
    case = decide(created["id"], by=dana)
    lifecycle.undo(case, by=dana, version=case.version, now=clock.now())

    response = mira.get(f"/escalations/{created['id']}/decision")

    assert (response.status_code, response.json()["state"]) == (202, "held")


@pytest.mark.parametrize("wait", ["-1", "61", "x", "1.5"])
def test_decision_refuses_a_wait_that_cannot_be(mira, wait):
    created = mira.escalate()

    assert mira.get(f"/escalations/{created['id']}/decision?wait={wait}").status_code == 422


def test_a_waiting_agent_gets_the_decision_at_once(server, transactional_db):
    publish(refund={"level": 2, "undo_s": 0})
    mira, dana = Caller("mira"), viewer()
    headers = {"Authorization": f"Bearer {mira.text}"}
    answers = []
    with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=30) as agent:
        created = agent.post("/escalations", json=REFUND)
        waiting = threading.Thread(
            target=lambda: answers.append(
                (
                    agent.get(f"/escalations/{created.json()['id']}/decision?wait=20"),
                    time.monotonic(),
                )
            )
        )
        waiting.start()
        time.sleep(0.5)
        decide(created.json()["id"], by=dana)
        decided_at = time.monotonic()
        waiting.join(25)

    answer, answered_at = answers[0]
    assert created.status_code == 201
    assert answer.status_code == 200
    assert answer.json() == Escalation.objects.get().decisions.get().document
    assert answer.json()["proceed"] is True
    assert answered_at - decided_at < 4


def test_a_reversal_is_the_next_document_and_can_be_waited_for(mira):
    publish(refund={"level": 2, "undo_s": 0})
    created, dana = mira.escalate(), viewer("dana")
    path = f"/escalations/{created['id']}/decision"
    decide(created["id"], by=dana)
    first = mira.get(path).json()
    assert mira.get(f"{path}?after=1").status_code == 202
    case = Escalation.objects.get()
    lifecycle.reverse(case, by=dana, version=case.version, why="It had arrived.")
    for address in (path, f"{path}?after=1"):
        later = mira.get(address).json()
        assert list(DECISION.iter_errors(later)) == []
        assert (later["sequence"], later["proceed"], later["reverses"]) == (2, False, first["id"])
    told = {"outcome": "executed"}
    report = mira.post(f"/escalations/{created['id']}/outcome", told)
    assert report.status_code < 300
