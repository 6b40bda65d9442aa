"""What has a key has it at each width, also where its button lies behind More."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.screens.hand.pressing import press
from tests.screens.test_handing_on import dana, holding

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

# What each button that has a key would open, or the command that it would send.
BUTTONS = """() => Object.fromEntries([...document.querySelectorAll("#more-dialog [data-key]:not([data-when-edited])")].map((one) =>
  [one.dataset.key, one.dataset.opens ?? one.form.dataset.command]))"""
NOT_SENT = """() => document.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  window.sent = event.target.dataset.command;
}, true)"""
DONE = """() => document.querySelector("dialog[open]")?.id
  ?? document.querySelector("[data-panel][data-ui-open]")?.id ?? window.sent"""


@pytest.mark.parametrize("width", [820, 390])
def test_every_key_of_the_case_does_on_a_narrow_screen_what_its_button_does(desk, dana, width):
    case = factories.escalation(now=timezone.now())
    page = holding(desk, dana, case, width=width, height=844)
    page.evaluate(NOT_SENT)
    buttons = page.evaluate(BUTTONS)
    assert {"e", "r", "q", "p", "s"} <= set(buttons)
    done = {}
    for key in buttons:
        page.locator("#case").focus()
        page.evaluate("delete window.sent")
        press(page, key)
        done[key] = page.evaluate(DONE)
        opened = page.locator("dialog[open], [data-panel][data-ui-open]")
        if opened.count():
            page.keyboard.press("Escape")
        expect(opened).to_have_count(0)
    assert done == buttons
