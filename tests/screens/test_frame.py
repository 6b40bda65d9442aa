"""What stands on every page: the bar, the palette, the keys, the person's own switches."""

import pytest
from playwright.sync_api import expect

from console.models import User
from routing.models import SavedView
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana() -> User:
    return factories.person("dana")


def test_shows_that_it_is_live(desk, dana):
    expect(desk(dana).locator("baton-live")).to_have_text("Live")


def test_remembers_the_theme_of_a_person(desk, dana):
    page = desk(dana, color_scheme="light")
    with page.expect_response("**/profile/theme/"):
        page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dana.refresh_from_db()
    assert dana.theme == "dark"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_turns_single_keys_off_and_keeps_the_others(desk, dana):
    page = desk(dana)
    page.keyboard.press("?")
    with page.expect_response("**/profile/keys/"):
        page.get_by_role("dialog", name="Keys").get_by_label("Single keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Search or run a command")).to_be_visible()
    dana.refresh_from_db()
    assert dana.single_keys is False


def test_a_switch_turned_twice_ends_as_it_was_turned_last(desk, dana):
    page, held = desk(dana), []
    page.keyboard.press("?")
    switch = page.get_by_role("dialog", name="Keys").get_by_label("Single keys")
    page.route("**/profile/keys/", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/profile/keys/"):
        switch.uncheck()
    switch.check()
    with page.expect_response(lambda answer: (answer.request.post_data or "").endswith("on=1")):
        held[0].continue_()
    dana.refresh_from_db()
    assert dana.single_keys is True


def test_a_choice_that_is_not_kept_is_said(desk, dana):
    page = desk(dana, "/profile/", color_scheme="dark")
    page.route("**/profile/*/", lambda route: route.abort())
    page.get_by_role("radio", name="Light").check()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("#toasts")).to_have_text("Not saved: Baton could not be reached.")
    page.unroute("**/profile/*/")
    page.keyboard.press("Control+k")
    page.keyboard.type("light or dark")
    with page.expect_response("**/profile/theme/"):
        page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Control+k")
    page.keyboard.type("single keys")
    with page.expect_response("**/profile/keys/"):
        page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_label("Single keys")).not_to_be_checked()
    dana.refresh_from_db()
    assert (dana.theme, dana.single_keys) == ("dark", False)


def test_palette_runs_a_page_by_its_name(desk, dana):
    page = desk(dana)
    page.keyboard.press("Control+k")
    page.keyboard.type("your prof")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")


def test_palette_searches_the_cases_for_anything_else(desk, dana):
    page = desk(dana)
    page.keyboard.press("Control+k")
    page.keyboard.type("Carvalho")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/inbox/?search=Carvalho")


def test_single_keys_do_nothing_while_somebody_types(desk, dana):
    page = desk(dana)
    page.keyboard.press("Control+k")
    page.keyboard.type("j?")
    expect(page.get_by_role("searchbox", name="Case number, customer, or a command")).to_have_value(
        "j?"
    )
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_pages_of_the_bar_open_on_a_phone(desk, dana):
    page = desk(dana, width=390, height=844)
    page.locator("summary", has_text="").first.click()
    expect(
        page.get_by_role("navigation", name="Main, small screen").get_by_role("link").first
    ).to_have_text("Inbox")


def test_works_without_script(desk, dana):
    page = desk(dana, "/profile/", java_script_enabled=False)
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("button", name="Save theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_palette_opens_a_saved_view(desk, dana):
    SavedView.objects.create(owner=dana, name="Late and grave", query="tab=mine&level=3")
    page = desk(dana)
    page.keyboard.press("Control+k")
    page.keyboard.type("late and")
    expect(page.locator("#palette .opts > :not([hidden])")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/inbox/?tab=mine&level=3")
    saved = page.get_by_role("navigation", name="Saved views").get_by_role("link")
    expect(saved).to_have_attribute("aria-current", "true")
