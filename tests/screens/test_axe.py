"""axe finds nothing on any screen, light and dark, on a desk and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories

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


def faults(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for fault in found
        for node in fault["nodes"]
    ]


def opened(desk, user, path, size, theme):
    width, height = size
    page = desk(user, path, width=width, height=height, color_scheme=theme, bypass_csp=True)
    if user is not None:
        expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_pages_of_a_stranger(desk, size, theme):
    found = {path: faults(opened(desk, None, path, size, theme)) for path in STRANGERS}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_pages_of_an_admin(desk, size, theme, client):
    ada = factories.person("ada", "admin")
    page = opened(desk, ada, "/inbox/", size, theme)
    found = {}
    for path in OWN:
        if page.goto(path).status == 200:
            found[path] = faults(page)
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_case_and_its_dialogs(desk, size, theme):
    case = factories.escalation(now=timezone.now())
    dana = factories.person("dana")
    page = opened(desk, dana, "/inbox/", size, theme)
    found = {"list": faults(page)}
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    found["case"] = faults(page)
    for name in ("reject-dialog", "edit", "help", "palette", "me"):
        page.evaluate("name => document.querySelector(`[data-opens=${name}]`)?.click()", name)
        found[name] = faults(page)
        page.keyboard.press("Escape")
    page.locator("#briefing form[data-command=approve] button:visible").first.click()
    expect(page.locator(".toast")).to_be_visible()
    found["decided"] = faults(page)
    assert {what: how for what, how in found.items() if how} == {}
