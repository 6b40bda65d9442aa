"""Keys of the floor, as each person has them, and the ways between its parts."""

import pytest
from playwright.sync_api import expect

from tests.screens.pages.test_floor import dialog, floor, opened, row, user  # noqa: F401

pytestmark = pytest.mark.django_db


def test_keys_of_ones_own_are_heard_and_shown_on_the_floor(desk, floor):  # noqa: F811
    """J, R and the brackets stayed what they were, whatever somebody had chosen."""
    priya = user("priya")
    priya.own_keys = {"next-case": "ö", "select": "+", "floor-give": "g", "floor-minute-back": "-"}
    priya.save()
    page = opened(desk)
    for usual in ("j", "r"):
        page.keyboard.press(usual)
        expect(row(page, floor[0]).get_by_role("link").first).not_to_be_focused()
    for key, code in (("ö", "Semicolon"), ("+", "Equal"), ("g", "KeyG")):
        sent = f"{{key: '{key}', code: '{code}', bubbles: true, cancelable: true}}"
        page.evaluate(f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {sent}))")
    expect(dialog(page).get_by_role("heading")).to_have_text(f"Give {floor[0].case_number} to")
    page.keyboard.press("Escape")
    expect(page.locator("#give-picked kbd")).to_have_text("G")
    page.get_by_role("link", name="Go back in time").click()
    slider = page.get_by_role("slider", name="Minutes back")
    back = page.get_by_role("button", name="1 minute back")
    expect(back.locator("kbd")).to_have_text("-")
    before = int(slider.input_value())
    page.keyboard.press("[")
    page.keyboard.press("-")
    expect(slider).to_have_value(str(before - 1))


def test_every_part_is_a_key_away_and_its_rows_are_gone_through_by_the_same_keys(desk, floor):  # noqa: F811
    page = opened(desk, path="/floor/?show=all")
    where = "document.activeElement.id"
    heads = {"1": "h-late", "2": "h-people", "3": "h-queues", "4": "h-next", "5": "h-raised"}
    for key, head in heads.items():
        page.keyboard.press(key)
        assert page.evaluate(where) == head
        expect(page.locator(f"#{head}")).to_be_in_viewport()
    page.keyboard.press("3")
    page.keyboard.press("j")
    expect(page.locator("#queues tbody a").first).to_be_focused()
    name = page.locator("#queues tbody a").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#h-late")).to_have_text(name)
    expect(page.locator("#h-late")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#late tbody th a").first).to_be_focused()
    page.keyboard.press("2")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#people tbody th a").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#people tbody th a").first).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("j")
    expect(page.locator("#late tbody th a").first).to_be_focused()
    assert "#" not in page.url


def test_a_phone_is_led_to_what_it_opened(desk, floor):  # noqa: F811
    page = desk(user("priya"), "/floor/", width=390, height=844)
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Queues").click()
    head = page.locator("#h-queues")
    expect(head).to_be_in_viewport()
    page.locator("#queues tbody a").first.click()
    expect(page.locator("#h-late")).to_be_in_viewport()
    expect(head).not_to_be_in_viewport()


def test_the_way_into_the_parts_moves_nothing_when_it_comes(desk, floor):  # noqa: F811
    page = opened(desk)
    place = "document.querySelector('.floor-facts').getBoundingClientRect().top"
    before = page.evaluate(place)
    page.locator(".parts a").first.focus()
    expect(page.locator(".parts a").last).to_be_in_viewport()
    assert page.evaluate(place) == before
    page.keyboard.press("Enter")
    expect(page.locator("#h-late")).to_be_focused()
