"""Many at once, by keys: counted presses, what is held back, the same change, the lot taken back."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Decision, Escalation
from tests import accessibility
from tests.escalations.batch import test_similar as similar
from tests.escalations.batch.test_preflight import refund
from tests.factories import person, viewer
from tests.metrics.policies import publish
from tests.screens.hand.pressing import press_many

pytestmark = pytest.mark.django_db


def cases(count, **keys):
    return [refund(now=timezone.now(), **keys) for _ in range(count)]


def seen(page):
    """The table was on screen long enough for a press to count."""
    expect(page.locator("#batch-dialog[data-ui-fresh]")).to_have_count(0)


def test_twenty_equal_cases_by_two_keys_and_back_by_one(desk):
    cases(20)
    page = desk(person("dana"), "/inbox/")
    expect(page.locator(".family")).to_contain_text("20 cases of refund under €20.00, same reason")
    keys = []

    def press(key):
        keys.append(key)
        seen(page)
        page.keyboard.press(key)

    press("f")
    # The second half of a hurried hand finds the table, and does nothing.
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Before you approve 20 cases")
    expect(dialog.get_by_text("Ready")).to_have_count(20)
    # Rows go below the foot, and are not read through it.
    own = "one => [one, one.closest('dialog')].map(it => getComputedStyle(it).backgroundColor)"
    foot, behind = dialog.locator("footer").evaluate(own)
    assert foot == behind
    # What a line cuts of the first stands in full unasked.
    expect(dialog.locator("details").first).to_have_attribute("open", "")
    expect(dialog.locator("details").nth(1)).not_to_have_attribute("open", "")
    expect(dialog.get_by_text("Dear Inès, we have refunded").first).to_be_visible()
    pressed = len(keys) + press_many(page)
    done = page.get_by_role("dialog", name="20 of 20 approved")
    expect(done).to_be_visible()
    # Three windows of rows, each looked at.
    assert pressed <= 6
    assert Decision.objects.filter(undone_at=None).count() == 20
    press("z")
    expect(page.get_by_role("dialog", name="20 of 20 undone")).to_be_visible()
    assert Decision.objects.filter(undone_at=None).count() == 0


def test_what_is_selected_is_read_in_a_table_that_holds_back_what_stands_out(desk):
    plain, large = cases(3), cases(1, amount="900.00")
    page = desk(person("dana"), "/inbox/")
    expect(page.locator(".q-row")).to_have_count(4)
    for _ in range(4):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.get_by_text("4 selected")).to_be_visible()
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Before you approve 4 cases")
    expect(dialog).to_contain_text("3 can go together")
    expect(dialog).to_contain_text("the middle of these")
    assert accessibility.faults(page) == []
    press_many(page)
    expect(page.get_by_role("dialog", name="3 of 3 approved")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"#row-{large[0].id}")).to_be_visible()
    expect(page.locator(".q-row:not([data-gone])")).to_have_count(1)
    expect(page.locator("#batch-form")).to_be_hidden()
    assert {one.state for one in Escalation.objects.filter(pk__in=[c.pk for c in plain])} == {
        "decided"
    }


def test_the_open_table_holds_back_what_was_taken_or_ended_meanwhile(desk):
    first, second, third, last = cases(4)
    page = desk(person("dana"), "/inbox/")
    page.locator(".family button").click()
    dialog = page.locator("#batch-dialog")
    expect(dialog.get_by_text("Ready")).to_have_count(4)
    unfolded = dialog.locator(f"#batch-{last.id} details")
    unfolded.locator("summary").click()
    order = dialog.locator("tr[data-case]").evaluate_all("all => all.map(one => one.id)")
    now, sam = timezone.now(), viewer("sam")
    lifecycle.cancel(second, agent="mira", now=now)
    expect(dialog.locator(f"#batch-{second.id}")).to_contain_text("It is cancelled now.")
    lifecycle.claim(third, by=sam, now=now)
    expect(dialog.locator(f"#batch-{third.id}")).to_contain_text("Sam Whitlock has it.")
    expect(dialog).to_contain_text("2 can go together")
    expect(dialog.locator("[data-batch-key=a]")).to_contain_text("Approve 2")
    assert dialog.locator("tr[data-case]").evaluate_all("all => all.map(one => one.id)") == order
    expect(unfolded).to_have_attribute("open", "")
    press_many(page)
    expect(page.get_by_role("dialog", name="2 of 2 approved")).to_be_visible()
    answered = {one.escalation_id for one in Decision.objects.filter(outcome="approved")}
    assert answered == {first.pk, last.pk}


def test_a_field_is_edited_once_and_changed_in_all_that_are_alike(desk):
    for number in range(5):
        similar.refund(order=f"HP-{number}", now=timezone.now())
    page = desk(person("dana"), "/inbox/")
    expect(page.locator(".family")).to_have_count(1)
    page.keyboard.press("n")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(page.locator("#briefing:not([data-ui-fresh])")).to_have_count(1)
    page.keyboard.press("e")
    for name, value in (
        ("amount", "45.00"),
        ("reply", "Dear Inès, we have refunded €45.00 to your card."),
    ):
        field = page.locator(f'#edit-form [name$="{name}"]').first
        field.fill(value)
        expect(field).to_have_value(value)
    page.keyboard.press("Control+Enter")
    offer = page.locator(".family.similar")
    expect(offer).to_contain_text("Apply the same change to 4 similar cases")
    expect(offer).to_contain_text("amount 50.00 → 45.00")
    page.locator("#case").focus()
    # Whoever wrote on while the field went has a moment in which no key counts.
    page.wait_for_timeout(1600)
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Before you make the same change in 4 cases")
    expect(dialog.get_by_text("Ready")).to_have_count(4)
    expect(dialog.locator("tbody td > .diff del")).to_have_count(4)
    assert accessibility.faults(page) == []
    press_many(page)
    expect(page.get_by_role("dialog", name="4 of 4 changed and approved")).to_be_visible()
    assert Decision.objects.filter(undone_at=None, outcome="edited").count() == 5
    seen(page)
    page.keyboard.press("z")
    expect(page.get_by_role("dialog", name="4 of 4 undone")).to_be_visible()
    assert Decision.objects.filter(undone_at=None).count() == 1


def test_the_table_goes_by_the_keys_that_a_person_chose(desk):
    cases(3)
    dana = person("dana")
    dana.own_keys = {"many": ";", "approve": "=", "undo": ""}
    dana.save()
    page = desk(dana, "/inbox/")
    expect(page.locator(".family")).to_contain_text(";")
    page.locator(".family button").click()
    dialog = page.get_by_role("dialog", name="Before you approve 3 cases")
    expect(dialog.locator("[data-batch-key=a] kbd")).to_have_text("=")
    seen(page)
    page.keyboard.press("a")
    expect(dialog).to_be_visible()
    page.keyboard.press("=")
    expect(page.get_by_role("dialog", name="3 of 3 approved")).to_be_visible()
    seen(page)
    page.keyboard.press("z")
    expect(page.get_by_role("dialog", name="3 of 3 approved")).to_be_visible()
    assert Decision.objects.filter(undone_at=None).count() == 3


def test_undo_takes_back_what_was_answered_last_and_then_the_lot(desk):
    cases(3)
    single = refund(now=timezone.now(), amount="900.00", task_type="goodwill_credit")
    page = desk(person("dana"), "/inbox/")
    page.locator(".family button").click()
    expect(page.locator("#batch-dialog").get_by_text("Ready")).to_have_count(3)
    press_many(page)
    expect(page.get_by_role("dialog", name="3 of 3 approved")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(f"#row-{single.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", single.id)
    expect(page.locator("#briefing:not([data-ui-fresh])")).to_have_count(1)
    page.locator("#case").focus()
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("Undo")
    page.keyboard.press("z")
    expect(page.locator("#announce")).to_contain_text("Undone")
    assert [one.escalation_id for one in Decision.objects.exclude(undone_at=None)] == [single.pk]
    page.keyboard.press("z")
    expect(page.get_by_role("dialog", name="3 of 3 undone")).to_be_visible()


def test_a_lot_whose_answer_was_lost_is_told_and_undone_by_pressing_again(desk):
    cases(3)
    page = desk(person("dana"), "/inbox/")
    page.locator(".family button").click()
    dialog = page.locator("#batch-dialog")
    expect(dialog.get_by_text("Ready")).to_have_count(3)
    lost = []

    def loses(route):
        if route.request.method != "POST" or lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.route("**/batch/", loses)
    seen(page)
    page.keyboard.press("a")
    expect(dialog.get_by_role("alert")).to_contain_text("not known what was sent. Press again")
    assert lost == [200]
    # What its cases became meanwhile does not take the button away.
    page.wait_for_timeout(1000)
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="3 of 3 approved")).to_be_visible()
    assert Decision.objects.count() == 3
    seen(page)
    page.keyboard.press("z")
    expect(page.get_by_role("dialog", name="3 of 3 undone")).to_be_visible()


def test_a_page_that_stays_open_promises_no_undo_once_the_lot_has_left(desk):
    publish(refund={"undo_s": 3})
    cases(3)
    page = desk(person("dana"), "/inbox/")
    page.locator(".family button").click()
    expect(page.locator("#batch-dialog").get_by_text("Ready")).to_have_count(3)
    seen(page)
    page.keyboard.press("a")
    results = page.locator("#batch-results")
    button = results.get_by_role("button", name="Undo all 3")
    expect(button).to_be_visible()
    until = min(one.effective_at for one in Decision.objects.all())
    page.wait_for_timeout(max(0, (until - timezone.now()).total_seconds() * 1000) + 150)
    assert not button.is_visible()
    expect(results).to_contain_text("The time to undo is over")
    expect(results.get_by_text("Nothing has reached an agent yet")).to_be_hidden()
