"""A case that is opened at full capacity says that it is not held, and can be decided all the same."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Decision
from routing.people import units
from tests import factories
from tests.routing.presence import offered
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(desk):
    """Of two cases one is held, and that is all that this person may hold."""
    dana = factories.person("dana")
    units.resize(dana, 1)
    for words in ("First", "Second"):
        factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho")
    page = desk(dana)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    return page


def test_it_says_that_it_is_not_held(page):
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_contain_text("Second")
    expect(page.locator(".left [data-not-held]")).to_contain_text(
        "Not held. You hold as many cases as you can"
    )
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
    assert Decision.objects.count() == 1


def test_what_was_pressed_for_the_next_case_is_not_done_to_the_one_that_stays(page):
    """N is refused to full hands, and the A that was meant for the next case comes after it."""
    press(page, "n")
    expect(page.locator("#briefing[data-ui-fresh=stayed]")).to_have_count(1)
    page.keyboard.press("a")
    expect(page.locator(".left [data-hint]")).to_contain_text("Not done: this case stayed open.")
    assert not Decision.objects.exists()
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")


def test_it_is_held_once_an_offer_leaves_its_room(desk):
    dana = factories.person("dana")
    units.resize(dana, 1)
    case = factories.escalation(now=timezone.now(), summary="First for Inès Carvalho")
    page = desk(dana)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    asked = offered(dana, at=timezone.now())
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator(".left [data-not-held]")).to_contain_text("Not held.")
    lifecycle.end_offer(asked, now=timezone.now() + timedelta(minutes=1))
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(page.locator(".left [data-not-held]")).to_have_count(0)
    expect(page.locator(".lease").first).to_contain_text("Yours")


def test_respond_and_release_have_keys(desk):
    dana = factories.person("dana")
    case = factories.escalation(now=timezone.now())
    page = desk(dana)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    press(page, "m")
    expect(page.locator("#respond")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    press(page, "g")
    expect(page.locator(".toast")).to_contain_text("The case waits again.")
    case.refresh_from_db()
    assert case.state == "waiting"
