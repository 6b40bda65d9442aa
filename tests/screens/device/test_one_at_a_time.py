"""While a press is on its way its case takes no other; a key means what it says also where it does nothing."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Decision, Escalation
from tests import factories
from tests.screens.device.test_undo_on_the_way import COMES, SlowLine, arrive, opened
from tests.screens.hand.pressing import NOT_YET, press
from tests.screens.test_handing_on import dana, holding, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

ON_ITS_WAY = "Not done: what you pressed before is on its way."


def hears(page, words):
    expect(page.locator("#announce")).to_have_text(words)


# Whatever opens on the case or decides it, by key or by hand.
@pytest.mark.parametrize("then", ["e", "r", "s", "m", "p", "click"])
def test_what_is_on_its_way_takes_no_other_press_and_opens_nothing(desk, dana, then):
    case = arrive("Only")
    page, line = opened(desk, dana, case)
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", sent.append))
    line.waits = True
    press(page, "a")
    if then == "click":
        page.locator('#briefing [data-opens="edit"]:visible').first.click(force=True)
    else:
        page.keyboard.press(then)
    hears(page, ON_ITS_WAY)
    expect(page.locator("dialog[open], [data-ui-open]")).to_have_count(0)
    page.keyboard.press("z")
    hears(page, COMES)
    line.goes_on()
    expect(page.locator("#announce")).to_contain_text("Undone")
    assert [one.undone_at is None for one in Decision.objects.all()] == [False]
    assert Escalation.objects.get(pk=case.pk).held_by == dana


def test_a_second_answer_at_once_is_not_sent(desk, dana):
    case = arrive("Only")
    page = desk(dana, "/profile/")
    asked = []
    page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda frame: asked.append(str(frame))),
    )
    page.goto("/inbox/")
    live(page).locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    press(page, "a")
    for key in ("r", "1", "a"):
        page.keyboard.press(key)
    expect(page.locator(".toast")).to_contain_text("Approved")
    expect(page.locator("#case .decided")).to_be_visible()
    deciding = [one for one in asked if '"command":"approve"' in one or '"command":"reject"' in one]
    assert len(deciding) == 1
    assert Decision.objects.get().outcome == "approved"


def test_undo_after_a_form_that_did_not_open_takes_back_the_answer(desk, dana):
    """“Press E again” was said to whoever wanted the answer before back."""
    case = arrive("Only")
    page, line = opened(desk, dana, case)
    line.waits = True
    press(page, "a")
    page.keyboard.press("e")
    line.goes_on()
    expect(page.locator(".toast [data-act=undo]")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("#announce")).to_contain_text("Undone")


@pytest.mark.parametrize(("key", "name"), [("r", "instructions"), ("s", "text")])
def test_the_letter_of_undo_in_a_dialog_is_a_word_and_does_not_stay(desk, dana, key, name):
    first, second = arrive("First"), arrive("Second")
    page = holding(desk, dana, first)
    press(page, "a")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", second.id)
    press(page, key)
    page.keyboard.type("zu")
    field = page.locator(f"dialog[open] textarea[name={name}]")
    expect(field).to_have_value("zu")
    page.keyboard.press("Backspace")
    hears(page, "Written, not undone. To undo press Esc, then Z.")
    expect(page.locator("dialog[open] [data-stray]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("#case").focus()
    page.keyboard.press("z")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", first.id)
    page.locator(f"#row-{second.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", second.id)
    press(page, key)
    expect(field).to_have_value("")


@pytest.mark.parametrize("key", ["e", "m", "c"])
def test_so_it_is_in_a_field_that_has_the_focus_by_itself(desk, dana, key):
    """In the first argument of Edit it took the place of the whole value, without a word."""
    first, second = arrive("First"), arrive("Second")
    page = holding(desk, dana, first)
    press(page, "a")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", second.id)
    press(page, key)
    field = page.locator(":is(input, textarea):focus")
    expect(field).to_be_visible()
    name, was = field.get_attribute("name"), field.input_value()
    page.keyboard.press("z")
    hears(page, "Written, not undone. To undo press Esc, then Z.")
    page.keyboard.press("Escape")
    expect(page.locator(f"[name='{name}']").first).to_have_value(was)


SIZES = [(1440, 900), (390, 844)]


@pytest.mark.parametrize("size", SIZES)
def test_a_case_opened_by_its_address_can_be_selected(desk, dana, size):
    case, _ = arrive("First"), arrive("Second")
    page = live(desk(dana, f"/escalations/{case.id}/", width=size[0], height=size[1]))
    expect(page.locator(NOT_YET)).to_have_count(0)
    press(page, "x")
    hears(page, "Selected, 1 in all")
    page.keyboard.press("f")
    expect(page.locator("#batch-table tr[data-case]")).to_have_count(1)
    page.keyboard.press("Escape")
    press(page, "x")
    hears(page, "Not selected, 0 in all")


@pytest.mark.parametrize("size", SIZES)
def test_a_case_that_stands_on_no_list_here_says_so(desk, dana, size):
    case, _ = arrive("First"), arrive("Second")
    path = f"/escalations/{case.id}/?tab=snoozed"
    page = live(desk(dana, path, width=size[0], height=size[1]))
    expect(page.locator(NOT_YET)).to_have_count(0)
    expect(page.locator(".q-row")).to_have_count(0)
    press(page, "x")
    hears(page, "Not selected: this case is not on the list here.")
    page.keyboard.press("f")
    hears(page, "Nothing is selected, and no three cases here are alike. X selects.")
    page.keyboard.press("a")
    alone = "Not done: no table of many has opened. Press A again to approve this case alone."
    hears(page, alone)
    assert Decision.objects.count() == 0
    page.keyboard.press("a")
    expect(page.locator(".toast")).to_contain_text("Approved")


def test_the_open_case_is_not_approved_while_the_table_of_many_is_on_its_way(desk, dana):
    case, _ = arrive("First"), arrive("Second")
    page = holding(desk, dana, case)
    kept = []
    page.route("**/batch/**", lambda route: kept.append(route))
    press(page, "x")
    page.keyboard.press("f")
    for _ in range(2):
        page.keyboard.press("a")
        hears(page, "Not done: the table of many is on its way.")
    kept[0].continue_()
    expect(page.locator("#batch-table")).to_be_visible()
    assert Decision.objects.count() == 0


def test_what_is_written_while_a_message_is_on_its_way_stays(desk, dana):
    """It was wiped out with the message, and a second message pressed meanwhile went nowhere."""
    case = arrive("Only")
    lifecycle.take_over(case, by=factories.viewer_of(dana), version=1, now=timezone.now())
    page = desk(dana, "/profile/")
    line = SlowLine(page)
    page.goto(f"/escalations/{case.id}/")
    field = live(page).get_by_role("textbox", name="To Inès Carvalho")
    line.waits = True
    field.press_sequentially("It is on its way.")
    page.keyboard.press("Control+Enter")
    page.keyboard.type(" And one more thing")
    page.keyboard.press("Control+Enter")
    hears(page, ON_ITS_WAY)
    line.goes_on()
    expect(field).to_have_value("And one more thing")
    page.keyboard.press("Control+Enter")
    expect(field).to_have_value("")
    expect(page.locator("#said-log .mine")).to_have_count(3)
