"""All that Baton says of itself stands in one place, which covers nothing that somebody works with."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from routing.alerts import notices
from routing.attendance import presence
from routing.transfers import handovers
from tests import factories
from tests.screens.test_deciding import live
from tests.screens.test_offers import offer

pytestmark = pytest.mark.django_db

ALERT = {"trigger": {"type": "emergency", "reason": "The customer smells gas."}}
# What somebody decides, reads or fills in, as far as it is in view, and lies under a message.
COVERED = """() => {
  const seen = (one) => {
    let { left, top, right, bottom } = one.getBoundingClientRect();
    for (let zone = one.parentElement; zone; zone = zone.parentElement) {
      if (!/auto|scroll/.test(getComputedStyle(zone).overflowY)) continue;
      const edge = zone.getBoundingClientRect();
      [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
      [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
    }
    return { left, top, right: Math.min(right, innerWidth), bottom: Math.min(bottom, innerHeight) };
  };
  const over = [...document.querySelectorAll("baton-messages > *")].filter((one) => one.checkVisibility()).map(seen);
  const under = ".acts .btn, .bottom-bar .btn, .batch .btn, .tabs a, .jump a, #ask, .q-group, main input, main select, main textarea, table";
  return [...document.querySelectorAll(under)].filter((one) => one.checkVisibility()).filter((one) => {
    const box = seen(one);
    return box.right > box.left && box.bottom > box.top
      && over.some((m) => m.left < box.right - 1 && box.left < m.right - 1 && m.top < box.bottom - 1 && box.top < m.bottom - 1);
  }).map((one) => `${one.className} ${one.textContent.trim()}`.slice(0, 60));
}"""


def all_at_once(page, dana, held):
    """A toast with its undo, two offers, an alert, notices, a question for the case."""
    now = timezone.now()
    handovers.ask(held, by=viewer_of(factories.person("amara")), now=now)
    offer(dana)
    gas = offer(dana, **ALERT)
    notices.tell([dana.pk], "alert", f"{gas} needs a person at once.", escalation=gas, now=now)
    for number in range(3):
        notices.tell([dana.pk], "given", f"Notice {number} " + "is long " * 12, now=now)
    page.evaluate(
        "at => document.getElementById('toasts').show({said: 'Approved: refund €184.00 to Otto Lang',"
        " answer: {effective_at: at}, escalation: 'x', row: null})",
        (now + timedelta(seconds=60)).isoformat(),
    )
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator(".offers .offer")).to_have_count(2)
    expect(page.locator(".handovers li")).to_have_count(1)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_they_cover_nothing_and_one_card_at_most_is_open(desk, faults, width, height):
    dana = factories.person("dana")
    case = factories.escalation(now=timezone.now())
    page = live(desk(dana, width=width, height=height))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    case.refresh_from_db()
    if width > 832:
        page.locator(f"#row-{case.id} .pick").click()
        expect(page.locator(".batch")).to_be_visible()
    all_at_once(page, dana, case)
    shown = page.locator("baton-messages")
    expect(shown.locator("[data-more-messages]")).to_be_visible()
    expect(shown.locator("[data-ui-shown=card]")).to_have_count(1 if width > 832 else 0)
    expect(shown.locator("[data-ui-shown=line]")).to_have_count(1)
    assert page.evaluate(COVERED) == []
    assert faults(page) == []
    page.set_viewport_size({"width": width, "height": height})
    # Who is away is offered nothing; the rest stays.
    ruth = viewer_of(factories.person("ruth", "supervisor"))
    presence.set_state(dana, "away", by=ruth, now=timezone.now())
    expect(page.locator("#away .away-note")).to_have_count(1)
    expect(page.locator(".offers .offer:not(.over)")).to_have_count(0)
    assert page.evaluate(COVERED) == []
