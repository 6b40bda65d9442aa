"""Every state of a lot can be used by anybody: what axe finds in each, on both sizes and themes."""

import pytest
from playwright.sync_api import expect

from escalations.models import Decision
from tests import accessibility
from tests.factories import person
from tests.metrics.policies import publish
from tests.screens.hand.pressing import press_many
from tests.screens.hand.test_many_at_once import cases, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def faults():
    """Collects what is found, by the name of the state, so that one visit names all of it."""
    found = []

    def look(state, page):
        found.extend(f"{state}: {one}" for one in accessibility.faults(page))

    yield look
    assert found == []


def test_a_lot_over_an_open_case_has_no_fault_in_any_state(desk, faults):
    publish(refund={"undo_s": 600})
    cases(4)
    page = desk(person("dana"), "/inbox/")
    held = []
    page.locator(".q-row > a").first.click()
    expect(page.locator("#briefing:not([data-ui-fresh])")).to_have_count(1)
    for row in page.locator(".q-row .pick input").all()[1:]:
        row.check()
    expect(page.get_by_text("3 selected")).to_be_visible()
    faults("selected", page)
    page.locator("#case").focus()
    page.keyboard.press("f")
    dialog = page.locator("#batch-dialog")
    expect(dialog.get_by_text("Ready")).to_have_count(3)
    faults("table", page)
    dialog.locator("summary").first.click()
    faults("table, one unfolded", page)
    page.route("**/batch/", lambda route: held.append(route))
    press_many(page, until="#batch-table[data-ui-sent]")
    expect(dialog.locator("[data-batch-key=a]")).to_be_visible()
    faults("running", page)
    held[0].continue_()
    expect(page.get_by_role("dialog", name="3 of 3 approved")).to_be_visible()
    faults("done", page)
    seen(page)
    page.keyboard.press("z")
    expect(page.get_by_role("dialog", name="3 of 3 undone")).to_be_visible()
    faults("undone", page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    faults("afterwards", page)


def test_the_page_of_a_lot_has_no_fault_in_any_state(desk, faults):
    publish(refund={"undo_s": 600})
    chosen = "&".join(f"case={one.id}" for one in cases(3))
    page = desk(person("dana"), f"/batch/?{chosen}")
    faults("table", page)
    page.get_by_role("button", name="Approve 3").click()
    expect(page.get_by_role("heading", name="3 of 3 approved", level=1)).to_be_visible()
    faults("done", page)
    page.get_by_role("button", name="Undo all 3").click()
    expect(page.get_by_role("heading", name="3 of 3 undone", level=1)).to_be_visible()
    faults("undone", page)
    assert not Decision.objects.filter(undone_at=None).exists()
