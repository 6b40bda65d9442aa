"""What has changed since the agent wrote it stands beside what it said, before anything leaves."""

import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Escalation, FactCheck
from tests import factories
from tests.escalations.facts.asking import OTHER, SAME, case_of, says
from tests.screens.hand.pressing import press
from tests.screens.hand.test_taking_over import opened

pytestmark = pytest.mark.django_db

BOXES = """() => JSON.stringify([...document.querySelectorAll('#briefing :is(.acts, .bottom-bar) .btn')]
  .filter((one) => one.checkVisibility()).map((one) => [one.textContent.trim(), one.getBoundingClientRect()]))"""


def asked(number):
    """The newest question, once there are so many."""
    for _ in range(200):
        if FactCheck.objects.count() == number:
            return FactCheck.objects.order_by("-asked_at").first()
        time.sleep(0.05)
    raise AssertionError("Nobody was asked.")


def test_another_value_stops_the_first_press_and_the_second_decides(desk, faults):
    case = case_of(factories.key(), now=timezone.now())
    page = opened(desk, factories.person("dana"), case)
    now = page.locator("#facts-now")
    expect(now).to_contain_text("Asking mira whether this still holds")
    page.wait_for_timeout(500)
    boxes = page.evaluate(BOXES)
    says(asked(1), SAME, now=timezone.now())
    expect(now).to_contain_text("that this still holds")
    press(page, "a")
    says(asked(2), OTHER, now=timezone.now())
    expect(page.locator("#case-notice")).to_contain_text("Order total was 184.00, is 92.00 now")
    expect(now).to_contain_text("said 184.00, is 92.00 now")
    expect(page.locator("#briefing")).not_to_have_attribute("data-ui-fresh", "text", timeout=5_000)
    assert page.evaluate(BOXES) == boxes
    assert faults(page) == []
    assert Escalation.objects.get().state == "held"
    press(page, "a")
    # The answer to the first press is seconds old: nobody waits for another.
    expect(page.locator("#toasts")).to_contain_text("Approved")
    assert Escalation.objects.get().state == "decided"


def test_an_agent_that_is_silent_blocks_nobody(desk, faults):
    case = case_of(factories.key(), now=timezone.now())
    page = opened(desk, factories.person("dana"), case)
    expect(page.locator("#facts-now")).to_contain_text("did not answer within 2 s")
    press(page, "a")
    expect(page.locator("#toasts")).to_contain_text("The agent did not answer within 2 s")
    assert Escalation.objects.get().state == "decided"
    assert faults(page) == []
