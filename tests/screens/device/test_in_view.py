"""Nothing leaves that was not on the screen: a press for what lies below the window brings it there."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision
from tests import factories
from tests.screens.hand.pressing import press
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

HINT = "#briefing [data-hint] >> visible=true"
OUT_OF_VIEW = "Not done: what is asked was out of view. Look at it and press again."
# 200 % zoom, a phone, and the width at which the buttons stand below the case.
SIZES = [(720, 450, 6), (390, 844, 24), (1024, 768, 12)]
APPROVES = "#briefing :is(.acts, .bottom-bar) form[data-command=approve] button >> visible=true"
TWICE = """async ([button, apart_ms]) => {
  button.click();
  await new Promise((later) => setTimeout(later, apart_ms));
  button.click();
}"""
IS_IN_VIEW = """(step) => {
  const { top, bottom } = step.getBoundingClientRect();
  const bar = document.querySelector(".bottom-bar")?.getBoundingClientRect();
  const end = Math.min(document.getElementById("case").getBoundingClientRect().bottom, bar?.height ? bar.top : Infinity);
  return top >= 48 && bottom - 12 <= Math.min(end, innerHeight);
}"""


def arrive(steps: int):
    actions = [
        {"id": f"a{n}", "name": "refund", "args": {"amount": f"{n}.00", "order": f"HP-{n}"}}
        for n in range(1, steps)
    ]
    closing = {"id": "last", "name": "close_account", "args": {"account": "C-18"}}
    return factories.escalation(
        now=timezone.now(),
        summary="Refund and close for Inès Carvalho",
        proposed_actions=[*actions, closing],
        draft_response={"text": "Dear Inès, we close your account now."},
    )


@pytest.mark.parametrize(("width", "height", "steps"), SIZES)
@pytest.mark.parametrize("hand", ["mouse", "keyboard"])
def test_what_was_below_the_window_is_seen_before_it_leaves(desk, dana, width, height, steps, hand):
    """A click at 200 % zoom closed an account that had never been on the screen."""
    case = arrive(steps)
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    last = page.locator("#proposal .steps > li").last
    assert not last.evaluate(IS_IN_VIEW)
    button = page.locator(APPROVES).first
    for _ in range(4):
        if last.evaluate(IS_IN_VIEW):
            break
        press(page, "a") if hand == "keyboard" else _click(page, button)
        expect(page.locator(HINT)).to_have_text(OUT_OF_VIEW)
    assert last.evaluate(IS_IN_VIEW)
    assert not Decision.objects.exists()
    press(page, "a") if hand == "keyboard" else _click(page, button)
    if hand == "keyboard" and not Decision.objects.exists():
        # The key looks for the brief as well, which went up to make room.
        press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")


def _click(page, button):
    expect(page.locator("#briefing:is([data-ui-fresh], [inert])")).to_have_count(0)
    button.click()


def test_two_presses_at_once_do_not_pass_over_it(desk, dana):
    case = arrive(6)
    page = live(desk(dana, f"/escalations/{case.id}/", width=720, height=450))
    button = page.locator(APPROVES).first
    expect(page.locator("#briefing[data-ui-fresh]")).to_have_count(0)
    page.evaluate(TWICE, [button.element_handle(), 60])
    expect(page.locator(HINT)).to_have_text(OUT_OF_VIEW)
    assert not Decision.objects.exists()


def test_what_was_read_on_the_way_down_is_not_asked_for_again(desk, dana):
    case = arrive(6)
    page = live(desk(dana, f"/escalations/{case.id}/", width=720, height=450))
    page.locator("#brief .wrong").scroll_into_view_if_needed()
    _click(page, page.locator(APPROVES).first)
    expect(page.locator(".toast")).to_contain_text("Approved")
