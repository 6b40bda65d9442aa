"""The decision: the models accept and refuse exactly what the contract's schema does."""

import json

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from escalations.schemas import faults, published
from escalations.schemas.decision import Decision
from tests.escalations.schemas import conformity

OURS = published.published()["handoff-decision.v1.schema.json"]
VALIDATOR = jsonschema_rs.validator_for(OURS, validate_formats=True)
LEAST = {
    "schema": "handoff.decision/1",
    "id": "dec_1",
    "escalation_id": "esc_1",
    "sequence": 1,
    "final": True,
    "proceed": True,
    "outcome": "approved",
    "actions": [],
    "decided_at": "2026-11-21T09:30:00Z",
    "digest": "ab" * 32,
}
CALL = {"name": "refund", "args": {"amount": "184.00"}}
ACTIONS = [
    {"action_id": "a", "type": "approve"},
    {"action_id": "a", "type": "approve", "call": CALL},
    {"action_id": "a", "type": "approve", "call": None},
    {"action_id": "a", "type": "edit", "call": CALL},
    {"action_id": "a", "type": "edit", "edited": CALL},
    {"action_id": "a", "type": "edit", "call": CALL, "edited": CALL},
    {"action_id": "a", "type": "reject"},
    {"action_id": "a", "type": "respond"},
    {"action_id": "a", "type": "respond", "message": "No"},
    {"action_id": "a", "type": "respond", "value": None},
    {"action_id": "a", "type": "respond", "value": {"x": 1}, "message": 1},
]


def accepts(document):
    try:
        Decision.model_validate(document)
    except ValidationError:
        return False
    else:
        return True


@pytest.fixture(scope="session")
def contract(shared_contract):
    return json.loads((shared_contract / "handoff-decision.v1.schema.json").read_text())


def test_model_agrees_with_the_contract_at_every_edge(contract):
    assert _differences(contract) == []


def test_model_agrees_with_the_published_schema_at_every_edge():
    assert _differences(OURS) == []


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(conformity.several_at_once(OURS))
def test_model_agrees_with_the_published_schema_on_many_changes(document):
    assert accepts(document) == VALIDATOR.is_valid(document)


def test_an_edit_without_its_call_is_named():
    with pytest.raises(ValidationError) as refusal:
        Decision.model_validate({**LEAST, "actions": [ACTIONS[4]]})

    assert [(f.pointer, f.detail) for f in faults.named(refusal.value)] == [
        ("/actions/0", "must have call to be of type edit")
    ]


def _differences(schema):
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    documents = [
        *conformity.mutations(schema, schema),
        *((f"actions {action}", {**LEAST, "actions": [action]}) for action in ACTIONS),
    ]
    return [
        f"{change}: schema {validator.is_valid(document)}"
        for change, document in documents
        if validator.is_valid(document) != accepts(document)
    ]
