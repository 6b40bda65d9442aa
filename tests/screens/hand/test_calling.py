"""A call to the customer is written down by keys, and comes back to whoever called."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Escalation
from tests import factories
from tests.screens.hand.pressing import press
from tests.screens.hand.test_taking_over import opened

pytestmark = pytest.mark.django_db

CONTEXT = {"customer": {"name": "Inès Carvalho", "time_zone": "Asia/Tokyo"}}


def test_a_call_that_nobody_answered_waits_for_its_next_try(desk, faults):
    case = factories.escalation(
        now=timezone.now(), context=CONTEXT, requested={"method": "callback"}
    )
    page = opened(desk, factories.person("dana"), case)
    press(page, "h")
    dialog = page.locator("#call-dialog")
    expect(dialog).to_contain_text("A call to Inès Carvalho")
    dialog.get_by_label("Reached").check()
    dialog.get_by_label("What was said").fill("Busy until tomorrow.")
    dialog.get_by_label("Promised").fill("Another call.")
    found = faults(page)
    dialog.get_by_role("button", name="Write it down").click()
    expect(page.locator("#calls-t")).to_have_text("Calls to Inès Carvalho")
    expect(page.locator(".calls")).to_contain_text("Promised: Another call.")
    assert (found, faults(page)) == ([], [])

    press(page, "h")
    dialog.get_by_label("No answer").check()
    own = dialog.get_by_label("The time of the next try")
    expect(own).to_be_hidden()
    dialog.get_by_label("At this time there").check()
    expect(own).to_be_visible()
    dialog.get_by_label("In an hour").check()
    expect(own).to_be_hidden()
    dialog.get_by_role("button", name="Write it down").click()
    expect(page.locator(".calls")).to_contain_text("No answer")
    case = Escalation.objects.get(pk=case.pk)
    assert (case.state, case.assignee) == ("snoozed", "dana")
