"""The list follows what happens, and nothing in it moves under a hand."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Escalation
from tests import factories
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return factories.person("dana")


def arrive(words: str, **keys):
    return factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho", **keys)


def rows(page):
    return page.get_by_role("list", name="Queue").get_by_role("listitem")


def is_live(page):
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")


def test_shows_a_new_case_without_a_reload(desk, dana):
    page = desk(dana)
    is_live(page)
    expect(page.get_by_text("Nothing is waiting for you").first).to_be_visible()
    arrive("Refund €184.00")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).get_by_role("link")).to_contain_text("Refund €184.00 for Inès Carvalho")


def test_holds_new_cases_behind_the_pill_while_somebody_is_in_the_list(desk, dana):
    arrive("First")
    page = desk(dana)
    is_live(page)
    page.keyboard.press("j")
    before = page.evaluate("document.activeElement.getBoundingClientRect().top")
    arrive("Second")
    arrive("Third")
    pill = page.get_by_role("button", name="2 new")
    expect(pill).to_be_visible()
    expect(rows(page)).to_have_count(1)
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") == before
    expect(page.locator("#announce")).to_have_text("2 new cases")
    pill.click()
    expect(rows(page)).to_have_count(3)


def test_takes_a_decided_case_from_everybody(desk, dana):
    """Dana's page moves on to the next case; as she may not decide it, it stays with Amara."""
    case = arrive("First")
    arrive("Second", requested={"excluded_reviewers": ["dana"]})
    theirs = desk(factories.person("amara"))
    is_live(theirs)
    mine = desk(dana, f"/escalations/{case.id}/")
    is_live(mine)
    mine.get_by_role("button", name="Approve").first.click()
    expect(theirs.get_by_role("link", name="First")).to_have_count(0)
    expect(theirs.get_by_role("link", name="Second")).to_have_count(1)


def test_never_goes_back_to_an_older_version(desk, dana):
    case = arrive("First")
    page = desk(dana)
    is_live(page)
    row = page.locator(f"#row-{case.id}")
    old = row.evaluate("row => row.outerHTML")
    frame = {"type": "row", "escalation": case.id, "rank": 1}
    tell = "async ([frame]) => (await import(document.querySelector('script[type=module]').src.replace('baton.js', 'live/live.js'))).connection.dispatchEvent(new CustomEvent('frame', {detail: frame}))"
    newer = old.replace('data-version="1"', 'data-version="9"').replace("First", "Newest")
    page.evaluate(tell, [frame | {"version": 9, "html": newer}])
    expect(row).to_contain_text("Newest")
    page.evaluate(tell, [frame | {"version": 1, "html": old}])
    expect(row).to_contain_text("Newest")
    assert json.loads(row.evaluate("row => row.dataset.version")) == 9


def test_counts_change_in_place(desk, dana):
    """Dana's page moves on to the next case; as she may not decide it, it stays with Amara."""
    case = arrive("First")
    Escalation.objects.update(undo_s=60)
    arrive("Second", requested={"excluded_reviewers": ["dana"]})
    theirs = desk(factories.person("amara"))
    mine = desk(dana)
    for page in (theirs, mine):
        is_live(page)
        expect(page.locator(".nav [data-count=mine]")).to_have_text("2")
    mine.locator(f"#row-{case.id} > a").click()
    expect(theirs.locator(".tabs [data-count=team]")).to_have_text("1")
    expect(theirs.locator(".tabs [data-count=mine]")).to_have_text("1")
    mine.get_by_role("button", name="Approve").first.click()
    expect(mine.locator(".tabs [data-count=mine]")).to_have_text("1")
    mine.keyboard.press("z")
    expect(mine.locator(".tabs [data-count=mine]")).to_have_text("2")


def test_every_case_that_opens_is_kept_by_a_heartbeat(desk, dana):
    """The page sends heartbeats for what it marks as mine: the first case and the next one too."""
    first, second = arrive("Refund €10.00"), arrive("Refund €20.00")
    page = desk(dana)
    is_live(page)
    rows(page).first.get_by_role("link").click()
    expect(page.locator(f'#briefing[data-escalation="{first.id}"][data-mine]')).to_be_attached()
    press(page, "a")
    expect(page.locator(f'#briefing[data-escalation="{second.id}"][data-mine]')).to_be_attached()
    page.get_by_role("button", name="Release").first.click()
    expect(page.locator("#briefing[data-mine]")).to_have_count(0)
