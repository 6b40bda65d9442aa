"""The objects of a list are changed, moved, removed and added in fields of their own."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision
from tests import factories
from tests.screens.device.test_in_view import HINT, OUT_OF_VIEW
from tests.screens.hand.pressing import NOT_YET, press

pytestmark = pytest.mark.django_db

LINES = [
    {"sku": "KTL-17", "name": "Kettle, 1.7 l, matt black", "quantity": 1, "gift": False},
    {"sku": "MUG-4", "name": "Mug", "quantity": 2, "gift": True},
    {"sku": "LID-9", "name": "Lid for the mug", "quantity": 2, "gift": False},
]
ACTION = {
    "id": "a1",
    "name": "orders.change_lines",
    "args": {"order": "48213", "lines": LINES},
    "allowed_decisions": ["approve", "edit", "reject", "respond"],
}


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_objects_of_a_list_by_hand(desk, width):
    dana = factories.person("dana")
    case = factories.escalation(now=timezone.now(), proposed_actions=[ACTION])
    page = desk(dana, f"/escalations/{case.id}/", width=width, height=900)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    if width < 500:
        page.get_by_role("button", name="More").click()
        page.get_by_role("button", name="Edit").click()
    else:
        press(page, "e")
    expect(page.locator("#edit")).to_be_visible()
    second = page.get_by_role("group", name="Line 2")
    second.get_by_label("Quantity").fill("3")
    page.get_by_role("group", name="Line 1").get_by_label("Remove").check()
    page.get_by_role("group", name="Line 3").get_by_role("combobox").first.press("Home")
    added = page.get_by_role("group", name="One more line")
    expect(added).to_have_count(1)
    _fill(added.nth(0), "TEA-1", "Tea")
    expect(added).to_have_count(2)
    _fill(added.nth(1), "TEA-2", "More tea")
    expect(added).to_have_count(3)
    said = page.locator("#edit .differs:visible")
    expect(said).to_have_text(
        ["Removed", "1 more than proposed", "Moved from 3 to 1", *["Added"] * 8]
    )
    expect(page.locator("#edit-count")).to_have_text("11 fields changed")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    send = page.locator("#edit-form button[type=submit].primary")
    send.click()
    if width < 500:
        # A phone cuts the sentence of the call, which opens first.
        expect(page.locator(HINT)).to_have_text(OUT_OF_VIEW)
        expect(page.locator(NOT_YET)).to_have_count(0)
        send.click()
    expect(page.locator(".toast")).to_contain_text("Sent with your edit")
    expect(page.locator(".toast")).to_contain_text("change lines in orders with 5 changes")
    sent = Decision.objects.get().document["actions"][0]["edited"]["args"]["lines"]
    new = {"quantity": 1, "gift": True}
    assert sent == [
        *(LINES[2], {**LINES[1], "quantity": 3}),
        *({"sku": "TEA-1", "name": "Tea", **new}, {"sku": "TEA-2", "name": "More tea", **new}),
    ]


def _fill(added, sku, name):
    """What every other line has, a new one needs."""
    added.get_by_label("Sku").fill(sku)
    added.get_by_label("Name").fill(name)
    added.get_by_label("Quantity").fill("1")
    added.get_by_label("Gift").select_option("true")
