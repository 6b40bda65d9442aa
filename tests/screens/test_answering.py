"""Answering the agent: a question by the value of its form, a call by words, and no reply unmeant."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision
from tests import factories
from tests.screens.hand.pressing import NOT_YET
from tests.screens.test_handing_on import dana, holding

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

QUESTION = {
    "id": "q1", "kind": "question", "name": "choose_courier", "description": "Which courier?",
    "response_schema": {
        "type": "object", "required": ["courier"],
        "properties": {
            "courier": {"type": "string", "enum": ["DHL", "UPS"]}, "days": {"type": "integer"},
        },
    },
}  # fmt: skip
CALL = {"id": "a1", "name": "refund", "args": {"amount": "10.00"}}


def case_of(*actions, **keys):
    package = {"task_type": "refund", "summary": "One", "proposed_actions": list(actions), **keys}
    return factories.escalation(package, now=timezone.now())


def answered():
    document = Decision.objects.get().document
    return document["outcome"], document["actions"], document.get("response")


def test_a_question_is_answered_by_its_form_and_has_no_approve(desk, dana):
    page = holding(desk, dana, case_of(QUESTION))
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    page.locator("#briefing .acts").get_by_role("button", name="Respond").click()
    panel = page.locator("#respond")
    expect(panel).to_contain_text("Which courier?")
    panel.get_by_label("days").fill("soon")
    expect(page.locator(NOT_YET)).to_have_count(0)
    panel.get_by_role("button", name="Send answer").click()
    expect(panel.locator("[aria-invalid]")).not_to_have_count(0)
    assert Decision.objects.count() == 0
    expect(panel.get_by_label("days")).to_have_value("soon")
    panel.get_by_label("courier").press("U")
    panel.get_by_label("days").fill("3")
    expect(page.locator(NOT_YET)).to_have_count(0)
    panel.get_by_role("button", name="Send answer").click()
    expect(page.locator("#toasts")).to_contain_text("Answered")
    outcome, (answer,), response = answered()
    assert (outcome, answer["value"]) == ("responded", {"courier": "UPS", "days": 3})
    assert (answer["type"], response) == ("respond", None)


def test_an_answer_to_the_agent_leaves_no_reply_to_the_customer(desk, dana):
    page = holding(desk, dana, case_of(CALL, draft_response={"text": "Dear Ines, done."}))
    page.locator("#briefing .acts").get_by_role("button", name="Respond").click()
    answer = page.get_by_label("Your answer", exact=True)
    answer.press("Control+Enter")
    assert Decision.objects.count() == 0
    answer.fill("Ask for a photo first.")
    answer.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Answered")
    outcome, (answer,), response = answered()
    assert (outcome, answer["message"], response) == ("responded", "Ask for a photo first.", None)


def test_one_by_one_a_draft_leaves_only_with_everything(desk, dana):
    other = CALL | {"id": "a2", "name": "close_account"}
    page = holding(desk, dana, case_of(CALL, other, QUESTION, draft_response={"text": "All done."}))
    page.get_by_role("button", name="One by one").click()
    panel = page.locator("#each")
    panel.locator('[name="verdict:a1"][value="approve"]').check()
    panel.locator('[name="verdict:a2"][value="reject"]').check()
    panel.locator('[name="verdict:q1"][value="respond"]').check()
    panel.get_by_label("courier").select_option("DHL")
    panel.get_by_role("button", name="Send these answers").click()
    expect(page.locator("#toasts")).to_contain_text("Decided one by one: One")
    outcome, actions, response = answered()
    assert (outcome, response) == ("mixed", None)
    assert [one["type"] for one in actions] == ["approve", "reject", "respond"]


def test_a_call_is_edited_in_a_case_that_asks_as_well(desk, dana):
    page = holding(desk, dana, case_of(CALL, QUESTION, draft_response={"text": "All done."}))
    page.locator("#briefing .acts").get_by_role("button", name="Edit").click()
    form = page.locator("#edit-form")
    form.get_by_label("Amount").fill("7.00")
    form.get_by_label("Answer", exact=True).check()
    form.get_by_label("courier").select_option("UPS")
    form.get_by_label("courier").press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Leaves in")
    _, (call, answer), _ = answered()
    assert (call["type"], call["call"]["args"]) == ("edit", {"amount": "7.00"})
    assert (answer["type"], answer["value"]) == ("respond", {"courier": "UPS"})


def test_no_edit_stands_where_none_can_be_sent(desk, dana):
    page = holding(desk, dana, case_of(QUESTION, draft_response={"text": "All done."}))
    expect(page.get_by_role("button", name="Respond")).not_to_have_count(0)
    expect(page.locator("#edit")).to_have_count(0)
