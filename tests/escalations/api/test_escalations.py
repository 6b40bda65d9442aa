"""Escalating, and asking how it stands, over HTTP."""

import json
from typing import get_args

import jsonschema_rs
import pytest
from django.db import connection

from escalations.models import Escalation, Event, Package
from escalations.policy import versions
from escalations.schemas import answers, published
from escalations.text import canonical
from routing.offers import estimates
from tests.escalations.api.conftest import publish
from tests.escalations.schemas.test_package import SEED, SEED_STORED
from tests.factories import REFUND

ALONE = {
    "level": 1,
    "act_at": 0.5,
    "review_below": 0.4,
    "amount_from": {"refund": {"amount": "/amount"}},
    "act_despite": ["high_risk_action"],
}
DECISION = jsonschema_rs.validator_for(
    published.published()["handoff-decision.v1.schema.json"], validate_formats=True
)


def test_create_answers_with_the_stored_escalation(mira):
    response = mira.post("/escalations", REFUND)

    document = response.json()
    case = Escalation.objects.get()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/escalations/{case.id}"
    assert document == {
        "id": case.id,
        "number": case.number,
        "url": f"http://127.0.0.1:8000/escalations/{case.id}/",
        "version": 1,
        "state": "waiting",
        "task_type": "refund",
        "level": 2,
        "disposition": "review",
        "reasons": case.reasons,
        "policy_version": 1,
        "priority": "normal",
        "method": "approval",
        "arrived_at": document["arrived_at"],
        "respond_by": document["respond_by"],
        "queue": {"position": 1, "estimated_wait_s": None},
        "customer_message": (
            "I am having a colleague check this and will come back to you with the answer."
        ),
        "package": {
            "version": 1,
            "digest": canonical.digest(REFUND),
            "completeness": case.completeness,
            "missing": case.missing,
        },
        "decision": None,
    }


def test_create_takes_the_seed_as_it_stands(mira):
    response = mira.post("/escalations", SEED)

    stored = Package.objects.get()
    assert response.status_code == 201
    assert json.dumps(stored.document) == SEED_STORED
    assert stored.received == SEED


def test_create_counts_the_place_in_the_queue(mira, stranger):
    first, second, third = mira.escalate(), stranger.escalate(), mira.escalate()

    assert [one["queue"]["position"] for one in (first, second, third)] == [1, 2, 3]


def test_create_repeated_gives_the_same_escalation(mira):
    first = mira.post("/escalations", REFUND, Idempotency_Key="order-20931")
    again = mira.post(
        "/escalations", json.dumps(REFUND, indent=3, sort_keys=True), Idempotency_Key="order-20931"
    )

    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert Escalation.objects.count() == 1


def test_create_takes_the_key_from_the_package_too(mira):
    package = {**REFUND, "idempotency_key": "order-20931"}

    first, again = mira.post("/escalations", package), mira.post("/escalations", package)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]


def test_create_refuses_another_body_under_the_same_key(mira):
    mira.post("/escalations", REFUND, Idempotency_Key="order-20931")
    other = mira.post("/escalations", {**REFUND, "summary": "Other"}, Idempotency_Key="order-20931")

    assert other.status_code == 422
    assert Escalation.objects.count() == 1


def test_create_keeps_the_keys_of_two_agents_apart(mira, stranger):
    first = mira.post("/escalations", REFUND, Idempotency_Key="order-20931")
    other = stranger.post("/escalations", REFUND, Idempotency_Key="order-20931")

    assert (first.status_code, other.status_code) == (201, 201)


@pytest.mark.parametrize(
    ("header", "body_key", "detail"),
    [
        ("short", None, "The Idempotency-Key header must have 8 to 255 characters."),
        ("order-20931", "order-20932", "It differs from the Idempotency-Key header."),
    ],
)
def test_create_refuses_keys_that_cannot_be_used(mira, header, body_key, detail):
    package = {**REFUND, "idempotency_key": body_key} if body_key else REFUND

    response = mira.post("/escalations", package, Idempotency_Key=header)

    assert response.status_code == 422
    assert [error["detail"] for error in response.json()["errors"]] == [detail]


def test_create_names_every_fault(mira):
    response = mira.post("/escalations", {"task_type": "Refund", "priority": "asap"})

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:baton:problem:invalid",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "The package is not valid.",
        "errors": [
            {
                "pointer": "/task_type",
                "detail": "must be 1 to 64 small letters, digits or _ . / - and begin with a "
                "letter or digit",
            },
            {"pointer": "/priority", "detail": "must be one of low, normal, high, urgent"},
            {"pointer": "/summary", "detail": "is required"},
        ],
    }
    assert Escalation.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"task_type": "a", "summary": "\\u0000"}', 422),
        (b'{"task_type": "a", "summary": "\\ud800"}', 422),
        (b'{"task_type": "a", "summary": "b", "metadata": {"n": 9007199254740993}}', 422),
        (b'{"task_type": "a", "summary": "b", "summary": "c"}', 422),
        (b'{"task_type": "a", "summary": "b", "metadata": {"n": NaN}}', 422),
        (b'{"task_type": "a", "summary": "b", "metadata": ' + b"[" * 100_000, 422),
        (b'{"task_type": "a", "summary": "\xff"}', 422),
        (b'{"task_type": "a", "\\ud800": [NaN]}', 422),
        (b'{"\\udfff": ' + b"[" * 200, 422),
        (b" ", 422),
        (b"[" * 1_100_000, 413),
        ('{"task_type": "a", "summary": "\u202egnp.exe \U000e0041 =1+1"}'.encode(), 201),
    ],
)
def test_create_answers_hostile_bodies_plainly(mira, body, status):
    response = mira.post("/escalations", body)

    assert response.status_code == status
    if status != 201:
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["status"] == status


def test_create_refuses_another_media_type(mira):
    response = mira.call("post", "/escalations", "a=b", "application/x-www-form-urlencoded")

    assert response.status_code == 415
    assert response.json()["detail"] == (
        "Send JSON, with the header Content-Type: application/json."
    )


def test_create_refuses_foreign_agents_callbacks_and_cases(mira, stranger):
    other = stranger.escalate()
    response = mira.post(
        "/escalations",
        {
            **REFUND,
            "source": {"agent": {"id": "stranger"}},
            "callback": {"url": "https://evil.example/", "endpoint": "none"},
        },
    )
    superseding = mira.post("/escalations", {**REFUND, "supersedes": other["id"]})

    assert [error["pointer"] for error in response.json()["errors"]] == [
        *["/source/agent/id", "/callback/endpoint", "/callback/url"]
    ]
    assert superseding.status_code == 422
    assert [error["pointer"] for error in superseding.json()["errors"]] == ["/supersedes"]
    assert Escalation.objects.get(id=other["id"]).state == "waiting"


def test_create_at_level_one_answers_with_the_decision(mira):
    publish(refund=ALONE)

    document = mira.escalate()

    assert (document["state"], document["level"], document["disposition"]) == (
        *("decided", 1, "proceed"),
    )
    assert document["decision"]["proceed"] is True
    assert document["decision"]["policy"]["automatic"] is True
    assert document["customer_message"] is None
    assert document["queue"] == {"position": None, "estimated_wait_s": None}
    assert list(DECISION.iter_errors(document["decision"])) == []


def test_create_supersedes_in_one_go(mira):
    first = mira.escalate()
    mira.escalate(supersedes=first["id"])

    assert mira.get(f"/escalations/{first['id']}").json()["state"] == "cancelled"


def test_one_shows_how_it_stands(mira):
    created = mira.escalate()

    response = mira.get(f"/escalations/{created['id']}")

    assert (response.status_code, response.json()) == (200, created)


@pytest.mark.parametrize("call", ["", "/decision"])
def test_one_is_not_there_for_a_stranger(mira, stranger, call):
    created = mira.escalate()

    response = stranger.get(f"/escalations/{created['id']}{call}")

    assert response.status_code == 404
    assert response.json()["detail"] == f"There is no escalation {created['id']} of yours."


def test_several_lists_own_escalations_newest_first(mira, stranger):
    created = [mira.escalate(task_type=name)["id"] for name in ("a", "b", "a")]
    stranger.escalate()
    mira.post(f"/escalations/{created[0]}/cancel")

    def ids(query):
        return [one["id"] for one in mira.get(f"/escalations{query}").json()["items"]]

    assert ids("") == created[::-1]
    assert ids("?task_type=a") == [created[2], created[0]]
    assert ids("?state=cancelled") == [created[0]]
    assert ids("?state=waiting&task_type=b") == [created[1]]


def test_several_pages_by_cursor(mira):
    created = [mira.escalate()["id"] for _ in range(5)]

    found, cursor = [], ""
    for _ in range(3):
        page = mira.get(f"/escalations?limit=2{cursor}").json()
        found += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"

    assert found == created[::-1]
    assert page["next_cursor"] is None


@pytest.mark.parametrize("count", [1, 3])
def test_several_asks_as_often_for_any_number(mira, count, django_assert_num_queries):
    publish(refund=ALONE)
    for _ in range(count):
        mira.escalate()
    mira.get("/escalations")

    with django_assert_num_queries(3):
        document = mira.get("/escalations").json()
    assert [one["decision"]["proceed"] for one in document["items"]] == [True] * count


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("state=open", f"state must be one of {', '.join(get_args(answers.State))}"),
        ("limit=0", "limit must be at least 1"),
        ("limit=x", "limit must be a whole number"),
        ("cursor=x", "cursor must match ^[0-9]{1,18}$"),
    ],
)
def test_several_refuses_unknown_values(mira, query, detail):
    response = mira.get(f"/escalations?{query}")

    assert response.status_code == 422
    assert response.json()["errors"] == [{"pointer": "", "detail": detail}]


def test_create_asks_the_database_a_fixed_number_of_times(
    mira, django_assert_num_queries, django_capture_on_commit_callbacks, monkeypatch
):
    """Who is there is read every two seconds at most; here once."""
    monkeypatch.setattr(estimates, "FRESH_S", 3600)
    with django_capture_on_commit_callbacks(execute=True):
        mira.escalate()
    versions.forget()

    with django_assert_num_queries(4 if connection.vendor == "postgresql" else 7):
        mira.escalate()


def test_every_sample_package_is_accepted(mira, shared_data):
    lines = (shared_data / "retail-packages.jsonl").read_bytes().splitlines()

    statuses = [mira.post("/escalations", line).status_code for line in lines]

    assert statuses == [201] * 300
    assert Escalation.objects.count() == 300
    assert Event.objects.filter(kind="received").count() == 300


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("?status=waiting", ["status"]),
        ("?state=waiting&limit=5", []),
        ("/{id}?wait=1", ["wait"]),
        ("/{id}/decision?timeout=30&wiat=60", ["timeout", "wiat"]),
        ("/{id}/decision?after=0", []),
        ("/{id}/messages?since=1", ["since"]),
        ("/{id}/question?x=", ["x"]),
        ("/{id}/decision?block=true&seq=1", ["block", "seq"]),
    ],
)
def test_a_parameter_that_a_call_does_not_have_is_named(mira, address, named):
    created = mira.escalate()
    response = mira.get(f"/escalations{address.format(id=created['id'])}")
    assert response.status_code in (200, 202)
    told = json.loads(response.headers.get("Baton-Warnings", "[]"))
    assert [one["parameter"] for one in told] == named
    if "wiat" in named:
        assert {one["detail"].partition("Did")[2] for one in told} == {" you mean wait?"}
    if "seq" in named:
        assert [one["detail"].split()[-1] for one in told] == ["wait?", "after?"]
