"""The OpenAPI document: committed, current, and what the API does."""

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies

from console.api import api
from tests.escalations.api.conftest import Caller

SNAPSHOT = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"
NOT_CHECKED = {
    # Unknown keys are kept, so that a package made worse may still be a valid one.
    "negative_data_rejection",
    # The version a policy was made from, and the state a case is in, are no part of the schema.
    "positive_data_acceptance",
    # Only the methods of the contract exist; HEAD and the like are answered by the framework.
    "unsupported_method",
}

CALLS = sorted(
    (method, path)
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method in methods
)


@cache
def described():
    """The document as schemathesis reads it, which takes seconds to import."""
    import schemathesis

    return schemathesis.openapi.from_dict(api.get_openapi_schema())


def test_the_committed_document_is_current():
    assert json.loads(SNAPSHOT.read_text()) == json.loads(json.dumps(api.get_openapi_schema())), (
        "Write it anew with: manage.py snapshots"
    )


def test_it_is_served_to_anybody(client, db):
    response = client.get("/api/v1/openapi.json")

    assert response.status_code == 200
    assert response.json() == json.loads(SNAPSHOT.read_text())


def test_it_names_every_call_of_the_contract():
    calls = {(method, path.removeprefix("/api/v1")) for method, path in CALLS}

    assert calls >= {
        ("post", "/escalations"),
        ("get", "/escalations"),
        ("get", "/escalations/{id}"),
        ("get", "/escalations/{id}/decision"),
        ("post", "/escalations/{id}/revision"),
        ("post", "/escalations/{id}/context"),
        ("post", "/escalations/{id}/cancel"),
        ("post", "/escalations/{id}/outcome"),
        ("post", "/escalations/{id}/feedback"),
        ("post", "/check"),
        ("get", "/policy"),
        ("put", "/policy"),
    }


@pytest.fixture
def everything(transactional_db):
    return Caller("everything", scopes=("escalations", "policy", "metrics", "audit"))


@pytest.mark.parametrize(("method", "path"), CALLS)
@given(data=strategies.data())
@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_any_call_is_answered_as_described(server, everything, method, path, data):
    from schemathesis import checks

    case = data.draw(described()[path][method].as_strategy())
    created = everything.escalate()
    if "id" in case.path_parameters and len(case.path_parameters["id"]) % 2:
        case.path_parameters["id"] = created["id"]
        (case.query or {}).pop("wait", None)
    # Nothing is handed to it, so that it would wait as long as it says.
    elif path == "/api/v1/handed":
        (case.query or {}).pop("wait", None)

    key = {"Authorization": f"Bearer {everything.text}"}
    response = case.call(base_url=server.url, headers=key)

    excluded = [check for check in checks.CHECKS.get_all() if check.__name__ in NOT_CHECKED]
    case.validate_response(response, excluded_checks=excluded)
