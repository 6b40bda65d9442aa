"""Following a case in a real browser: by keyboard, with what others did at the corner."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from routing.alerts import following
from routing.models import Watching
from tests import factories
from tests.escalations.lifecycle.test_lifecycle import decide

pytestmark = pytest.mark.django_db
NAME = "Tell me when it moves"
CHANGED = """async (escalation) => {
  const entry = document.querySelector("script[type=module]").src;
  const { connection } = await import(entry.replace("baton.js", "live/live.js"));
  connection.dispatchEvent(new CustomEvent("frame", { detail: { type: "changed", escalation } }));
}"""


def test_follow_by_keyboard_and_hear_of_the_answer(desk):
    dana, kofi = factories.person("dana"), factories.person("kofi")
    case = factories.escalation(now=timezone.now())
    page = desk(dana, f"/escalations/{case.id}/")
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    switch = page.get_by_role("button", name=NAME)
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.focus()
    page.keyboard.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(switch).to_be_focused()
    assert Watching.objects.get().person == dana
    decide(case, viewer_of(kofi), now=timezone.now())
    following.sweep(timezone.now())
    assert Watching.objects.count() == 1
    following.sweep(timezone.now() + timedelta(minutes=1))
    text = f"{case.case_number} was approved by Kofi Whitlock."
    expect(page.locator("baton-notices")).to_contain_text(text)
    expect(switch).to_have_count(0)


def test_it_is_switched_off_again_and_stays_off(desk):
    dana = factories.person("dana")
    case = factories.escalation(now=timezone.now())
    following.follow(case, viewer_of(dana), on=True, now=timezone.now())
    page = desk(dana, f"/escalations/{case.id}/", width=390, height=844)
    switch = page.get_by_role("button", name=NAME)
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert Watching.objects.count() == 0


def test_an_older_reading_of_the_case_does_not_turn_it_back(desk):
    case, held = factories.escalation(now=timezone.now()), []
    page = desk(factories.person("dana"), f"/escalations/{case.id}/")
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    address = re.compile(rf"/escalations/{case.id}/(\?.*)?$")
    old = page.request.get(f"/escalations/{case.id}/", headers={"HX-Request": "true"}).text()
    page.route(address, lambda route: route.continue_() if held else held.append(route))
    with page.expect_request(address):
        page.evaluate(CHANGED, case.id)
    switch = page.get_by_role("button", name=NAME)
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    with page.expect_response(address):
        held[0].fulfill(body=old, content_type="text/html")
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")
    expect(switch).to_have_attribute("aria-pressed", "true")
