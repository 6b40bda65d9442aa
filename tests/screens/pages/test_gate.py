"""Signing in and out, and the pages that say why something is not here."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from tests import factories

pytestmark = pytest.mark.django_db


def test_signs_in_and_returns_to_the_page_that_was_asked_for(desk):
    factories.person("dana")
    page = desk(path="/profile/")
    expect(page.get_by_role("status")).to_have_text("Sign in to open that page.")
    page.get_by_label("Username").fill("dana")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")


def test_says_that_name_and_password_do_not_match(desk):
    factories.person("dana")
    page = desk(path="/accounts/login/")
    page.get_by_label("Username").fill("dana")
    page.get_by_label("Password").fill("something else")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Username and password do not match.")
    expect(page.get_by_label("Username")).to_have_value("dana")


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("ended", "because your session ended"),
        ("out", "You are signed out"),
    ],
)
def test_says_why_somebody_was_signed_out(desk, why, words):
    page = desk(path=f"/accounts/login/?why={why}")
    expect(page.get_by_role("status")).to_contain_text(words)


def test_signs_out_from_the_own_menu(desk):
    page = desk(factories.person("dana"), "/profile/")
    page.get_by_role("button", name="Dana Whitlock, your menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_ends_in_the_sign_in_page_when_the_session_ends(desk):
    user = factories.person("dana")
    page = desk(user)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")

    Session.objects.all().delete()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_role("status")).to_contain_text("your session ended")


def test_theme_of_the_sign_in_page_stays_on_the_device(desk):
    page = desk(path="/accounts/login/", color_scheme="light")
    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/password/reset/", "/nowhere/"])
def test_offers_one_next_step(client: Client, path):
    response = client.get(path)
    assert response.content.decode().count('class="btn') == 2  # the step, and the theme


def test_refused_form_says_that_the_page_is_too_old():
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.person("dana"))
    response = client.post("/profile/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "This page was open too long" in response.content.decode()
