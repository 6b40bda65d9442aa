"""A case that is opened at full capacity says that it is not held, and can be decided all the same."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Decision, Escalation
from routing.people import units
from tests import factories
from tests.escalations.lifecycle.test_lifecycle import decide
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


def opened_unheld(page):
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_contain_text("Second")
    expect(page.locator(".left [data-not-held]")).to_contain_text("Not held.")
    case = Escalation.objects.get(summary__contains="Second")
    return case, page.locator(f"#row-{case.id}")


def not_done(page, words):
    for key in "as":
        press(page, key)
        expect(page.locator(".left [data-hint]")).to_contain_text(words)
    expect(page.locator("#briefing:not([data-ui-hint])")).to_have_count(1)


def counts(page):
    return [page.locator(f"#main [data-count={name}]").inner_text() for name in ("mine", "team")]


def test_who_has_it_meanwhile_is_said_on_row_rail_and_key_alike(page):
    """Opened unheld, then offered to another, theirs, free again, and answered: at each step the
    list, the rail and a key say what stands, and every number is that of the list."""
    sam = factories.viewer("sam")
    case, row = opened_unheld(page)
    rail = page.locator(".left .lease:not(.hint)")
    expect(page).to_have_title("Inbox, 2 for you · Baton")

    now = timezone.now()
    case = lifecycle.offer(case, to=sam, until=now + timedelta(minutes=2), now=now)
    expect(rail).to_contain_text("Sam Whitlock has 1:5")
    expect(row.locator(".offered")).to_contain_text("for Sam to accept")
    expect(row).to_have_attribute("data-gone", "team")
    expect(row.locator(".ttl")).to_have_css("text-decoration-line", "none")
    expect(page).to_have_title("Inbox, 1 for you · Baton")
    assert counts(page) == ["1", "1"]
    not_done(page, "Not done: Sam Whitlock has 1:")

    case = lifecycle.accept(case, by=sam, now=timezone.now())
    expect(rail).to_contain_text(re.compile(r"Held by Sam Whitlock since \d+:\d\d"))
    expect(row.get_by_role("img", name="Sam Whitlock holds it")).to_be_visible()
    assert counts(page) == ["1", "1"]
    not_done(page, "Not done: Held by Sam Whitlock since")

    case = lifecycle.release(case, by=sam, version=case.version, now=timezone.now())
    expect(row).not_to_have_attribute("data-gone", re.compile(".*"))
    expect(page).to_have_title("Inbox, 2 for you · Baton")
    assert counts(page) == ["2", "0"]

    case = lifecycle.claim(case, by=sam, now=timezone.now())
    expect(rail).to_contain_text("Held by Sam Whitlock")
    decide(case, sam, now=timezone.now())
    expect(row).to_have_attribute("data-gone", "")
    expect(row.locator(".ttl")).to_have_css("text-decoration-line", "line-through")
    assert counts(page) == ["1", "0"]
    not_done(page, "It is over: Approved by Sam Whitlock at")
