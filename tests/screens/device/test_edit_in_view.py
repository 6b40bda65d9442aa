"""What an edit sends beside the field that was typed in stands on the screen before it leaves."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.screens.device.test_in_view import HINT, OUT_OF_VIEW
from tests.screens.hand.pressing import NOT_YET, press
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

LINES = "\n\n".join(f"Line {number}" for number in range(20))
SIZES = [(1440, 900, 30), (720, 450, 8)]
SEEN = """() => {
  window.seen = new Set();
  const end = () => document.querySelector(".bottom-bar")?.getBoundingClientRect().top || innerHeight;
  setInterval(() => {
    for (const field of document.querySelectorAll("#edit-form :is(input, textarea)")) {
      const { top, bottom, height } = field.getBoundingClientRect();
      const isWhole = field.scrollHeight <= field.clientHeight + 1;
      if (height && isWhole && top < end() && bottom > 0 && bottom - 24 < end()) window.seen.add(field.name);
    }
  }, 30);
}"""


def arrive(arguments: int, reply: str = LINES):
    return factories.escalation(
        now=timezone.now(),
        proposed_actions=[
            {
                "id": "a1",
                "name": "update",
                "args": {f"part_{number}": f"was {number}" for number in range(arguments)},
            }
        ],
        draft_response={"text": reply},
    )


@pytest.mark.parametrize(("width", "height", "count"), SIZES)
def test_fields_below_the_window_are_seen_before_an_edit_leaves(desk, dana, width, height, count):
    """The second press sent a kept change of the reply that had never been on the screen."""
    case = arrive(count)
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    opens(page)
    page.evaluate(SEEN)
    page.locator('[name="edit:a1:/part_0"]').fill("good")
    # A busy browser looks around for the first time only after a while.
    page.wait_for_function("window.seen.size > 0")
    pressed_until_it_leaves(page, "Control+Enter", "Sent with your edit")
    seen = set(page.evaluate("[...window.seen]"))
    assert {f"edit:a1:/part_{number}" for number in range(count)} | {"reply"} <= seen


def test_a_typed_field_that_cuts_its_text_is_read_to_its_end(desk, dana):
    """What was typed stood at its end; three of its 24 lines were on the screen."""
    long = " ".join(f"word{number}" for number in range(180))
    case = factories.escalation(
        now=timezone.now(),
        proposed_actions=[
            {"id": f"a{one}", "name": "send_letter", "args": {"to": "Ines", "text": long}}
            for one in range(3)
        ],
        draft_response={"text": LINES},
    )
    page = live(desk(dana, f"/escalations/{case.id}/", width=1024, height=768))
    opens(page)
    page.evaluate(SEEN)
    typed = page.locator('[name="edit:a0:/text"]')
    typed.press("End")
    typed.press_sequentially(" x", delay=40)
    pressed_until_it_leaves(page, "Control+Enter", "Sent with your edit")
    assert "edit:a0:/text" in page.evaluate("[...window.seen]")


def test_an_edit_of_a_brief_that_was_read_takes_one_press(desk, dana):
    case = arrive(3, "Dear Inès, it is done.")
    page = live(desk(dana, f"/escalations/{case.id}/", width=390, height=844))
    opens(page)
    page.locator('[name="edit:a1:/part_0"]').fill("good")
    press(page, "Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Sent with your edit")


@pytest.mark.parametrize(("width", "height", "count"), SIZES)
def test_a_key_is_not_sent_back_up_by_what_it_brought_down(desk, dana, width, height, count):
    """Each second press went back to the top: it took twice as many, and said the opposite."""
    case = arrive(count)
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    pressed_until_it_leaves(page, "a", "Approved")


def pressed_until_it_leaves(page, key, said):
    """Each press before the last says that something was out of view, and goes down to it."""
    toast, told = page.locator(".toast"), page.locator(HINT)
    for _ in range(40):
        # So that what the press before was told is not taken for what this one is.
        for hint in page.locator("#briefing [data-hint]").all():
            hint.evaluate("one => { one.textContent = ''; }")
        press(page, key)
        expect(toast.or_(told.filter(has_text="Not done: ")).first).to_be_visible()
        if toast.count():
            break
        expect(told).to_have_text(OUT_OF_VIEW)
        expect(page.locator("#announce")).not_to_contain_text("Brief brought back")
    expect(page.locator(".toast")).to_contain_text(said)


def opens(page):
    expect(page.locator(NOT_YET)).to_have_count(0)
    opener = page.locator("#briefing [data-opens=edit] >> visible=true")
    if not opener.count():
        page.locator("#briefing [data-opens=more-dialog] >> visible=true").first.click()
    opener.first.click()
    expect(page.locator("#edit-form")).to_be_visible()
