"""Several people of different teams, and a third between two: who may, said on the screen."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.models import User
from escalations.models import Decision
from tests import factories
from tests.metrics.policies import publish
from tests.routing.people.test_apart import of_team
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db


def test_two_teams_disagree_and_a_third_person_decides(desk):
    terms = {"approvals_from": "teams", "disagreement": "third_decides"}
    dana, mate = of_team("dana", "Refunds"), of_team("kofi", "Refunds")
    other, third = of_team("lena", "Risk"), of_team("omar", "Law")
    publish(refund={"approvals": 2, **terms})
    case = factories.escalation(now=timezone.now())
    pages = {}

    def screen(viewer):
        if viewer.id not in pages:
            user = User.objects.get(pk=viewer.id)
            pages[viewer.id] = desk(user, f"/escalations/{case.id}/")
        return pages[viewer.id]

    page = screen(dana)
    expect(
        page.get_by_role("heading", name="2 people must approve, of different teams")
    ).to_be_visible()
    press(page, "a")
    expect(page.locator("#toasts")).to_contain_text("Your part is noted")
    # One of the same team sees the case, and has no button to approve it.
    expect(screen(mate).locator("#briefing")).to_have_attribute("data-escalation", case.id)
    expect(screen(mate).get_by_role("button", name="Approve")).to_have_count(0)
    page = screen(other)
    press(page, "r")
    press(page, "1")
    expect(page.locator("#toasts")).to_contain_text("Your part is noted")
    page = screen(third)
    expect(page.locator(".slots")).to_contain_text("A third person decides")
    press(page, "a")
    expect(page.locator("#toasts")).to_contain_text("Approved:")
    assert Decision.objects.get().outcome == "approved"
