"""What a supervisor gave somebody, on their screen: by whom and why stand where it arrives."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from routing.transfers import reassigning
from tests import factories
from tests.routing.presence import there
from tests.screens.test_offers import card, live, offer

pytestmark = pytest.mark.django_db
SAID = "Tomasz went home, and you know the shop."


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_who_gave_a_case_and_why_stands_where_it_arrives(desk, width, height):
    dana = factories.person("dana")
    page = live(desk(dana, width=width, height=height))
    there(dana, at=timezone.now())
    other = offer(dana)
    expect(card(page, other)).to_be_visible()
    case = factories.escalation(now=timezone.now())
    ruth = factories.viewer("ruth", "supervisor")
    wish = reassigning.Wish(case.id, case.version)
    given = reassigning.reassign([wish], to="dana", reason=SAID, by=ruth, now=timezone.now())
    assert [one.refused for one in given] == [None]
    first = card(page, case)
    expect(first).to_be_visible()
    row = page.locator(f"#row-{case.id}")
    expect(row).to_contain_text("yours to accept")
    expect(row).not_to_contain_text("offered")
    expect(first.get_by_text("Given to you by Ruth Whitlock")).to_be_visible()
    expect(first.get_by_text(SAID)).to_be_visible()
    expect(first.get_by_role("button", name="Accept")).to_be_in_viewport()
