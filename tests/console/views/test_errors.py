import errno

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from console import clock, urls
from escalations.agents import keys, registry
from escalations.api import problems
from escalations.record.lines import Actor
from tests import factories
from tests.factories import person


def _lost(request):
    raise OperationalError("the server closed the connection unexpectedly")


def _broken(request):
    raise ValueError("broken")


def _full(request):
    raise OSError(errno.ENOSPC, "No space left on device")


VIEWS = {"lost": _lost, "broken": _broken, "full": _full}
urlpatterns = [
    *(
        path(f"{below}{name}{end}", view)
        for below, end in (("", "/"), ("api/v1/", ""))
        for name, view in VIEWS.items()
    ),
    # Pages of faults refer to others.
    *urls.urlpatterns,
]
handler400 = urls.handler400
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
    assert (
        "<h1 data-notice>Baton cannot use its database right now</h1>" in response.content.decode()
    )


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


@pytest.mark.parametrize(
    ("place", "status"), [("lost", 503), ("full", 503), ("broken", 500), ("nul%00", 400)]
)
@pytest.mark.parametrize(
    ("path", "accepted", "kind"),
    [
        ("/{}/", "application/json", "application/problem+json"),
        ("/{}/", "application/problem+json", "application/problem+json"),
        ("/{}/", "text/html", "text/html; charset=utf-8"),
        ("/{}/", "*/*", "text/html; charset=utf-8"),
        ("/api/v1/{}", "text/html", "application/problem+json"),
        ("/api/v1/{}", "application/json", "application/problem+json"),
    ],
)
def test_who_asks_for_json_is_told_in_json(client, place, status, path, accepted, kind):
    response = client.get(path.format(place), headers={"Accept": accepted})
    assert (response.status_code, response.headers["Content-Type"]) == (status, kind)
    if kind == problems.CONTENT_TYPE:
        assert response.json()["status"] == status


@pytest.mark.parametrize("accepted", ["text/html", "application/json"])
@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"a=1", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"a=1", "multipart/form-data"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"a=1&" * 2_000, "application/x-www-form-urlencoded"),
    ],
)
@pytest.mark.django_db
def test_a_form_that_cannot_be_read_is_no_fault_of_ours(settings, sent, kind, accepted):
    strict = Client(enforce_csrf_checks=True)
    headers = {"Accept": accepted}
    response = strict.post("/accounts/login/", sent, content_type=kind, headers=headers)
    assert response.status_code in {400, 403}


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_told_to_agents_in_json(client, settings):
    if connection.vendor != "sqlite":
        pytest.skip("Only SQLite says of itself how large it may grow.")
    settings.ROOT_URLCONF = "console.urls"
    now = clock.now()
    _, text = keys.create(
        registry.create("mira", now=now), scopes=["escalations"], callback_hosts=[],
        by=Actor("operator", "test"), now=now,
    )  # fmt: skip
    package = factories.REFUND | {"draft_response": {"text": "y" * 15_000}}

    def posted():
        return client.post(
            "/api/v1/escalations", package, content_type="application/json",
            headers={"Authorization": f"Bearer {text}"},
        )  # fmt: skip

    assert posted().status_code == 201
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count")
        (before,) = cursor.fetchone()
        # Less than it has already: it may fill its free pages and not grow.
        cursor.execute("PRAGMA max_page_count = 1")
        try:
            # What is still free is soon full.
            answer = next(one for one in iter(posted, None) if one.status_code != 201)
        finally:
            cursor.execute(f"PRAGMA max_page_count = {before}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, problems.CONTENT_TYPE)
    assert posted().status_code == 201


def test_who_asks_for_json_where_nothing_is_gets_a_problem():
    """As an agent does that has the address of the API wrong."""
    said = Client().post("/v1/escalations", headers={"Accept": "application/json"})
    assert (said.status_code, said.headers["Content-Type"]) == (404, "application/problem+json")
    assert "The API begins with /api/v1/." in said.json()["detail"]
    page = Client().get("/v1/escalations", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
