"""The policy as a document over HTTP."""

import json

import pytest

from escalations.policy import versions
from tests import factories
from tests.escalations.api.conftest import Caller


@pytest.fixture
def keeper(db):
    return Caller("keeper", scopes=("policy",))


def changed(document, **task_types):
    return {**document, "task_types": task_types}


def test_read_gives_the_document_and_its_version(keeper):
    response = keeper.get("/policy")

    assert response.status_code == 200
    assert response["ETag"] == '"1"'
    assert response.json() == versions.current().document.dump()


def test_replace_publishes_a_new_version(keeper):
    document = changed(keeper.get("/policy").json(), refund={"level": 3})

    response = keeper.put("/policy?note=From+git", document, If_Match='"1"')

    in_force = versions.current()
    assert (response.status_code, response["ETag"]) == (200, '"2"')
    assert response.json() == in_force.document.dump()
    assert in_force.number == 2
    assert versions.version(2).note == "From git"
    assert versions.published_by(versions.version(2)).id == "keeper"


def test_replace_again_is_answered_alike_and_publishes_nothing(keeper):
    document = changed(keeper.get("/policy").json(), refund={"level": 3})
    first, again = (keeper.put("/policy", document, If_Match='"1"') for _ in range(2))

    assert (again.status_code, again["ETag"], again.json()) == (200, '"2"', first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert versions.current().number == 2

    other = Caller("other", scopes=("policy",))
    assert other.put("/policy", document, If_Match='"1"').status_code == 412


def test_replace_of_an_older_version_is_refused_with_who_and_when(keeper):
    document = keeper.get("/policy").json()
    keeper.put("/policy", changed(document, refund={"level": 3}), If_Match='"1"')

    late = keeper.put("/policy", changed(document, refund={"level": 4}), If_Match='"1"')

    assert late.status_code == 412
    assert late.json()["by"] == {"id": "keeper", "name": "keeper"}
    assert late.json()["at"].endswith("Z")
    assert versions.current().number == 2


@pytest.mark.parametrize("if_match", [None, " "])
def test_replace_needs_the_version(keeper, if_match):
    document = keeper.get("/policy").json()
    headers = {} if if_match is None else {"If_Match": if_match}

    response = keeper.put("/policy", document, **headers)

    assert response.status_code == 428


@pytest.mark.parametrize("if_match", ["*", "abc", '"1', '"1", "2"', "-1", "w/1"])
def test_replace_says_that_a_version_cannot_be_read(keeper, if_match):
    response = keeper.put("/policy", keeper.get("/policy").json(), If_Match=if_match)

    assert (response.status_code, response.json()["detail"]) == (
        422,
        "The If-Match header cannot be read.",
    )
    assert versions.current().number == 1


@pytest.mark.parametrize("if_match", ["1", '"1"', 'W/"1"'])
def test_replace_takes_the_version_as_a_proxy_may_write_it(keeper, if_match):
    document = changed(keeper.get("/policy").json(), refund={"level": 4})

    assert keeper.put("/policy", document, If_Match=if_match).status_code == 200
    assert versions.current().number == 2


def test_replace_names_faults(keeper):
    document = changed(keeper.get("/policy").json(), refund={"level": 5})

    response = keeper.put("/policy", document, If_Match='"1"')

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == ["/task_types/refund/level"]
    assert versions.current().number == 1


FRENCH = {"level": 2, "skills": {"french": 1}}


def test_replace_is_refused_where_it_newly_asks_for_what_nobody_can_do(keeper):
    factories.person("dana", skills={"refunds": 3})
    document = keeper.get("/policy").json()
    wanted = changed(document, refund=FRENCH)

    refused = keeper.put("/policy", wanted, If_Match='"1"')

    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:baton:problem:nobody_can"
    assert refused.json()["errors"] == [
        {"pointer": "/task_types/refund/skills", "detail": "Nobody has the skill french."}
    ]
    assert versions.current().number == 1
    assert keeper.put("/policy?allow_unstaffed=true", wanted, If_Match='"1"').status_code == 200

    # Everybody who had French has left, and yet the policy can be changed.
    wanted["task_types"]["exchange"] = {"level": 3}
    taken = keeper.put("/policy", wanted, If_Match='"2"')

    assert (taken.status_code, taken["ETag"]) == (200, '"3"')
    assert json.loads(taken["Baton-Remarks"]) == refused.json()["errors"]
    assert taken.json() == wanted
