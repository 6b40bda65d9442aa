"""Reversing an answer that the agent has: in its case, and many from the record."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision, Escalation
from tests import factories
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya():
    return factories.person("priya", "supervisor")


def decided(by, words="First"):
    """A case that was approved a minute ago, so that its answer has left."""
    then = timezone.now() - timedelta(minutes=1)
    case = factories.escalation(now=then, summary=f"{words} for Inès Carvalho")
    decide(case, by, now=then)
    return Escalation.objects.get(pk=case.pk)


def test_a_decided_case_is_reversed_with_its_reason(desk, priya):
    case = decided(factories.viewer("dana"))
    page = desk(priya, f"/escalations/{case.id}/")
    page.get_by_role("button", name="Reverse").first.click()
    dialog = page.get_by_role("dialog", name="Reverse this decision?")
    expect(dialog).to_contain_text("the agent named no way to take it back")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("The parcel had arrived after all.")
    press(page, "Control+Enter")
    expect(page.locator(".decided")).to_contain_text("Reversed by Priya Whitlock")
    expect(page.locator(".decided")).to_contain_text("It was: Approved by Dana Whitlock")
    expect(page.get_by_role("button", name="Reverse")).to_have_count(0)
    expect(page.locator("#case-notice")).to_be_empty()
    assert Decision.objects.order_by("sequence").last().outcome == "reversed"


def test_many_are_reversed_from_the_record(desk, priya):
    dana = factories.viewer("dana")
    for words in ("First", "Second"):
        decided(dana, words)
    page = desk(priya, "/audit/")
    for box in page.get_by_role("checkbox", name="Choose BTN").all():
        box.check()
    page.get_by_role("button", name="Reverse the chosen").click()
    expect(page.get_by_role("heading", name="Reverse 2 answers?")).to_be_visible()
    page.get_by_role("textbox", name="Why").fill("A faulty rule.")
    page.get_by_role("button", name="Reverse 2").click()
    expect(page.get_by_role("heading", name="2 of 2 reversed")).to_be_visible()
    assert Decision.objects.filter(outcome="reversed").count() == 2
