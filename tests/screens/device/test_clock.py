"""Countdowns follow the server's clock, and promise no more than there is."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.screens.hand.pressing import press
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]

pytestmark = pytest.mark.django_db
TOLD = """async (late) => {
  const entry = document.querySelector("script[type=module]").src;
  const { now, setServerNow } = await import(entry.replace("baton.js", "live/time.js"));
  for (const seconds of late) setServerNow(new Date(Date.now() - seconds * 1000).toISOString());
  return Math.round((now() - Date.now()) / 1000);
}"""
# Whatever the page was told before it is forgotten with this.
SET = -7200


@pytest.mark.parametrize(
    ("late", "ahead"),
    [
        ([4, 0], 0),
        ([0, 4], 0),
        ([4, 0, 30, 2], 0),
        ([3600], -3600),
        ([0, 3600], -3600),
        ([3600, 0], 0),
    ],
)
def test_a_frame_that_was_held_up_promises_no_time(desk, late, ahead):
    page = desk(factories.person("dana"), "/inbox/")
    assert page.evaluate(TOLD, [SET, *late]) == ahead


def test_what_has_left_is_not_said_to_wait(desk, dana):
    case = factories.escalation(now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/"))
    press(page, "a")
    decided = page.locator("#briefing .decided")
    expect(decided).to_contain_text("Nothing has reached the agent yet")
    expect(decided.get_by_role("button", name="Undo")).to_be_visible()
    expect(decided).not_to_contain_text("Nothing has reached the agent yet")
    expect(decided.get_by_role("button", name="Undo")).to_have_count(0)
