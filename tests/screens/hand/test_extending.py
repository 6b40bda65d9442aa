"""The button for more time is there in the last fifth of a deadline, without a reload."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Escalation
from tests import factories
from tests.screens.hand.pressing import press
from tests.screens.hand.test_taking_over import opened

pytestmark = pytest.mark.django_db

# The last fifth of these is long enough to press a key in, on a busy machine.
HAD, LEFT = timedelta(seconds=300), timedelta(seconds=70)


def test_it_comes_by_itself_and_goes_with_the_press(desk, faults):
    case = factories.escalation(now=timezone.now())
    page = opened(desk, factories.person("dana"), case)
    button = page.locator("#rail").get_by_role("button", name="Extend")
    expect(button).to_have_count(0)
    # Only now, as opening a browser takes its time.
    now = timezone.now()
    Escalation.objects.update(respond_by=now + LEFT, arrived_at=now + LEFT - HAD)
    stands = Escalation.objects.get()
    lifecycle.add_context(stands, {"logs": [{"text": "x"}]}, agent="mira", now=now)
    expect(page.locator("#case-news")).to_contain_text("Changed while you had it open.")
    expect(button).to_have_count(0)
    expect(button).to_be_visible(timeout=30_000)
    press(page, "l")
    expect(button).to_have_count(0)
    expect(page.locator("#rail baton-clock").first).to_have_text(re.compile(r"\s*3[01]:"))
    assert Escalation.objects.get().respond_by == stands.respond_by + timedelta(minutes=30)
    assert faults(page) == []
