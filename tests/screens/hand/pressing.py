"""A key pressed when the hand may press: no case is on its way, and the one on screen was seen."""

from playwright.sync_api import Page, expect

NOT_YET = "#briefing:is([data-ui-fresh], [inert])"


def press(page: Page, key: str) -> None:
    expect(page.locator(NOT_YET)).to_have_count(0)
    page.keyboard.press(key)
