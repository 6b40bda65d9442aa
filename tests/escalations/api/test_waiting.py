"""An agent waits on the line while a person decides."""

import threading
import time

import httpx

from escalations.models import Escalation
from tests.escalations.api.conftest import Caller
from tests.escalations.api.test_escalations import decide, publish
from tests.factories import REFUND, viewer


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
    assert answered_at - decided_at < 2
