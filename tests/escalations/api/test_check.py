"""Triage without creating anything."""

import json

import time_machine

from escalations.masking import pointed
from escalations.models import Escalation, Event, Package
from escalations.text import canonical
from tests.escalations.api.conftest import publish
from tests.factories import REFUND


def test_check_gives_the_verdict_that_create_gives(mira):
    publish(refund={"level": 3, "skills": {"payments": 2}, "approvals": 2})

    response = mira.post("/check", REFUND)
    stored = Escalation.objects.count(), Package.objects.count()
    created = mira.escalate()

    checked = response.json()
    assert response.status_code == 200
    assert stored == (0, 0)
    same = ("level", "disposition", "policy_version", "priority", "method", "reasons")
    assert {name: checked[name] for name in same} == {name: created[name] for name in same}
    assert (checked["level"], checked["skills"], checked["approvals"]) == (3, {"payments": 2}, 2)
    assert checked["task_type_known"] is True
    assert checked["package"] == {
        "digest": canonical.digest(REFUND),
        "completeness": created["package"]["completeness"],
        "missing": created["package"]["missing"],
    }


def test_check_leaves_nothing_behind(mira):
    mira.post("/check", REFUND)

    assert Escalation.objects.count() == 0
    assert (
        Event.objects.exclude(chain__in=["keys", "policy"])
        .exclude(chain__startswith="agents")
        .count()
        == 0
    )


def test_check_names_faults(mira):
    response = mira.post("/check", {"task_type": "refund"})

    assert response.status_code == 422
    assert response.json()["errors"] == [{"pointer": "/summary", "detail": "is required"}]


def test_what_has_no_effect_is_named_where_it_was_sent(mira):
    publish(refund={"level": 2})
    said = [{"pointer": "/redactions/1", "detail": pointed.NOTHING_THERE.format("/x")}]
    sent = REFUND | {"redactions": ["/context/customer/name", "/x"]}

    created = mira.escalate(**sent)

    assert mira.post("/check", sent).json()["warnings"] == said
    assert created["warnings"] == said
    revised = mira.post(f"/escalations/{created['id']}/revision", sent)
    assert revised.json()["warnings"] == said
    assert "warnings" not in mira.get(f"/escalations/{created['id']}").json()
    assert "warnings" not in mira.post("/check", REFUND).json()


def test_a_time_of_long_ago_is_a_time_all_the_same(mira):
    deadlines = {"respond_by": "0386-09-21T15:12:18Z"}
    asked = mira.post("/check", REFUND | {"deadlines": deadlines}).json()
    assert asked["respond_by"] == "0386-09-21T15:12:18.000000Z"


def test_check_says_that_an_amount_cannot_be_read(mira):
    publish(refund={"level": 1, "amounts": {"EUR": {"alone_up_to": "80", "approve_up_to": "500"}}})
    call = {"id": "a1", "name": "refund", "args": {"amount": "5000 euros or so"}}
    sent = {"task_type": "refund", "summary": "s", "proposed_actions": [call]}
    checked = mira.post("/check", sent).json()

    assert checked["level"] == 3
    assert checked["reasons"][0]["sentence"] == (
        "“amount” is “5000 euros or so”, which cannot be read as an amount; a person takes over "
        "above €500.00."
    )


def test_what_needs_people_comes_with_the_call_that_asks_them(mira):
    publish(refund={"level": 2})
    needs = mira.post("/check", REFUND).json()["needs_approval"]
    assert needs["say"].startswith("I am having a colleague check this")
    post = needs["post"]
    assert (post["method"], post["url"][-19:]) == ("POST", "/api/v1/escalations")
    headers = {name.replace("-", "_"): value for name, value in post["headers"].items()}
    path = "/escalations"
    created = mira.post(path, post["body"], Idempotency_Key=headers["Idempotency_Key"])
    again = mira.post(path, post["body"], Idempotency_Key=headers["Idempotency_Key"])
    assert (created.status_code, again.status_code) == (201, 200)
    assert created.json()["package"]["digest"] == canonical.digest(REFUND)
    assert created.json()["customer_message"] == needs["say"]


@time_machine.travel("2026-11-23T10:00:00Z", tick=False)
def test_checked_and_posted_twice_it_is_one_case(mira, stranger):
    """As after a restart between the two; on another day it is another call."""
    publish(refund={"level": 2})

    def key(package, by=mira):
        post = by.post("/check", package).json()["needs_approval"]["post"]
        by.post("/escalations", package, Idempotency_Key=post["headers"]["Idempotency-Key"])
        return post["headers"]["Idempotency-Key"]

    assert key(REFUND) == key(json.loads(json.dumps(REFUND, sort_keys=True)))
    assert Escalation.objects.count() == 1
    others = [key(REFUND | {"summary": "Another"}), key(REFUND, by=stranger)]
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False):
        others.append(key(REFUND))
    assert len({key(REFUND), *others}) == 4
    assert Escalation.objects.count() == 4


def test_an_idempotency_key_of_ones_own_stays(mira):
    publish(refund={"level": 2})
    asked = mira.post("/check", REFUND, Idempotency_Key="order-1-refund").json()
    headers = asked["needs_approval"]["post"]["headers"]
    assert headers["Idempotency-Key"] == "order-1-refund"
    own = REFUND | {"idempotency_key": "order-2-refund"}
    post = mira.post("/check", own).json()["needs_approval"]["post"]
    assert (post["headers"].get("Idempotency-Key"), post["body"]) == (None, own)


def test_who_acts_alone_needs_nobody(mira):
    publish(refund={"level": 1})
    sent = {"task_type": "refund", "summary": "s", "confidence": 0.99}
    assert mira.post("/check", sent).json()["needs_approval"] is None


def test_what_is_to_be_masked_is_not_said_again(mira):
    publish(refund={"level": 2})
    asked = mira.post("/check", REFUND | {"redactions": ["/draft_response/text"]})
    assert asked.json()["needs_approval"]["post"]["body"] is None
    assert REFUND["draft_response"]["text"] not in asked.content.decode()
