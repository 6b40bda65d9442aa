"""A header or a parameter that a call does not have is named, and nothing else is."""

import json

import pytest

from escalations.models import Escalation
from tests.escalations.api.conftest import Caller
from tests.factories import REFUND

pytestmark = pytest.mark.django_db
KEY = "order-20931-refund-1"
KEYS = [
    "X-Idempotency-Key", "Idempotency", "IdempotencyKey", "Idempotence-Key", "Idempotent-Key",
    "Idempotancy-Key", "Idempotency-Token", "x-idempotency-key", "Idempotency-Keys", "X-Idem-Key",
    "Idempotncy-Key",
]  # fmt: skip
OTHERS = [
    {"X-Request-Id": KEY}, {"User-Agent": "x"}, {"X-Forwarded-For": "192.0.2.1"}, {"X-Api-Key": "x"},
    {"Idempotency-Key": KEY}, {"idempotency-key": KEY}, {"Prefer": "return=minimal"},
    {"Accept": "*/*", "If-None-Match": "*", "Traceparent": "00-1"}, {"X-Identity-Key": "x"},
    # Who says it twice is heard.
    {"Idempotency-Key": KEY, "X-Idempotency-Key": KEY},
]  # fmt: skip


def named(answer):
    return [one["detail"] for one in answer.json().get("warnings", [])]


@pytest.mark.parametrize("name", KEYS)
def test_a_misspelt_key_of_idempotency_is_named_where_it_is_sent(mira, name):
    made = mira.escalate(summary="Another one")
    calls = [("/check", REFUND), ("/escalations", REFUND)]
    calls += [(f"/escalations/{made['id']}/{call}", body) for call, body in (
        ("context", {"messages": [{"role": "customer", "text": "Hello?"}]}),
        ("revision", REFUND), ("cancel", None),
    )]  # fmt: skip
    for path, body in calls:
        answer = mira.post(path, body or "", **{name.replace("-", "_"): KEY})
        assert answer.status_code in (200, 201), answer.content
        assert len(named(answer)) == 1
        assert named(answer)[0].endswith("it is not read. Did you mean Idempotency-Key?")
        assert name.casefold() in named(answer)[0].casefold()


@pytest.mark.parametrize("headers", OTHERS)
def test_what_is_not_meant_for_us_is_not_named(mira, headers):
    answer = mira.post("/escalations", REFUND, **headers)
    assert (answer.status_code, named(answer)) == (201, [])
    address = f"/escalations/{answer.json()['id']}"
    assert "Baton-Warnings" not in mira.get(address, **headers).headers


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"Baton-Agent": "atlas"}, "Header “Baton-Agent”: No such header; it is not read."),
        ({"X-Baton-Join": "false"}, "Header “X-Baton-Join”: No such header; it is not read."),
        ({"If-Match": "3"}, "Header “If-Match”: Only PUT /policy reads it"),
        ({"Prefer": "wait=30"}, "Header “Prefer”: It is not read: to wait, ask with the parameter"),
    ],
)
def test_a_header_that_asks_for_something_is_named(mira, header, said):
    answer = mira.post("/escalations", REFUND, **header)
    assert [detail[: len(said)] for detail in named(answer)] == [said]
    waited = mira.get(f"/escalations/{answer.json()['id']}/decision", **header)
    told = json.loads(waited.headers["Baton-Warnings"])
    assert [one["header"] for one in told] == list(header)
    assert said.endswith(told[0]["detail"][: len(said.partition(": ")[2])])


@pytest.mark.parametrize("name", ["wait", "timeout", "block", "dry_run", "idempotency_key"])
def test_a_parameter_beside_a_body_is_named(mira, name):
    for path in ("/check", "/escalations"):
        answer = mira.post(f"{path}?{name}=1", REFUND)
        awaited = " To wait, ask for the decision: GET …/decision?wait=60."
        more = awaited if name in ("wait", "timeout", "block") else ""
        assert named(answer) == [f"Parameter “{name}”: No such parameter; it is not read.{more}"]
    assert Escalation.objects.count() == 1


def test_what_is_named_beside_the_package_comes_after_what_is_named_in_it(mira):
    answer = mira.post("/escalations?x=1", REFUND | {"sumary": "?"}, X_Idempotency_Key=KEY)
    pointers = [one["pointer"] for one in answer.json()["warnings"]]
    assert pointers == ["/sumary", "", ""]


def test_every_call_names_a_parameter_that_it_does_not_have():
    agent = Caller("atlas", scopes=("policy", "metrics", "escalations"))
    for path in ("/policy", "/metrics", "/handed", "/escalations"):
        told = json.loads(agent.get(f"{path}?zzz=1").headers["Baton-Warnings"])
        assert [one["parameter"] for one in told] == ["zzz"]


@pytest.mark.parametrize("wait", ["-1", "61", "x", "1.5", "1e1", ""])
def test_a_wait_that_cannot_be_is_refused_by_its_name(mira, wait):
    made = mira.escalate()
    answer = mira.get(f"/escalations/{made['id']}/decision?wait={wait}")
    assert answer.status_code == 422
    assert "wait" in json.dumps(answer.json()["errors"])


def test_a_parameter_that_stands_there_more_than_once_is_named(mira):
    made = mira.escalate()
    for path, name in (
        ("/escalations?state=waiting&state=decided", "state"),
        ("/escalations?limit=1&state=decided&limit=2", "limit"),
        (f"/escalations/{made['id']}/decision?wait=0&wait=0", "wait"),
    ):
        told = json.loads(mira.get(path).headers["Baton-Warnings"])
        detail = "It stands there 2 times; only the last is read."
        assert told == [{"parameter": name, "detail": detail}]
    assert "Baton-Warnings" not in mira.get("/escalations?state=decided&limit=2").headers
