"""What a line cuts or a fold hides is on the screen, whole, before a press for it counts."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision
from tests import factories
from tests.screens.device.test_in_view import APPROVES, HINT, OUT_OF_VIEW
from tests.screens.hand.pressing import press
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

SIZES = [(1440, 900), (1024, 768), (390, 844)]
SOFT = {"reversible": True, "level": "low"}
WORDS = "we have looked at your lamp and at all that you wrote to us about it, "


def refund(n, **args):
    return {"id": f"a{n}", "name": "refund", "args": {"amount": f"{n}.00"} | args}


def tag(n, **args):
    return {"id": f"t{n}", "name": "tag_order", "args": {"order": f"HP-{n}"} | args, "risk": SOFT}


LONG = {f"field_{n}": f"value {n} of quite some words" for n in range(11)}
# By the way in which each keeps its end from the eyes.
CASES = {
    "reply": {"draft_response": {"text": f"Dear Inès, {WORDS * 40}the END."}},
    "one call": {"proposed_actions": [refund(1, **LONG, last="the END.")]},
    "several calls": {
        "proposed_actions": [refund(1, **LONG), refund(2, **LONG), refund(3, last="the END.")]
    },
    "more than a sentence holds": {
        "proposed_actions": [tag(1, **LONG, one=1, two=2, last="the END.")]
    },
    "longer than a value": {"proposed_actions": [tag(1, note=f"{WORDS * 120}the END.")]},
    "money, longer than a value": {"proposed_actions": [refund(1, note=f"{WORDS * 120}the END.")]},
    "folded": {"proposed_actions": [tag(n) for n in range(1, 4)] + [tag(4, last="the END.")]},
}
SEEN = """() => {
  const walk = document.createTreeWalker(document.getElementById("brief"), NodeFilter.SHOW_TEXT);
  const bar = document.querySelector(".bottom-bar").getBoundingClientRect();
  const zone = document.getElementById("case").getBoundingClientRect();
  const floor = Math.min(innerHeight, zone.bottom, bar.height ? bar.top : Infinity);
  while (walk.nextNode()) {
    const at = walk.currentNode.data.indexOf("the END");
    if (at < 0 || !walk.currentNode.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.setStart(walk.currentNode, at);
    range.setEnd(walk.currentNode, at + 7);
    const { x, y, top, bottom, width, height } = range.getBoundingClientRect();
    if (!width || top < 48 || bottom > floor) continue;
    const hit = document.elementFromPoint(x + width / 2, y + height / 2);
    if (walk.currentNode.parentElement === hit || hit?.contains(walk.currentNode)) {
      const cut = walk.currentNode.parentElement.closest(".txt");
      const frame = cut?.getBoundingClientRect();
      if (!frame || bottom <= frame.bottom + 1) return true;
    }
  }
  return false;
}"""


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("kind", CASES)
def test_what_is_cut_or_folded_opens_before_it_leaves(desk, dana, width, height, kind):
    keys = {"draft_response": {"text": "Dear Inès, done."}} | CASES[kind]
    case = factories.escalation(now=timezone.now(), **keys)
    hands = "mouse" if width == 1440 else "keyboard"
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    expect(page.locator("#briefing:is([data-ui-fresh], [inert])")).to_have_count(0)
    seen = page.evaluate(SEEN)
    for _ in range(16):
        if hands == "mouse":
            expect(page.locator("#briefing:is([data-ui-fresh], [inert])")).to_have_count(0)
            page.locator(APPROVES).first.click()
        else:
            press(page, "a")
        # Until it is answered, where it counted.
        expect(page.locator("#briefing [data-ui-busy]")).to_have_count(0)
        if Decision.objects.exists():
            break
        expect(page.locator(HINT)).to_have_text(OUT_OF_VIEW)
        seen = seen or page.evaluate(SEEN)
    assert seen
    expect(page.locator(".toast")).to_contain_text("Approved")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_what_stands_whole_takes_one_press(desk, dana, width, height):
    case = factories.escalation(now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
