"""A case that changes under somebody says what is another, and the way on where it is over."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import intake, lifecycle
from escalations.models import Escalation
from tests import factories
from tests.factories import REFUND

pytestmark = pytest.mark.django_db
(ACTION,) = REFUND["proposed_actions"]


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_amount_before_and_after_and_then_the_next_case(desk, faults, width, height):
    mira = factories.key()
    case = factories.escalation(by=mira, now=timezone.now())
    other = factories.escalation(by=mira, now=timezone.now(), summary="Second for Inès Carvalho")
    page = desk(factories.person("dana"), f"/escalations/{case.id}/", width=width, height=height)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    news = page.locator("#case-news")
    changed = {**ACTION, "args": {**ACTION["args"], "amount": "50.00"}}
    body = json.dumps({**REFUND, "proposed_actions": [changed]}).encode()
    stands = Escalation.objects.get(pk=case.pk)
    intake.revise(mira, stands, body, now=timezone.now())
    expect(news.locator("del")).to_have_text("€184.00")
    expect(news.locator("ins")).to_have_text("€50.00")
    assert faults(page) == []

    news.get_by_role("button", name="I have read it").click()
    expect(news).to_be_empty()
    stands = Escalation.objects.get(pk=case.pk)
    lifecycle.cancel(stands, agent="mira", now=timezone.now())
    # One note says how it ended, and leads on.
    ended = page.locator(".decided").first
    expect(ended).to_contain_text("Cancelled by the agent")
    expect(news).to_be_empty()
    ended.get_by_role("button", name="Next case").click()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", other.id)
    expect(news).to_be_empty()
