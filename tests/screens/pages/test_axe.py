"""One visit to every screen finds nothing: light and dark, on a desk and on a phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.long]

STRANGERS = [
    "/accounts/login/?why=ended",
    "/accounts/password/reset/",
    "/accounts/signup/",
    "/nowhere/",
]
OWN = [
    "/inbox/", "/profile/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
    "/accounts/sessions/", "/accounts/logout/", "/levels/", "/levels/versions/", "/deliveries/",
    "/audit/", "/floor/", "/metrics/", "/people/", "/agents/", "/agents/look-ups/all/", "/notices/",
]  # fmt: skip


def test_pages_of_a_stranger(desk, faults):
    page, found = desk(None, STRANGERS[0]), {}
    for path in STRANGERS:
        page.goto(path)
        found[path] = faults(page)
    assert {path: what for path, what in found.items() if what} == {}


def test_pages_of_an_admin(desk, faults):
    page, found = desk(factories.person("ada", "admin")), {}
    for path in OWN:
        if page.goto(path).status == 200:
            found[path] = faults(page)
    assert {path: what for path, what in found.items() if what} == {}


def test_case_and_its_dialogs(desk, faults):
    case = factories.escalation(now=timezone.now())
    page = desk(factories.person("dana"))
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
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
    expect(page.locator("#briefing")).to_have_attribute("data-state", "decided")
    found["decided"] = faults(page)
    assert {what: how for what, how in found.items() if how} == {}
