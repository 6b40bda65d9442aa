"""People and agents in a browser: changed in place, shown once, felt on open pages."""

import re

import pytest
from playwright.sync_api import expect

from console.models import User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(server):
    return factories.person("ada", "admin")


def test_person_is_added_and_the_password_shown_once(desk, ada):
    page = desk(ada, "/people/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("First name").fill("Omar")
    page.get_by_label("Last name").fill("Haddad")
    page.get_by_role("button", name="Add person").click()
    expect(page.locator("main .err")).to_contain_text("already a person called ada")
    expect(page.get_by_label("Last name")).to_have_value("Haddad")
    page.get_by_label("Username").fill("omar")
    page.get_by_role("button", name="Add person").click()
    expect(page.get_by_role("heading", name="Omar Haddad")).to_be_visible()
    password = page.locator("[data-secret]").inner_text()
    assert User.objects.get(username="omar").check_password(password)


def test_name_is_saved_in_place(desk, ada):
    dana = factories.person("dana")
    page = desk(ada, f"/people/{dana.pk}/")
    page.evaluate("document.documentElement.dataset.same = 'page'")
    page.get_by_label("Last name").fill("West")
    page.get_by_role("button", name="Save name and role").click()
    expect(page.get_by_role("heading", name="Dana West")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.same") == "page"


def test_closed_account_is_felt_on_an_open_page(desk, ada):
    dana = factories.person("dana")
    theirs = desk(dana)
    expect(theirs.locator("baton-live")).to_have_attribute("data-state", "live")
    page = desk(ada, f"/people/{dana.pk}/")
    page.get_by_role("button", name="Close the account").click()
    expect(page.get_by_text("The account is closed.")).to_be_visible()
    expect(theirs).to_have_url(re.compile("/accounts/login/"))


def test_key_is_made_rotated_and_revoked(desk, ada):
    page = desk(ada, "/agents/")
    page.get_by_label("Name").fill("Mira")
    page.get_by_role("button", name="Add agent").click()
    expect(page.get_by_role("heading", name="Mira", exact=True)).to_be_visible()
    page.get_by_role("button", name="Make key").click()
    first = page.locator("[data-secret]")
    expect(first).to_contain_text("btn_")
    old = first.inner_text()
    page.get_by_role("button", name="Rotate").click()
    expect(page.get_by_text("The old one works for 24 more hours.")).to_be_visible()
    expect(first).not_to_have_text(old)
    page.get_by_role("button", name=f"Revoke {old[:12]}").click()
    expect(page.get_by_text("revoked")).to_be_visible()


def test_a_visit_finds_nothing(desk, ada, faults):
    page = desk(ada, "/agents/")
    page.get_by_label("Name").fill("Mira")
    page.get_by_role("button", name="Add agent").click()
    expect(page.get_by_role("button", name="Make key")).to_be_visible()
    page.get_by_role("button", name="Make key").click()
    expect(page.locator("[data-secret]")).to_be_visible()
    for path in ("", "/people/", f"/people/{ada.pk}/", "/agents/"):
        if path:
            page.goto(path)
        assert faults(page) == []
