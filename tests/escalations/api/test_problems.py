"""Every error below /api/ is a problem document."""

import pytest
from django.test import Client
from django.urls import path

from console.urls import urlpatterns as ours
from escalations.agents import rate_limit
from tests.escalations.api.conftest import Caller
from tests.factories import REFUND


def broken(request):
    raise RuntimeError("the secret inside")


urlpatterns = [*ours, path("api/broken", broken), path("broken", broken)]


@pytest.fixture
def mira(db):
    rate_limit.forget()
    return Caller("mira")


def shown(response):
    assert response["Content-Type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    return document


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/nothing", "/api/v1/escalations/a.b"])
def test_404(mira, address):
    response = Client().get(address, headers={"Authorization": f"Bearer {mira.text}"})

    assert response.status_code == 404
    assert shown(response)["detail"] == "There is nothing at this address."


def test_405(mira):
    response = mira.call("delete", "/escalations")

    assert response.status_code == 405
    assert sorted(response["Allow"].split(", ")) == ["GET", "POST"]
    assert shown(response)["detail"] == "This address does not take this method."


def test_500_tells_nothing(db, settings):
    settings.ROOT_URLCONF = "tests.escalations.api.test_problems"
    settings.DEBUG = True

    response = Client(raise_request_exception=False).get("/api/broken")

    assert response.status_code == 500
    assert shown(response) == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong on our side; it has been logged.",
    }


def test_pages_keep_their_own_errors(db, settings):
    settings.ROOT_URLCONF = "tests.escalations.api.test_problems"

    response = Client(raise_request_exception=False).get("/broken")

    assert response.status_code == 500
    assert response["Content-Type"].startswith("text/html")


def test_400_for_a_foreign_host(mira):
    response = Client().get("/api/v1/escalations", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert shown(response)["detail"] == "The request cannot be read."


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}]
)
def test_401_without_a_valid_key(db, header):
    response = Client().post("/api/v1/escalations", REFUND, "application/json", headers=header)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert shown(response) == {
        "type": "urn:baton:problem:no_key",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Send a valid API key as: Authorization: Bearer btn_…",
    }


@pytest.mark.parametrize(
    ("scope", "method", "address"),
    [
        ("escalations", "get", "/policy"),
        ("escalations", "put", "/policy"),
        ("policy", "get", "/escalations"),
        ("policy", "post", "/escalations"),
        ("metrics", "get", "/escalations/esc_1/decision"),
        ("audit", "post", "/check"),
    ],
)
def test_403_without_the_scope(db, scope, method, address):
    response = Caller("limited", scopes=(scope,)).call(method, address, "{}")

    assert response.status_code == 403
    assert shown(response)["type"] == "urn:baton:problem:scope"


def test_429_with_what_is_left(mira, settings):
    settings.CALLS_PER_MINUTE = 12

    statuses = [mira.get("/escalations") for _ in range(3)]

    assert [response.status_code for response in statuses] == [200, 200, 429]
    assert [response["RateLimit-Remaining"] for response in statuses] == ["1", "0", "0"]
    assert statuses[2]["Retry-After"] == "5"
    assert shown(statuses[2])["detail"] == "Too many calls; send the next in 5 s."


def test_503_when_the_database_is_away(mira, monkeypatch):
    from django.db import OperationalError

    from escalations.lifecycle import effect

    def away(*_args, **_kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(effect, "in_effect_for", away)
    response = mira.get("/escalations")

    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert shown(response)["detail"] == "Baton cannot answer at the moment; try again shortly."
