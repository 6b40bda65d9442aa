"""What was given up is theirs again with Undo, its row and the focus where they were."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision, Escalation
from tests import factories
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(desk):
    dana = factories.person("dana")
    for words in ("First", "Second"):
        factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho")
    page = desk(dana)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    return page


def first():
    return Escalation.objects.order_by("number").first()


def test_a_snoozed_case_comes_back_with_z(page):
    press(page, "s")
    press(page, "1")
    expect(page.locator(".toast")).to_contain_text("Snoozed")
    expect(page.locator(".toast")).to_contain_text("Undo within")
    expect(page.locator("#ask")).to_contain_text("Second")
    press(page, "z")
    expect(page.locator("#ask")).to_contain_text("First")
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    assert first().state == "held"


def test_undo_in_a_long_list_gives_back_row_place_and_counts(desk):
    """What leaves a list that somebody has scrolled goes at once, but for what may come back."""
    dana = factories.person("dana")
    cases = [
        factories.escalation(now=timezone.now(), summary=f"{number} for Inès Carvalho")
        for number in range(30)
    ]
    page = desk(dana)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    row = page.locator(f"#row-{cases[20].id}")
    row.locator("a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    order = page.locator(".q-row").evaluate_all("rows => rows.map(row => row.id)")
    for keys in (("s", "1"), ("g",)):
        for key in keys:
            press(page, key)
        expect(page.locator("#ask")).to_contain_text("21 for")
        page.wait_for_timeout(500)
        press(page, "z")
        expect(page.locator("#ask")).to_contain_text("20 for")
        expect(row.locator("a")).to_be_focused()
        expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
        expect(page.locator("[data-count=snoozed]").first).to_have_text("0")
        expect(page.locator("[data-count=mine]").first).to_have_text("30")
        assert page.locator(".q-row").evaluate_all("rows => rows.map(row => row.id)") == order
        expect(page.locator(".new-pill")).to_be_hidden()


def test_a_released_case_comes_back_with_the_button(page):
    page.get_by_role("button", name="Release").first.click()
    expect(page.locator(".toast")).to_contain_text("The case waits again.")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#ask")).to_contain_text("First")
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    assert first().state == "held"


@pytest.mark.parametrize("sends", [("Control+Enter",), ("Tab", "Enter")])
def test_undo_gives_back_own_words_of_a_rejection(page, sends):
    press(page, "r")
    words = page.locator("#reject-dialog textarea")
    words.fill("The photo is of another order.")
    for key in sends:
        page.keyboard.press(key)
    expect(page.locator(".toast")).to_contain_text("Rejected")
    expect(page.locator("#ask")).to_contain_text("Second")
    press(page, "z")
    expect(page.locator("#ask")).to_contain_text("First")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    assert Decision.objects.filter(undone_at=None).count() == 0
    press(page, "r")
    expect(words).to_have_value("The photo is of another order.")


def test_undo_gives_back_an_edit(page):
    press(page, "e")
    amount = page.locator("#edit-form input[name$=amount]")
    amount.fill("50")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("#ask")).to_contain_text("Second")
    press(page, "z")
    expect(page.locator("#ask")).to_contain_text("First")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    press(page, "e")
    expect(amount).to_have_value("50.00")


def test_take_next_while_the_focus_is_on_another_row(page):
    """The row of what is taken may be held back while a hand is on the list: keys go with it."""
    leak = factories.escalation(
        now=timezone.now(), trigger={"type": "emergency", "reason": "Smoke comes out of it."}
    )
    expect(page.locator(".new-pill")).to_be_visible()
    page.keyboard.press("j")
    press(page, "n")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", leak.id)
    expect(page.locator(f"#row-{leak.id} > a")).to_be_focused()
    expect(page.locator(".new-pill")).to_be_hidden()


def test_take_next_from_a_list_without_that_case(page):
    """From what is done there is no row to go to, and the key after it is for what was taken."""
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
    expect(page.locator("#ask")).to_contain_text("Second")
    factories.escalation(now=timezone.now(), summary="Third for Inès Carvalho")
    page.goto(page.url.split("/escalations")[0] + "/inbox/?tab=done")
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_contain_text("First")
    press(page, "n")
    expect(page.locator("#ask")).to_contain_text("Third")
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
    first, third = Decision.objects.values_list("escalation__number", flat=True)
    assert third == first + 2


def test_a_second_z_reaches_the_decision_before_once_it_is_named(desk):
    """The toast of the last one put the one before out of reach, which could still be undone."""
    dana = factories.person("dana")
    first, second, _ = [
        factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho")
        for words in ("First", "Second", "Third")
    ]
    Escalation.objects.update(undo_s=60)
    page = desk(dana)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.locator(f"#row-{first.id} > a").click()
    for words in ("Second", "Third"):
        press(page, "a")
        expect(page.locator("#ask")).to_contain_text(words)
        expect(page.locator("#briefing")).to_have_attribute("data-mine", "")
    expect(page.locator(".toast")).to_contain_text(second.case_number)
    # In one go: no hand can have read what the second of them would be for.
    page.keyboard.press("z")
    page.keyboard.press("z")
    expect(page.locator("#ask")).to_contain_text("Second")
    expect(page.locator(".toast")).to_contain_text(first.case_number)
    states = {one.id: one.state for one in Escalation.objects.all()}
    assert (states[first.id], states[second.id]) == ("decided", "held")
    page.wait_for_timeout(500)
    press(page, "z")
    expect(page.locator("#ask")).to_contain_text("First")
    expect(page.locator(".toast")).to_have_count(0)
    assert set(Decision.objects.values_list("undone_at", flat=True)) != {None}
    assert not Escalation.objects.filter(state="decided").exists()
    press(page, "z")
    expect(page.locator("#briefing [data-hint]").first).to_have_text("There is nothing to undo.")
