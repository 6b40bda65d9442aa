import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def dana(client: Client):
    user = factories.person("dana")
    client.force_login(user)
    return user


def test_turns_to_the_other_theme_without_a_value(client, dana):
    for wanted in ("dark", "light"):
        assert client.post("/profile/theme/", headers=HTMX).status_code == 204
        dana.refresh_from_db()
        assert dana.theme == wanted


def test_refuses_a_theme_that_does_not_exist(client, dana):
    response = client.post("/profile/theme/", {"theme": "pink"}, headers=HTMX)
    dana.refresh_from_db()
    assert (response.status_code, dana.theme) == (400, "system")


@pytest.mark.parametrize(("sent", "kept"), [({"on": "1"}, True), ({}, False)])
def test_remembers_single_keys(client, dana, sent, kept):
    assert client.post("/profile/keys/", sent, headers=HTMX).status_code == 204
    dana.refresh_from_db()
    assert dana.single_keys is kept


@pytest.mark.parametrize(("sent", "kept"), [({"on": "1"}, True), ({}, False)])
def test_remembers_the_sound(client, dana, sent, kept):
    client.post("/profile/sound/", sent, headers=HTMX)
    dana.refresh_from_db()
    assert dana.sound is kept


@pytest.mark.parametrize(
    ("referer", "to"),
    [("http://testserver/inbox/", "http://testserver/inbox/"), ("https://elsewhere.example/", None),
     ("-Infinity", "-Infinity"), ("profile", "profile"), ("", None)],
)  # fmt: skip
@pytest.mark.parametrize(
    ("path", "sent", "otherwise"),
    [("/profile/keys/", {"on": "1"}, "/profile/"), ("/presence/", {"state": "present"}, "/inbox/")],
)
def test_leads_back_to_the_page_it_came_from(client, dana, path, sent, otherwise, referer, to):
    response = client.post(path, sent, headers={"Referer": referer})
    assert (response.status_code, response.headers["Location"]) == (302, to or otherwise)


def test_keeps_the_address_for_alerts_and_says_what_is_wrong_with_another(client, dana):
    client.post("/profile/email/", {"email": "dana@example.org"})
    dana.refresh_from_db()
    assert dana.email == "dana@example.org"
    refused = client.post("/profile/email/", {"email": "dana at home"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Enter a valid email address." in page
    assert 'value="dana at home"' in page
    dana.refresh_from_db()
    assert dana.email == "dana@example.org"
    client.post("/profile/email/", {"email": ""})
    dana.refresh_from_db()
    assert dana.email == ""


@pytest.mark.parametrize(
    ("referer", "target"),
    [
        ("http://testserver/levels/", "http://testserver/levels/"),
        ("https://elsewhere.example/", "/profile/"),
        ("", "/profile/"),
    ],
)
def test_returns_a_plain_browser_to_its_page_and_nowhere_else(client, dana, referer, target):
    response = client.post("/profile/theme/", {"theme": "dark"}, headers={"Referer": referer})
    assert response["Location"] == target


@pytest.mark.parametrize("path", ["/profile/", "/profile/theme/", "/profile/keys/"])
def test_sends_a_stranger_to_sign_in(client, path):
    response = client.get(path) if path == "/profile/" else client.post(path)
    assert response["Location"] == f"/accounts/login/?next={path}"
