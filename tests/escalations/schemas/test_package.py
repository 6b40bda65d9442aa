"""The package: the models accept and refuse exactly what the contract's schema does."""

import json

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from escalations.package import limits
from escalations.refusals import Invalid
from escalations.schemas import package, published
from escalations.text import canonical
from tests.escalations.schemas import conformity

OURS = published.published()["handoff-package.v1.schema.json"]
SEED = (
    '{"task": "respond_to_client_inquiry", "client": "Acme Corp", '
    '"summary": "Client asked about custom pricing for 50+ seats", "draft_response": "...", '
    '"confidence": 0.72, "flags": ["non-standard request", "high-value account"], '
    '"recommended_action": "send_with_modifications", '
    '"options": ["approve", "edit", "reject", "escalate_to_sales"]}'
)
SEED_STORED = (
    '{"task_type": "respond_to_client_inquiry", '
    '"summary": "Client asked about custom pricing for 50+ seats", '
    '"draft_response": {"text": "..."}, '
    '"flags": [{"code": "non-standard request"}, {"code": "high-value account"}], '
    '"recommended_action": "send_with_modifications", '
    '"requested": {"options": [{"id": "approve", "label": "approve"}, '
    '{"id": "edit", "label": "edit"}, {"id": "reject", "label": "reject"}, '
    '{"id": "escalate_to_sales", "label": "escalate_to_sales"}]}, '
    '"context": {"customer": {"name": "Acme Corp"}, "reasoning": {"confidence": 0.72}}}'
)
VALIDATOR = jsonschema_rs.validator_for(OURS, validate_formats=True)
LEAST = {"task_type": "refund", "summary": "Refund 40?"}


def accepts(document):
    try:
        package.Package.model_validate(document)
    except ValidationError:
        return False
    else:
        return True


def faults(document):
    with pytest.raises(Invalid) as refusal:
        package.read(json.dumps(document).encode())
    return [(fault.pointer, fault.detail) for fault in refusal.value.errors]


@pytest.fixture(scope="session")
def contract(shared_contract):
    return json.loads((shared_contract / "handoff-package.v1.schema.json").read_text())


def test_read_stores_the_seed_in_full_form_and_digests_it_as_sent():
    received = package.read(SEED.encode())

    assert json.dumps(received.document) == SEED_STORED
    assert received.digest == canonical.digest(json.loads(SEED))
    assert received.expanded is True
    assert received.package.context.customer.name == "Acme Corp"


def test_read_keeps_a_full_package_as_it_is():
    document = {**LEAST, "unknown": {"kept": [1, None]}, "context": {"weather": "rain"}}

    received = package.read(json.dumps(document).encode())

    assert received.document == document
    assert received.expanded is False
    assert received.package.priority == "normal"


def test_read_names_every_fault_in_one_answer():
    assert faults(
        {
            "task_type": "Refund",
            "priority": "asap",
            "draft_response": {"text": 5},
            "flags": [{"code": ""}, {"severity": "bad"}],
            "proposed_actions": [{"id": "a", "allowed_decisions": ["edit", "edit"]}],
            "risk": {"score": 2, "amount": {"value": "1,50", "currency": "EUR", "tax": 0}},
            "requested": {"approvals_needed": 0, "callback_at": "tomorrow"},
            "context": {
                "reasoning": {"confidence": True, "steps": ["a", 1]},
                "environment": {"metrics": {"a/b": [], "c": 1}},
            },
            "links": [{"href": "ftp://example.org"}],
            "re_escalates": None,
        }
    ) == [
        (
            "/task_type",
            "must be 1 to 64 small letters, digits or _ . / - and begin with a letter or digit",
        ),
        ("/priority", "must be one of low, normal, high, urgent"),
        ("/requested/approvals_needed", "must be at least 1"),
        (
            "/requested/callback_at",
            "must be a date and time with its offset, such as 2026-11-21T09:30:00Z",
        ),
        ("/risk/score", "must be at most 1"),
        ("/risk/amount/value", "must be a decimal number as text, such as 184.00"),
        ("/risk/amount/tax", "is not known here"),
        ("/summary", "is required"),
        ("/draft_response/text", "must be a text"),
        ("/proposed_actions/0/name", "is required"),
        ("/proposed_actions/0/allowed_decisions", "must not name anything twice"),
        ("/flags/0/code", "must have at least 1 character"),
        ("/flags/1/code", "is required"),
        ("/flags/1/severity", "must be one of info, warning, critical"),
        ("/context/reasoning/confidence", "must be a number"),
        ("/context/reasoning/steps/1", "must be a text or an object"),
        (
            "/context/environment/metrics/a~1b",
            "must be a number, a text, true, false or null",
        ),
        ("/links/0/href", "must be an absolute URI that begins with http:// or https://"),
        ("/re_escalates", "must be a text"),
    ]


def test_read_names_faults_where_the_agent_wrote_them():
    assert faults(
        {
            "task": "Refund",
            "client": "x" * 256,
            "summary": "",
            "confidence": 1.5,
            "options": ["", {"id": "a"}, "b"],
            "flags": ["x" * 65],
            "draft_response": "x" * 50_001,
        }
    ) == [
        (
            "/task",
            "must be 1 to 64 small letters, digits or _ . / - and begin with a letter or digit",
        ),
        ("/options/0", "must have at least 1 character"),
        ("/options/1/label", "is required"),
        ("/summary", "must have at least 1 character"),
        ("/draft_response", "must have at most 50,000 characters"),
        ("/flags/0", "must have at most 64 characters"),
        ("/confidence", "must be at most 1"),
        ("/client", "must have at most 255 characters"),
    ]


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"null", b"true"])
def test_read_refuses_what_is_no_object(body):
    with pytest.raises(Invalid) as refusal:
        package.read(body)

    assert [(f.pointer, f.detail) for f in refusal.value.errors] == [("", "must be an object")]


def test_read_refuses_ten_thousand_messages():
    messages = [{"role": "customer", "text": "hello"}] * 10_000

    assert faults({**LEAST, "context": {"conversation": {"messages": messages}}}) == [
        ("/context/conversation/messages", "must have at most 2,000 items")
    ]


def test_read_refuses_a_text_of_a_megabyte():
    assert faults({**LEAST, "draft_response": "x" * 1_000_000}) == [
        ("/draft_response", "must have at most 50,000 characters")
    ]
    with pytest.raises(limits.TooLarge):
        package.read(json.dumps({**LEAST, "draft_response": "x" * 1_100_000}).encode())


def test_read_names_a_thousand_faults_and_counts_the_rest():
    claims = [{"text": "x", "evidence": [1] * 1_500}]
    actions = [{"id": "a", "name": "b", "claims": claims}]

    named = faults({**LEAST, "proposed_actions": actions})

    assert len(named) == 1_001
    assert named[-1] == ("", "has 500 more faults")


def test_read_takes_every_sample_package_unchanged(shared_data, contract):
    schema = jsonschema_rs.validator_for(contract, validate_formats=True)
    lines = (shared_data / "retail-packages.jsonl").read_bytes().splitlines()

    for line in lines:
        received = package.read(line)
        assert schema.is_valid(received.document)
        assert received.document == json.loads(line)
        assert received.digest == canonical.digest(json.loads(line))
    assert len(lines) == 300


def test_models_agree_with_the_contract_at_every_edge(contract):
    assert _differences(contract, contract) == []


def test_models_agree_with_the_published_schema_at_every_edge():
    assert _differences(OURS, OURS) == []


def test_published_schema_agrees_with_the_contract_at_every_edge(contract):
    ours = jsonschema_rs.validator_for(OURS, validate_formats=True)
    theirs = jsonschema_rs.validator_for(contract, validate_formats=True)

    assert [
        change
        for change, document in conformity.mutations(contract, contract)
        if ours.is_valid(document) != theirs.is_valid(document)
    ] == []


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(conformity.several_at_once(OURS))
def test_models_agree_with_the_published_schema_on_many_changes(document):
    assert accepts(document) == VALIDATOR.is_valid(document)


def _differences(schema, root):
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    return [
        f"{change}: schema {validator.is_valid(document)}"
        for change, document in conformity.mutations(schema, root)
        if validator.is_valid(document) != accepts(document)
    ]
