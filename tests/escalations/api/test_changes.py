"""Revising, adding to and cancelling an open case over HTTP."""

import json
from datetime import timedelta

import pytest
import time_machine

from console import clock
from escalations import lifecycle
from escalations.facts import checks
from escalations.lifecycle import rejudging
from escalations.models import Escalation, Event, KeyedCall
from escalations.record import audit
from escalations.text import canonical
from tests.at_once import at_once
from tests.escalations.api.conftest import decide
from tests.escalations.facts import asking
from tests.factories import REFUND, viewer
from tests.running import listening


@pytest.mark.parametrize(
    ("call", "document"),
    [
        ("revision", REFUND),
        ("context", {"messages": [{"role": "customer", "text": "Hello?"}]}),
        ("cancel", {}),
        ("outcome", {"outcome": "executed"}),
        ("feedback", {"csat": 5}),
    ],
)
def test_a_stranger_changes_nothing(mira, stranger, call, document):
    created = mira.escalate()

    response = stranger.post(f"/escalations/{created['id']}/{call}", document)

    assert response.status_code == 404
    assert mira.get(f"/escalations/{created['id']}").json() == created


def test_revision_is_a_new_package_version(mira):
    created = mira.escalate()
    revised = {**REFUND, "summary": "Refund 90 instead"}

    response = mira.post(f"/escalations/{created['id']}/revision", revised)

    assert response.status_code == 200
    assert (response.json()["version"], response.json()["package"]["version"]) == (2, 2)
    assert response.json()["package"]["digest"] == canonical.digest(revised)


def test_revision_is_refused_once_decided(mira):
    created = mira.escalate()
    dana = viewer()
    decide(created["id"], by=dana)

    response = mira.post(f"/escalations/{created['id']}/revision", REFUND)

    assert response.status_code == 409
    assert response.json()["by"] == {"id": "dana", "name": "Dana Whitlock"}
    assert response.json()["type"] == "urn:baton:problem:closed"
    assert response.json()["at"].endswith("Z")


def test_context_is_appended_and_raises_the_version(mira):
    created = mira.escalate()
    addition = {
        "messages": [{"role": "customer", "text": "Any news?"}],
        "logs": [{"text": "timeout"}],
        "steps": [{"label": "Asked the warehouse"}],
    }

    response = mira.post(f"/escalations/{created['id']}/context", addition)

    case = Escalation.objects.get()
    assert (response.status_code, response.json()["version"]) == (200, 2)
    assert [one.context for one in case.additions.all()] == [addition]


@pytest.mark.parametrize(
    ("addition", "pointer", "detail"),
    [
        ({}, "", "must have at least one message, log line or step, or an answer"),
        ({"messages": [{"role": "boss", "text": ""}]}, "/messages/0/role",
         "must be one of customer, agent, operator, system, tool"),
        ({"notes": []}, "/notes", "is not known here"),
        ([], "", "must be an object"),
    ],
)  # fmt: skip
def test_context_names_faults(mira, addition, pointer, detail):
    created = mira.escalate()

    response = mira.post(f"/escalations/{created['id']}/context", addition)

    assert response.status_code == 422
    assert {"pointer": pointer, "detail": detail} in response.json()["errors"]


def test_cancel_ends_it_and_again_changes_nothing(mira):
    created = mira.escalate()

    first = mira.post(f"/escalations/{created['id']}/cancel")
    again = mira.post(f"/escalations/{created['id']}/cancel")

    assert (first.status_code, first.json()["state"]) == (200, "cancelled")
    assert (first.json()["decision"]["outcome"], first.json()["decision"]["proceed"]) == (
        *("cancelled", False),
    )
    assert (again.status_code, again.json()) == (200, first.json())
    assert (first.headers.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (
        *(None, "true"),
    )
    assert Event.objects.filter(kind="cancelled").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_cancellations_at_once_both_are_answered(mira):
    created = mira.escalate()
    told = at_once(*[lambda: mira.post(f"/escalations/{created['id']}/cancel")] * 2)
    assert [(one.status_code, one.json()["state"]) for one in told] == [(200, "cancelled")] * 2
    assert Event.objects.filter(kind="cancelled").count() == 1


def test_cancel_of_what_was_answered_is_a_conflict(mira):
    # The database's clock, which says when an answer leaves, does not travel.
    with time_machine.travel(clock.now() - timedelta(minutes=1)):
        created = mira.escalate()
        decide(created["id"])
    again = mira.post(f"/escalations/{created['id']}/cancel")
    assert (again.status_code, again.json()["type"]) == (409, "urn:baton:problem:closed")


def test_context_says_that_an_answer_which_can_be_undone_stands(mira):
    created = mira.escalate()
    decide(created["id"])
    said = {"messages": [{"role": "customer", "text": "Thank you."}]}
    answer = mira.post(f"/escalations/{created['id']}/context", said)
    assert (answer.status_code, answer.json()["detail"]) == (409, rejudging.STANDS)
    assert answer.json()["by"]["id"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b"", []), (b" {} ", []), (b'{"reasn": "x", "a/b": 1}', ["/reasn", "/a~1b"]),
        (b"[]", [""]), (b"no longer needed", [""]), (b"\xff", [""]), (b"[" * 70_000, [""]),
    ],
)  # fmt: skip
def test_what_is_sent_to_cancel_is_named_as_nothing_reads_it(mira, body, pointers):
    created = mira.escalate()
    answer = mira.post(f"/escalations/{created['id']}/cancel", body)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    told = answer.json().get("warnings", [])
    assert [one["pointer"] for one in told] == pointers
    assert all(one["detail"] == "This call reads no body." for one in told)


def test_cancel_drops_a_decision_inside_its_undo_window(mira):
    created = mira.escalate()
    decide(created["id"])

    response = mira.post(f"/escalations/{created['id']}/cancel")

    assert response.json()["decision"]["outcome"] == "cancelled"


def test_what_of_an_addition_has_no_effect_is_named(mira):
    case = mira.escalate()["id"]
    said = {"role": "customer", "text": "Stop.", "content": "Stop."}
    answer = mira.post(f"/escalations/{case}/context", {"messages": [said]})
    assert [one["pointer"] for one in answer.json()["warnings"]] == ["/messages/0/content"]
    refused = mira.post(
        f"/escalations/{case}/context", {"messages": [{"role": "customer", "content": "x"}]}
    )
    assert refused.json()["errors"] == [{
        "pointer": "/messages/0/text",
        "detail": "is required; no field here is “content” (did you mean text?)",
    }]  # fmt: skip


ONCE = [
    (
        "context",
        {"messages": [{"role": "customer", "text": "Any news?"}]},
        {"logs": [{"text": "x"}]},
    ),
    ("revision", {**REFUND, "summary": "Refund 90 instead", "sumary": "x"}, REFUND),
    ("messages", {"text": "Hello?"}, {"text": "Hello again?"}),
    ("outcome", {"outcome": "executed"}, {"outcome": "failed"}),
    ("feedback", {"csat": 5}, {"csat": 1}),
]


@pytest.fixture
def later():
    """Twenty seconds ago: from there to now, which a database with a clock of its own knows too,
    the undo window of what is decided is over."""
    with time_machine.travel(clock.now() - timedelta(seconds=20)) as moved:
        yield moved


@pytest.mark.parametrize(("call", "document", "other"), ONCE, ids=[one[0] for one in ONCE])
def test_a_call_with_a_key_of_its_own_is_done_once(mira, later, call, document, other):
    """Sent again, as after an answer that got lost, it is answered and changes nothing."""
    id_, key = mira.escalate()["id"], "the-call-of-step-7"
    path = f"/escalations/{id_}/{call}"
    if call == "messages":
        lifecycle.take_over(Escalation.objects.get(), by=viewer(), version=1, now=clock.now())
    elif call in {"outcome", "feedback"}:
        decide(id_)
    later.shift(20)

    first = mira.post(path, document, Idempotency_Key=key)
    if call == "outcome":
        mira.post(path, other)
    lines = Event.objects.filter(chain=id_).count()
    again = mira.post(path, json.dumps(document, indent=1), Idempotency_Key=key)
    refused = mira.post(path, other, Idempotency_Key=key)

    assert first.status_code in (200, 201), first.content
    assert "Idempotency-Replayed" not in first
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    assert again.json() == first.json()
    assert ("warnings" in first.json()) == (call == "revision")
    assert refused.status_code == 422
    assert "used for another body" in refused.json()["detail"]
    assert mira.post(path, document, Idempotency_Key="short").status_code == 422
    assert Event.objects.filter(chain=id_).count() == lines
    assert audit.verify(id_).whole


DANGER = {"messages": [{"role": "customer", "text": "I want a human. My lawyer will sue you."}]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("call", "document"), [("revision", {**REFUND, "summary": "Refund 90"}), ("context", DANGER)]
)
def test_a_repeat_while_the_first_is_at_work_is_answered_with_what_came_of_it(mira, call, document):
    for turn in range(3):
        created = mira.escalate(summary=f"Refund {turn}")
        path, key = f"/escalations/{created['id']}/{call}", f"the-call-of-step-{turn}"

        told = at_once(*[lambda: mira.post(path, document, Idempotency_Key=key)] * 3)  # noqa: B023

        stands = mira.get(f"/escalations/{created['id']}").json()
        assert stands["version"] > created["version"]
        assert [one.json() for one in told] == [stands] * 3
        replayed = ["Idempotency-Replayed" in one for one in told]
        assert sorted(replayed) == [False, True, True]


def test_a_call_that_was_refused_has_used_no_key(mira, later):
    id_ = mira.escalate()["id"]
    path, key = f"/escalations/{id_}/context", "the-call-of-step-7"
    assert mira.post(path, {"messages": []}, Idempotency_Key=key).status_code == 422
    decide(id_)
    later.shift(20)
    assert mira.get(f"/escalations/{id_}/decision").status_code == 200
    assert mira.post(path, {"logs": [{"text": "x"}]}, Idempotency_Key=key).status_code == 409
    assert KeyedCall.objects.count() == 0


FACT = {"action_id": "a1", "label": "Order total", "value": "92.00"}


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ([FACT, FACT | {"label": "typo"}], "/facts/1/label"),
        ([FACT | {"action_id": "zz"}], "/facts/0/action_id"),
        ([FACT | {"value": None}], "/facts/0/value"),
        (None, "/facts"),
        ({"Order total": "0.00"}, "/facts"),
    ],
)
def test_a_malformed_answer_about_facts_is_refused_where_it_is_wrong(mira, facts, pointer):
    listening.endpoint(mira.key, "https://hooks.example/facts")
    id_ = mira.escalate(proposed_actions=[asking.ACTION])["id"]
    case = Escalation.objects.get()
    check = checks.ask(case, case.packages.get(), by=viewer(), now=clock.now())
    answer = mira.post(f"/escalations/{id_}/facts", {"check": check.id, "facts": facts})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert mira.post(f"/escalations/{id_}/facts", [FACT]).status_code == 422
    check.refresh_from_db()
    assert check.answered_at is None
