import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from console import urls
from tests.factories import person


def _lost(request):
    raise OperationalError("the server closed the connection unexpectedly")


def _broken(request):
    raise ValueError("broken")


urlpatterns = [path("lost/", _lost), path("api/v1/lost", _lost), path("broken/", _broken)]
handler500 = urls.handler500


@pytest.fixture
def client(settings) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


def read(response: HttpResponse) -> tuple:
    return response.status_code, response.headers.get("Retry-After")


def test_a_lost_database_is_503_and_says_when_to_try_again(client):
    response = client.get("/lost/")
    assert read(response) == (503, "2")
    assert "<h1 data-notice>Baton cannot reach its database</h1>" in response.content.decode()


def test_a_lost_database_is_a_problem_below_the_api(client):
    response = client.get("/api/v1/lost")
    assert read(response) == (503, "2")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_fault_of_ours_is_500(client):
    response = client.get("/broken/")
    assert read(response) == (500, None)
    assert "<h1 data-notice>Baton broke while answering</h1>" in response.content.decode()


@pytest.mark.django_db
def test_who_may_not_is_told_in_the_form_that_was_asked_for():
    client = Client()
    client.force_login(person("vera", "auditor"))
    page = client.post("/escalations/esc_1/draft/", {}, headers={"accept": "text/html"})
    told = client.post("/escalations/esc_1/draft/", {}, headers={"accept": "application/json"})
    assert (page.status_code, told.status_code) == (403, 403)
    assert b"Your role does not open this page" in page.content
    assert (told.json()["type"], told.json()["code"]) == ("refused", "not_allowed")
