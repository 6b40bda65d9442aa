"""A case that one agent wants to hand to another, and the list of those that could have it."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.agents import registry
from escalations.models import HandedCase
from tests import factories
from tests.factories import REFUND
from tests.screens.hand.test_taking_over import opened

pytestmark = pytest.mark.django_db


def test_it_is_handed_to_another_agent_than_was_named(desk, faults):
    for name in ("atlas", "ledger"):
        registry.create(name, now=timezone.now())
    case = factories.escalation({**REFUND, "hand_to_agent": "atlas"}, now=timezone.now())
    page = opened(desk, factories.person("dana"), case)
    expect(page.locator("#hands-over")).to_contain_text("wants to hand this case to atlas")
    expect(page.locator("#briefing:not([data-ui-fresh])")).to_be_visible()
    found = faults(page)
    page.get_by_role("button", name="Redirect").click()
    dialog = page.locator("#redirect-dialog:modal")
    expect(dialog.get_by_role("button", name="ledger")).to_be_focused()
    assert (found, faults(page)) == ([], [])
    dialog.get_by_role("button", name="ledger").click()
    expect(dialog).to_be_hidden()
    assert HandedCase.objects.get().agent.name == "ledger"
