"""An option is chosen by what it does, which stands by it for every hand."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision
from tests import factories
from tests.screens.hand.pressing import NOT_YET
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

SIZES = [(1440, 900), (1024, 768), (390, 844)]
EFFECT = "The customer loses the warranty, and the lamp is thrown away at once. " * 3
CUT = """(one) => {
  const text = one.querySelector(".effect"), { bottom } = text.getBoundingClientRect();
  const zone = (one.closest("dialog") ?? one.closest(".zone-rail")).getBoundingClientRect();
  return text.scrollHeight > text.clientHeight + 1 || text.scrollWidth > text.clientWidth + 1
    || bottom > Math.min(innerHeight, zone.bottom);
}"""


def options(effect, count=3):
    return [
        {"id": f"o{n}", "label": f"Take back lamp {n}", "effect": f"{n}: {effect}"}
        for n in range(1, count + 1)
    ]


def arrive(effect, count=3):
    asked = {"type": "decision", "options": options(effect, count)}
    bare = {key: factories.REFUND[key] for key in ("task_type", "summary", "trigger", "context")}
    return factories.escalation(bare, now=timezone.now(), requested=asked)


def buttons(page, width):
    """The options where this window has them."""
    if width > 390:
        return page.locator("#rail form[data-command=choose] button")
    if not page.locator("#more-dialog[open]").count():
        expect(page.locator(NOT_YET)).to_have_count(0)
        page.locator("[data-opens=more-dialog] >> visible=true").click()
    return page.locator("#more-dialog form[data-command=choose] button")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_what_an_option_does_stands_by_it(desk, dana, width, height):
    case = arrive(EFFECT)
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    found = buttons(page, width)
    expect(found).to_have_count(3)
    for n in range(3):
        option = found.nth(n)
        expect(option.locator(".effect")).to_have_text(f"{n + 1}: {EFFECT.strip()}")
        option.scroll_into_view_if_needed()
        assert not option.evaluate(CUT)
    expect(page.locator(NOT_YET)).to_have_count(0)
    found.first.click()
    expect(page.locator(".toast")).to_contain_text("Chosen: Take back lamp 1")
    assert Decision.objects.get().document["option_id"] == "o1"


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (390, 600)])
def test_an_option_that_is_half_in_view_is_brought_first(desk, dana, width, height):
    case = arrive(EFFECT)
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    found = buttons(page, width)
    expect(page.locator(NOT_YET)).to_have_count(0)
    # Its first line alone is in the window.
    last = found.last
    last.evaluate(
        """(one) => {
          const zone = one.closest("dialog .body, .zone-rail") ?? one.closest("dialog");
          for (let left = 40; left; left -= 1) zone.scrollBy(0, -40);
        }"""
    )
    if last.evaluate(CUT):
        last.evaluate("one => one.click()")
        page.wait_for_timeout(200)
        assert not Decision.objects.exists()
        assert not last.evaluate(CUT)
        expect(page.locator(NOT_YET)).to_have_count(0)
    last.evaluate("one => one.click()")
    expect(page.locator(".toast")).to_contain_text("Chosen")
