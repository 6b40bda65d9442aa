"""A key pressed when the hand may press: no case is on its way, and the one on screen was seen."""

from playwright.sync_api import Page, expect

NOT_YET = "#briefing:is([data-ui-fresh], [inert])"


def press(page: Page, key: str) -> None:
    expect(page.locator(NOT_YET)).to_have_count(0)
    page.keyboard.press(key)


def press_many(page: Page, key: str = "a", until: str = "#batch-results") -> int:
    """The key in the table of many, until every row was seen and they left; how often."""
    table, results = page.locator("#batch-table"), page.locator(until)
    said = table.locator("[data-stray]")
    for presses in range(1, 30):
        expect(page.locator("#batch-dialog[data-ui-fresh]")).to_have_count(0)
        said.evaluate("one => { one.textContent = ''; }")
        page.keyboard.press(key)
        expect(results.or_(said.filter(has_text="Not done: "))).to_be_visible()
        if results.count():
            return presses
    raise AssertionError("They never left.")
