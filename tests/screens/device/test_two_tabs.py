"""Two tabs of one person agree: what is typed, held, decided, and how they are."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.screens.device.waiting import becomes

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return factories.escalation(now=timezone.now())


@pytest.fixture
def two(desk, case):
    address = f"/escalations/{case.id}/"
    first = desk(factories.person("dana"), "/inbox/")
    first.locator(f"#row-{case.id} > a").click()
    expect(first.locator("#briefing")).to_have_attribute("data-state", "held")
    second = first.context.new_page()
    second.goto(address)
    for page in (first, second):
        expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
        expect(page.locator("#briefing[data-mine]")).to_have_count(1)
    return first, second


def reply(page):
    return page.locator('#edit textarea[name="reply"]')


def test_one_draft_for_both_and_what_one_decides_the_other_shows(two, case):
    first, second = two
    for page in (first, second):
        page.locator('#briefing [data-verb="edit"]').first.click()
    usual = reply(first).input_value()
    reply(first).fill("Dear Inès, it is on its way.")
    expect(reply(second)).to_have_value("Dear Inès, it is on its way.")
    reply(second).press_sequentially(" Kind regards")
    expect(reply(first)).to_have_value("Dear Inès, it is on its way. Kind regards")
    # Taken out in one, it is as it was in both; a reload has the same.
    reply(second).fill(usual)
    expect(reply(first)).to_have_value(usual)
    reply(first).fill("Dear Inès, soon.")
    expect(reply(second)).to_have_value("Dear Inès, soon.")
    second.reload()
    second.locator('#briefing [data-verb="edit"]').first.click()
    expect(reply(second)).to_have_value("Dear Inès, soon.")
    expect(second.locator("#briefing:not([data-ui-fresh])")).to_be_attached()
    second.locator('#edit [type="submit"]').first.click()
    expect(first.locator(f"#briefing[data-escalation={case.id}] .decided")).to_be_visible()
    # What was sent is no draft any more, in neither.
    kept = "Object.keys(sessionStorage).filter((key) => key.startsWith('baton-draft:')).length"
    for page in (first, second):
        becomes(page, kept, 0)


def test_what_one_says_of_the_person_and_the_case_the_other_shows(two, case):
    first, second = two
    first.get_by_role("button", name="your menu").click()
    first.locator("#me").get_by_role("button", name="Busy").click()
    for page in (first, second):
        expect(page.locator("#me-button")).to_contain_text("Busy")
    second.locator('#briefing [data-verb="release"]').first.click()
    expect(first.locator("#briefing[data-mine]")).to_have_count(0)
