"""Replies that the policy keeps, chosen by keys while talking and while answering."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.escalations.api.conftest import publish
from tests.screens.hand.pressing import press
from tests.screens.hand.test_taking_over import CONTEXT, opened

pytestmark = pytest.mark.django_db

KEPT = [
    {"title": "Whom to ask", "text": "Write again, {customer.name}."},
    {"title": "Reference", "text": "About {case.reference}."},
]


def test_a_reply_is_written_by_two_keys_and_sent_by_nobody_but_the_person(desk, faults):
    publish(refund={"replies": KEPT})
    case = factories.escalation(now=timezone.now(), context=CONTEXT)
    page = opened(desk, factories.person("dana"), case)
    press(page, "y")
    dialog = page.locator("#replies-dialog:modal")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Reference")).to_be_disabled()
    found = faults(page)
    page.keyboard.press("2")
    expect(dialog).to_be_visible()
    page.keyboard.press("1")
    expect(dialog).to_be_hidden()
    answer = page.locator("#respond textarea[name=reply]")
    expect(answer).to_have_value("Write again, Inès Carvalho.")
    expect(answer).to_be_focused()

    page.locator("#ask").click()
    press(page, "t")
    box = page.get_by_role("textbox", name="To Inès Carvalho")
    expect(box).to_be_focused()
    box.press_sequentially("Hello.")
    page.locator("#live-t").click()
    press(page, "y")
    page.keyboard.press("1")
    expect(box).to_have_value("Hello.\nWrite again, Inès Carvalho.")
    expect(box).to_be_focused()
    expect(page.locator("#said-log .us")).to_have_count(1)
    box.press("Control+Enter")
    expect(page.locator("#said-log .us").last).to_contain_text("Write again, Inès Carvalho.")
    assert (found, faults(page)) == ([], [])
