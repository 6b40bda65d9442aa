"""The agent is asked by keys, and its answer stands beside what it had sent."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import intake
from escalations.models import Escalation
from tests import factories
from tests.factories import REFUND
from tests.screens.hand.pressing import press
from tests.screens.hand.test_taking_over import opened

pytestmark = pytest.mark.django_db


def test_the_agent_is_asked_and_both_versions_stand_side_by_side(desk, faults):
    mira = factories.key()
    case = factories.escalation(by=mira, now=timezone.now())
    page = opened(desk, factories.person("dana"), case)
    press(page, "q")
    dialog = page.locator("#ask-dialog:modal")
    box = dialog.get_by_role("textbox", name="What do you want to know")
    expect(box).to_be_focused()
    box.fill("In French, please.")
    dialog.get_by_label("Another version").check()
    assert faults(page) == []
    box.press("Control+Enter")
    expect(dialog).to_be_hidden()
    page.goto(f"/escalations/{case.id}/")
    expect(page.locator(".note.info").first).to_contain_text("The agent was asked and has until")
    expect(page.locator(".note.handed")).to_contain_text("asked the agent for another version")
    expect(page.locator(".note.handed")).to_contain_text("In French, please.")

    body = {**REFUND, "draft_response": {"text": "Chère Inès, …"}}
    stands = Escalation.objects.get()
    intake.revise(mira, stands, json.dumps(body).encode(), now=timezone.now())
    expect(page.locator("#briefing")).to_have_attribute("data-state", "waiting")
    row = page.locator("#versions tr", has_text="Reply")
    expect(row).to_contain_text("Dear Inès, we have refunded €184.00 to your card.")
    expect(row).to_contain_text("Chère Inès, …")
    assert Escalation.objects.get().assignee == "dana"
    assert faults(page) == []
