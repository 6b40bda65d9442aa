"""The parts of the list, the way from case to case, and a filter, all while things happen."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.screens.test_queue import is_live

pytestmark = pytest.mark.django_db


def arrive(words: str, minutes: int, **keys):
    now = timezone.now()
    due = {"respond_by": (now + timedelta(minutes=minutes)).isoformat()}
    return factories.escalation(now=now, summary=words, deadlines=due, **keys)


def under(page, head: str):
    """The titles under this head, and the number in it."""
    part = page.locator(".q-part", has=page.get_by_role("heading", name=head))
    return part.locator(".q-row .ttl"), part.locator(".q-group .n")


def test_heads_and_the_way_from_case_to_case_follow_the_list(desk):
    first, last = arrive("First", 10), arrive("Last", 90)
    page = desk(factories.person("dana"), f"/escalations/{last.id}/")
    is_live(page)
    at = page.locator(".walk .at")
    expect(at).to_have_text("2 of 2")
    for head, words in (("Needs you now", "First"), ("Next", "Last")):
        titles, count = under(page, head)
        expect(titles).to_have_text([words])
        expect(count).to_have_text("1")
    expect(page.get_by_role("heading", name="Waiting on others")).to_be_hidden()
    box = page.get_by_role("button", name="Next case").bounding_box()
    arrive("Middle", 20)
    expect(at).to_have_text("3 of 3")
    titles, count = under(page, "Needs you now")
    expect(titles).to_have_text(["First", "Middle"])
    expect(count).to_have_text("2")
    expect(page.get_by_role("button", name="Next case")).to_be_disabled()
    assert page.get_by_role("button", name="Next case").bounding_box() == box
    page.get_by_role("button", name="Previous case").click()
    expect(page.locator("#briefing .ask")).to_contain_text("Middle")
    expect(at).to_have_text("2 of 3")
    page.get_by_role("button", name="Previous case").click()
    expect(page.locator(f'#briefing[data-escalation="{first.id}"]')).to_be_attached()
    expect(page.get_by_role("button", name="Previous case")).to_be_disabled()
    row = page.locator(f"#row-{first.id}")
    row.get_by_role("button", name="stands here").click()
    expect(row.locator(".because")).to_contain_text("before it; answer due")
    row.get_by_role("link").focus()
    page.keyboard.press("w")
    expect(row.locator(".because")).to_have_count(0)


def test_filter_takes_what_fits_it_and_stays_in_the_address(desk):
    case = arrive("First", -5)
    arrive("Gas", -5, trigger={"type": "emergency", "reason": "Smoke comes from the machine."})
    page = desk(factories.person("dana"), "/inbox/?tab=mine&level=2&urgency=late")
    is_live(page)
    rows, shown = page.locator(".q-row .ttl"), ["First", "Second"]
    arrive("Later", 30)
    arrive("Fire", -4, trigger={"type": "emergency", "reason": "Smoke comes from the machine."})
    arrive("Second", -3)
    expect(rows).to_have_text(shown)
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", case.id)
    assert page.url.endswith(f"/escalations/{case.id}/?tab=mine&level=2&urgency=late")
    page.reload()
    expect(rows).to_have_text(shown)
    page.go_back()
    assert page.url.endswith("/inbox/?tab=mine&level=2&urgency=late")
    expect(rows).to_have_text(shown)
