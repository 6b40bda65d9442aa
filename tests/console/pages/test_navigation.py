import pytest
from django.test import RequestFactory

from console.pages import navigation
from tests import factories

pytestmark = pytest.mark.django_db


def names(role: str) -> list[str]:
    request = RequestFactory().get("/inbox/")
    request.user = factories.person("dana", role)
    return [
        page["label"] for group in navigation.navigation(request)["navigation"] for page in group
    ]


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("reviewer", ["Inbox", "Metrics", "Skills"]),
        ("supervisor", ["Inbox", "Floor", "Metrics", "Audit", "Deliveries", "Levels", "Skills"]),
        (
            "admin",
            [
                "Inbox",
                "Floor",
                "Metrics",
                "Audit",
                "Deliveries",
                "Levels",
                "Skills",
                "People",
                "Agents",
            ],
        ),
        ("auditor", ["Inbox", "Floor", "Metrics", "Audit", "Deliveries"]),
    ],
)
def test_shows_the_pages_of_a_role(role, pages):
    assert names(role) == pages


@pytest.mark.parametrize("path", ["/", "/inbox/", "/escalations/esc_1/"])
def test_marks_the_page_that_is_open(path):
    request = RequestFactory().get(path)
    request.user = factories.person()
    group = navigation.navigation(request)["navigation"][0]
    assert [page["label"] for page in group if page["current"]] == ["Inbox"]


def test_shows_nothing_to_a_stranger(client):
    assert '<nav class="nav"' not in client.get("/accounts/login/").content.decode()
