"""No field of a request body is accepted in silence: it changes what is kept, or `warnings` name it."""

import json
from pathlib import Path

import pytest
from django.db import transaction

from console import clock
from escalations import lifecycle
from escalations.models import ChatMessage, Escalation, Feedback, Receipt, Report
from tests.factories import viewer

OPENAPI = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"
AT = "2026-11-20T10:00:00Z"
# Of each small body: the call, the least that it takes, and each field with another value.
BODIES = {
    "SentMessage": (
        "messages",
        {"text": "Where is it?"},
        {"id": "m-1", "role": "agent", "author": "Inès", "text": "Here?", "at": AT},
    ),
    "SentReceipt": (
        "receipts",
        {"number": 1, "state": "delivered"},
        {"number": 2, "state": "read", "reason": "Engaged."},
    ),
    "Outcome": (
        "outcome",
        {"outcome": "executed"},
        {
            "outcome": "failed",
            "detail": "So.",
            "cost": {"value": "1.00", "currency": "EUR"},
            "sequence": 2,  # A decision that is not there.
        },
    ),
    "Feedback": (
        "feedback",
        {"csat": 1},
        {"csat": 2, "effort": 3, "resolved": True, "had_to_repeat": True, "comment": "Well."},
    ),
}
# What tests of their own send field by field: packages and what is added to them; facts by the
# table of their checks. The one value of a typing is the one that it has.
ELSEWHERE = {"Package", "Addition", "FactsSaid", "SentTyping"}
OURS = {"id", "pk", "at", "said_at", "reported_at", "salt"}
FIELDS = [(name, field) for name, (_, _, others) in BODIES.items() for field in others]


def schemas():
    return json.loads(OPENAPI.read_text())["components"]["schemas"]


def test_the_table_has_every_field_of_every_body():
    document = json.loads(OPENAPI.read_text())
    sent = {
        call["requestBody"]["content"]["application/json"]["schema"].get("$ref", "").split("/")[-1]
        for path in document["paths"].values()
        for call in path.values()
        if "requestBody" in call
    }
    assert sent - {"", "Policy"} == {*BODIES, *ELSEWHERE}
    for name, (_, _, others) in BODIES.items():
        assert set(schemas()[name]["properties"]) == set(others)


@pytest.fixture
def spoken(mira):
    """A case with people, with two messages of theirs."""
    case = Escalation.objects.get(id=mira.escalate()["id"])
    dana = viewer()
    case = lifecycle.take_over(case, by=dana, version=1, now=clock.now())
    for number in (1, 2):
        lifecycle.say(case, f"One moment {number}.", by=dana, now=clock.now())
    return case.id


def kept():
    """Everything that these calls write, without what differs by time."""
    return [
        {
            key: value
            for key, value in row.items()
            if key.removesuffix("_id") not in {"", "escalation", "id"} and key not in OURS
        }
        for model in (ChatMessage, Receipt, Report, Feedback)
        for row in model.objects.order_by("pk").values()
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_field_changes_what_is_kept_or_is_named(mira, name, field, request):
    call, least, others = BODIES[name]
    case = request.getfixturevalue("spoken" if name.startswith("Sent") else "decided")
    answers, found = [], []
    for body in (least, least | {field: others[field]}):
        mark = transaction.savepoint()
        answers.append(mira.post(f"/escalations/{case}/{call}", body))
        found.append(kept())
        transaction.savepoint_rollback(mark)
    assert answers[0].status_code < 300
    named = [one["pointer"] for one in answers[1].json().get("warnings", [])]
    assert answers[1].status_code >= 400 or found[0] != found[1] or named == [f"/{field}"]
    assert "warnings" not in answers[0].json()
