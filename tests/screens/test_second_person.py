"""Two people at one case: what the first made of it is what the second reads and approves."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision, Vote
from tests import factories
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db

CALL = {
    "id": "a1", "name": "refund",
    "args": {"amount": "184.00", "currency": "EUR", "iban": "NL91 ABNA 0417 1643 00"},
}  # fmt: skip
FEE = {"id": "a2", "name": "waive_fee", "args": {"fee": "5.00"}}


def opened(page):
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


def test_the_second_person_reads_and_approves_what_the_first_made_of_it(desk, faults):
    case = factories.escalation(
        now=timezone.now(), requested={"approvals_needed": 2}, proposed_actions=[CALL, FEE]
    )
    path = f"/escalations/{case.id}/"
    page = opened(desk(factories.person("dana"), path))
    press(page, "e")
    page.get_by_label("Iban").fill("DE89 3704 0044 0532 0130 00")
    page.locator("#edit-reply").fill("Dear Inès, we pay €184.00 to your new account.")
    page.locator("#edit [name=instructions]").fill("Only once the photo is there.")
    page.locator("#edit").get_by_role("button", name="Send edit").click()
    expect(page.locator(".toast")).to_contain_text("Your part is noted")
    expect(page.locator(".toast")).to_contain_text("It waits for another person. Nothing has left.")

    page = opened(desk(factories.person("amara"), path))
    brief = page.locator("#brief")
    expect(brief).to_contain_text("Dana Whitlock changed this")
    expect(brief.locator(".kv ins")).to_have_text("DE89 3704 0044 0532 0130 00")
    expect(brief.locator(".kv del")).to_have_text("NL91 ABNA 0417 1643 00")
    expect(brief).to_contain_text("Only once the photo is there.")
    expect(brief.locator(".draft ins").first).to_be_visible()
    assert faults(page) == []
    button = page.get_by_role("button", name=re.compile("^Approve: .*DE89.*reply")).first
    button.click()
    expect(page.locator(".toast")).to_contain_text("DE89 3704")
    expect(page.locator(".toast")).to_contain_text("Nothing has left.")

    page = opened(desk(factories.person("sofia"), path))
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved: refund €184.00 with iban DE89")
    document = Decision.objects.get().document
    assert document["actions"][0]["call"]["args"]["iban"] == "DE89 3704 0044 0532 0130 00"
    assert document["instructions"] == "Only once the photo is there."
    assert [one["reviewer_id"] for one in document["approvals"]] == ["amara", "sofia"]


def test_ones_part_can_be_taken_back_after_the_next_case_came(desk):
    """The toast had no Undo, and `Z` said that there was nothing to undo."""
    first, second = (
        factories.escalation(now=timezone.now(), summary=key, requested={"approvals_needed": 2})
        for key in ("First", "Second")
    )
    page = opened(desk(factories.person("dana"), f"/escalations/{first.id}/"))
    press(page, "a")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", second.id)
    expect(page.locator(".toast")).to_contain_text("It waits for another person. Nothing has left.")
    page.keyboard.press("z")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", first.id)
    assert not Vote.objects.filter(void_at=None).exists()
