"""What an edit means, said by the server beside each field while it is typed."""

import pytest
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Decision
from tests import factories
from tests.factories import after
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db
PREVIEW = "**/preview/"
ITEMS = {"id": "a1", "name": "return_items", "args": {"item_ids": ["11", "12"], "count": 2}}


@pytest.fixture
def dana():
    return factories.person("dana")


@pytest.fixture
def editing(desk, dana):
    """Opens a case at its edit."""

    def open_edit(case):
        page = desk(dana, f"/escalations/{case.id}/")
        expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
        press(page, "e")
        expect(page.locator("#edit")).to_be_visible()
        return page

    return open_edit


def beside(page, label):
    """What is said in the line of that field."""
    return page.locator("[data-arg]", has=page.get_by_label(label)).locator(".so")


def count(page):
    return page.locator("#edit-count")


def test_each_change_is_said_while_the_hand_stays_in_the_field(editing):
    page = editing(factories.escalation())
    amount = page.get_by_label("Amount")
    amount.press("End")
    for _ in range(6):
        amount.press("Backspace")
    amount.press_sequentially("68.00", delay=40)
    expect(beside(page, "Amount")).to_have_text("€116.00 less than proposed")
    expect(count(page)).to_have_text("1 field changed")
    expect(page.locator(".arg .was del")).to_have_text("184.00")
    amount.press("ArrowLeft")
    amount.press("Delete")
    amount.press("5")
    expect(amount).to_have_value("68.05")
    expect(beside(page, "Amount")).to_have_text("€115.95 less than proposed")
    expect(amount).to_be_focused()
    assert amount.evaluate("field => field.selectionStart") == 5
    reply = page.get_by_label("Reply to Inès Carvalho")
    reply.press("Control+Home")
    reply.press_sequentially("Now: ")
    expect(page.locator("#edit-reply-changes ins")).to_have_text("Now: ")
    expect(count(page)).to_have_text("2 fields changed")


def test_a_changed_form_hides_the_plain_approve_at_once_and_put_back_shows_it(editing):
    page = editing(factories.escalation())
    page.route(PREVIEW, lambda route: None)
    page.get_by_label("Amount").fill("68.00")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    expect(page.get_by_role("button", name="Send edit").first).to_be_visible()
    page.unroute(PREVIEW)
    page.get_by_role("button", name="Put all back").click()
    expect(page.get_by_label("Amount")).to_have_value("184.00")
    expect(page.locator("[data-was]").first).to_be_focused()
    expect(page.get_by_role("button", name="Approve").first).to_be_visible()
    expect(count(page)).to_have_text("Nothing changed yet")
    expect(page.locator(".arg .was del")).to_have_count(0)


def test_of_two_questions_the_newest_is_shown(editing):
    """The first answer is held back until the second has come, and changes nothing then."""
    page = editing(factories.escalation())
    held = []

    def hold_the_first(route):
        held.append(route) if not held else route.continue_()

    page.route(PREVIEW, hold_the_first)
    with page.expect_request(PREVIEW):
        page.get_by_label("Amount").fill("68.00")
    page.get_by_label("Amount").fill("70.00")
    expect(beside(page, "Amount")).to_have_text("€114.00 less than proposed")
    held[0].continue_()
    page.wait_for_timeout(300)
    expect(beside(page, "Amount")).to_have_text("€114.00 less than proposed")
    expect(page.locator("baton-edit")).not_to_have_attribute("data-ui-lost", "")


def test_items_are_taken_out_and_added(editing):
    page = editing(factories.escalation(proposed_actions=[ITEMS]))
    page.get_by_label("Remove").first.check()
    expect(beside(page, "Item 1")).to_have_text("Removed")
    page.get_by_placeholder("Add another").fill("13")
    expect(beside(page, "one more")).to_have_text("Added")
    expect(count(page)).to_have_text("2 fields changed")


def test_what_would_be_refused_is_said_beside_the_field_and_moves_nothing(editing):
    page = editing(factories.escalation(proposed_actions=[ITEMS]))
    field = page.get_by_label("Count")
    field.fill("two")
    fault = page.locator("#edit").get_by_text("A whole number is needed, such as 12.")
    expect(fault).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("A whole number is needed, such as 12.")
    expect(field).to_be_focused()
    page.get_by_role("button", name="Send edit").first.click()
    expect(page.locator("#case-notice")).to_contain_text("A whole number is needed")
    expect(fault).to_have_count(1)
    field.fill("3")
    expect(fault).to_have_count(0)
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(beside(page, "Count")).to_have_text("1 more than proposed")


def test_without_an_answer_nothing_is_said_of_an_older_text(editing):
    page = editing(factories.escalation())
    page.get_by_label("Amount").fill("68.00")
    expect(beside(page, "Amount")).to_have_text("€116.00 less than proposed")
    page.route(PREVIEW, lambda route: route.abort())
    page.get_by_label("Amount").fill("70.00")
    expect(page.get_by_text("Not compared: Baton could not be reached")).to_be_visible()
    expect(beside(page, "Amount")).to_be_hidden()
    expect(page.locator("#toasts .toast")).to_have_count(0)
    page.unroute(PREVIEW)
    page.get_by_label("Amount").fill("70.50")
    expect(beside(page, "Amount")).to_have_text("€113.50 less than proposed")
    expect(page.get_by_text("Not compared: Baton could not be reached")).to_be_hidden()


def test_a_text_from_before_is_compared_again_on_loading_and_on_a_change_of_the_case(editing):
    case = factories.escalation()
    page = editing(case)
    page.get_by_label("Amount").fill("70.00")
    expect(beside(page, "Amount")).to_have_text("€114.00 less than proposed")
    page.reload()
    expect(beside(page, "Amount")).to_have_text("€114.00 less than proposed")
    case.refresh_from_db()
    lifecycle.add_context(case, {"logs": [{"text": "x"}]}, agent="mira", now=after(1))
    expect(page.locator("#case-news")).to_contain_text("Changed while you had it open.")
    expect(beside(page, "Amount")).to_have_text("€114.00 less than proposed")
    expect(page.get_by_label("Amount")).to_have_value("70.00")


def test_an_edit_that_came_with_the_page_stays_open_when_the_case_changes(desk, dana):
    case = factories.escalation()
    page = desk(dana, f"/escalations/{case.id}/?open=edit")
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.get_by_label("Amount").fill("70.00")
    case.refresh_from_db()
    lifecycle.add_context(case, {"logs": [{"text": "x"}]}, agent="mira", now=after(1))
    expect(page.locator("#case-news")).to_contain_text("Changed while you had it open.")
    expect(page.locator("#edit")).to_be_visible()
    expect(page.get_by_label("Amount")).to_have_value("70.00")


def test_what_leaves_is_in_view_while_it_is_typed_and_on_the_button(editing):
    page = editing(factories.escalation())
    send = page.locator("#rail").get_by_role("button", name="Send edit: Refund €50.00 and reply")
    page.get_by_label("Amount").fill("50")
    expect(send).to_be_visible()
    expect(page.locator("#wants ins")).to_have_text("50.00")
    expect(page.locator("#if-wrong del")).to_contain_text("€184.00")
    expect(page.locator("#if-wrong ins")).to_contain_text("€50.00")
    expect(page.locator("#price")).to_contain_text("€50.00")
    expect(page.locator("#edit-reply-says")).to_have_text("The reply still says €184.00.")
    page.get_by_label("Reply to Inès Carvalho").fill("Dear Inès, we have refunded €50.00.")
    expect(page.get_by_label("Amount")).to_have_value("50.00")
    expect(page.get_by_text("The reply still says €184.00.").filter(visible=True)).to_have_count(0)
    expect(page.locator("#wants .draft ins").first).to_be_visible()
    expect(send).to_be_visible()
    send.click()
    expect(page.locator(".toast")).to_contain_text("Sent with your edit: refund €50.00 and reply")


def test_button_and_toast_name_every_change(editing):
    action = factories.REFUND["proposed_actions"][0]
    args = action["args"] | {"iban": "OLD", "memo": "Grinder"}
    page = editing(factories.escalation(proposed_actions=[action | {"args": args}]))
    page.get_by_label("Amount").fill("50")
    page.get_by_label("Iban").fill("NEW")
    page.get_by_label("Memo").fill("Mill")
    words = "€50.00 with iban NEW and memo Mill and reply"
    page.locator("#rail").get_by_role("button", name=f"Send edit: Refund {words}").click()
    expect(page.locator(".toast")).to_contain_text(f"Sent with your edit: refund {words}")


def test_a_refused_edit_opens_its_panel_at_the_field(editing):
    page = editing(factories.escalation(proposed_actions=[ITEMS]))
    page.get_by_label("Count").fill("two")
    page.locator("#edit").get_by_role("button", name="Close").click()
    expect(page.locator("#edit")).to_be_hidden()
    press(page, "a")
    expect(page.get_by_label("Count")).to_be_focused()
    expect(page.get_by_label("Count")).to_be_in_viewport()


def test_what_the_reply_still_says_is_in_view_beside_it_where_the_panel_is_closed(editing):
    """By A it left with the new amount and a reply that names the old one, and nothing said so."""
    page = editing(factories.escalation())
    page.get_by_label("Amount").fill("50")
    expect(page.locator("#edit-reply-says")).to_have_text("The reply still says €184.00.")
    page.locator("#edit").get_by_role("button", name="Close").click()
    expect(page.locator("#edit")).to_be_hidden()
    expect(page.locator("#wants .note")).to_have_text("The reply still says €184.00.")
    expect(page.locator("#wants .note")).to_be_in_viewport()


def test_what_was_refused_is_not_said_any_more_once_it_is_right(editing):
    """The foot of the case went on asking for an amount that stood there."""
    page = editing(factories.escalation())
    page.get_by_label("Amount").fill("abc")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#case-notice")).to_contain_text("An amount is needed")
    page.get_by_label("Amount").fill("50")
    expect(page.locator("#case-notice .note")).to_have_count(0)


def test_enter_ends_a_field_and_sends_nothing(editing):
    page = editing(factories.escalation(proposed_actions=[ITEMS]))
    page.get_by_label("Count").fill("1")
    page.get_by_label("Count").press("Enter")
    expect(page.get_by_label("Count")).not_to_be_focused()
    expect(page.locator("#edit :focus")).to_have_count(1)
    expect(page.locator("#edit")).to_be_visible()
    assert not Decision.objects.exists()


def test_an_edit_of_nothing_is_not_sent(editing):
    """It went, and was counted, as an edit."""
    page = editing(factories.escalation())
    page.get_by_label("Why you changed it").fill("As agreed.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".left [data-hint]")).to_have_text(
        "Not sent: nothing is changed yet. Change a field, or approve it as it is."
    )
    page.locator("#edit-form button[type=submit]").first.click()
    assert not Decision.objects.exists()
    expect(page.get_by_label("Why you changed it")).to_have_value("As agreed.")
    page.get_by_label("Amount").fill("50.00")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Sent with your edit")
