"""What is approved is seen whole: a text that is cut has its "Show all", however few characters."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from tests import factories
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

# 240 characters on forty lines, and 2,400 on one: neither is told by its length.
TALL = "\n".join(["Hello"] * 40)
WIDE = "word " * 480

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


WHOLE = """() => [...document.querySelectorAll("#brief .clamp")]
  .filter((clamp) => clamp.querySelector(":scope > .more")?.checkVisibility())
  .map((clamp) => clamp.querySelector(":scope > .txt").textContent.trim().slice(0, 40))"""


@pytest.mark.parametrize("actions", [1, 3])
def test_what_fits_the_screen_is_not_folded(desk, dana, actions):
    """A reply of 34 words, what an error costs and short calls had "Show all" in a line of its own."""
    calls = [
        {"id": f"a{n}", "name": "refund", "args": {"amount": f"{n}.00"}} for n in range(actions)
    ]
    words = "Dear Inès, we have looked at it and the lamp is yours to keep now, " * 2
    case = factories.escalation(
        now=timezone.now(),
        proposed_actions=calls,
        draft_response={"text": " ".join([*words.split(), "Yours,", "Mira"])},
    )
    page = live(desk(dana, f"/escalations/{case.id}/", width=390, height=844))
    for width in (390, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(
            "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
        )
        assert page.evaluate(WHOLE) == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (390, 600), (1024, 560)])
def test_what_a_dialog_sends_by_stands_in_the_window(desk, width, height):
    """Handing back could be scrolled to only, below the edge of a phone."""
    held = factories.escalation(now=timezone.now())
    talked = factories.escalation(now=timezone.now())
    dana = factories.person("dana")
    viewer = factories.viewer_of(dana)
    lifecycle.claim(held, by=viewer, now=timezone.now())
    lifecycle.take_over(talked, by=viewer, version=1, now=timezone.now())
    for case in (held, talked):
        page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
        out = page.evaluate(OUT_OF_SIGHT)
        assert out["seen"] > 0
        assert out["below"] == []


OUT_OF_SIGHT = """() => {
  const found = { seen: 0, below: [] };
  for (const dialog of document.querySelectorAll("dialog:has(form.command footer [type=submit])")) {
    dialog.showModal();
    for (const button of dialog.querySelectorAll("footer [type=submit]")) {
      if (!button.checkVisibility()) continue;
      const { top, bottom } = button.getBoundingClientRect();
      found.seen += 1;
      if (top < 0 || bottom > innerHeight) found.below.push(`${dialog.id} ${bottom} of ${innerHeight}`);
    }
    dialog.close();
  }
  return found;
}"""
