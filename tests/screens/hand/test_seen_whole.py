"""What is approved is seen whole: a text that is cut has its "Show all", however few characters."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

# 66 characters on eleven lines, and 240 on one: neither is told by its length.
TALL = "\n".join(["Hello"] * 11)
WIDE = "word " * 48

CUT = """texts => texts.filter((text) => text.checkVisibility())
  .filter((text) => text.scrollHeight > text.clientHeight + 1)
  .filter((text) => !text.parentElement.querySelector(":scope > .more")?.checkVisibility())
  .map((text) => text.textContent.trim())"""


@pytest.mark.parametrize("text", [TALL, WIDE], ids=["tall", "wide"])
def test_no_text_is_cut_without_show_all(desk, dana, text):
    case = factories.escalation(now=timezone.now(), draft_response={"text": text})
    page = live(desk(dana, f"/escalations/{case.id}/"))
    draft = page.locator("#proposal .draft")
    for width in (1440, 1024, 840, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")
        assert page.locator("#briefing .clamp > .txt").evaluate_all(CUT) == []
    draft.get_by_text("Show all").click()
    expect(draft.get_by_text("Show less")).to_be_visible()
    whole = draft.locator(".txt").evaluate("text => text.scrollHeight <= text.clientHeight + 1")
    assert whole
    expect(page.locator("#brief .stop").get_by_text("Show all")).to_be_hidden()
