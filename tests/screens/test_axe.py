"""axe finds nothing on any screen, light and dark, on a desk and on a phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.accessibility import violations

pytestmark = pytest.mark.django_db

SIZES = [(1440, 900), (390, 844)]
THEMES = ["light", "dark"]
STRANGERS = [
    "/accounts/login/?why=ended",
    "/accounts/password/reset/",
    "/accounts/signup/",
    "/nowhere/",
]
OWN = [
    "/inbox/", "/profile/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
    "/accounts/sessions/", "/accounts/logout/", "/levels/", "/levels/versions/", "/deliveries/",
    "/audit/", "/floor/", "/metrics/", "/people/", "/agents/", "/notices/",
]  # fmt: skip


def opened(desk, user, path, size, theme):
    width, height = size
    page = desk(user, path, width=width, height=height, color_scheme=theme, bypass_csp=True)
    if user is not None:
        expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_pages_of_a_stranger(desk, size, theme):
    found = {path: violations(opened(desk, None, path, size, theme)) for path in STRANGERS}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_pages_of_an_admin(desk, size, theme, client):
    ada = factories.person("ada", "admin")
    page = opened(desk, ada, "/inbox/", size, theme)
    found = {}
    for path in OWN:
        if page.goto(path).status == 200:
            found[path] = violations(page)
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_case_and_its_dialogs(desk, size, theme):
    case = factories.escalation(now=timezone.now())
    dana = factories.person("dana")
    page = opened(desk, dana, "/inbox/", size, theme)
    found = {"list": violations(page)}
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    found["case"] = violations(page)
    for name in ("reject-dialog", "edit", "help", "palette", "me"):
        page.evaluate("name => document.querySelector(`[data-opens=${name}]`)?.click()", name)
        found[name] = violations(page)
        page.keyboard.press("Escape")
    page.locator("#briefing form[data-command=approve] button:visible").first.click()
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "decided")
    found["decided"] = violations(page)
    assert {what: how for what, how in found.items() if how} == {}
