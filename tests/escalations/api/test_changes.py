"""Revising, adding to and cancelling an open case over HTTP."""

import pytest

from escalations.models import Escalation
from escalations.text import canonical
from tests.escalations.api.conftest import decide
from tests.factories import REFUND, viewer


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


def test_cancel_ends_it_and_again_is_a_conflict(mira):
    created = mira.escalate()

    first = mira.post(f"/escalations/{created['id']}/cancel")
    again = mira.post(f"/escalations/{created['id']}/cancel")

    assert (first.status_code, first.json()["state"]) == (200, "cancelled")
    assert (first.json()["decision"]["outcome"], first.json()["decision"]["proceed"]) == (
        *("cancelled", False),
    )
    assert again.status_code == 409


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
