"""The hand: what it presses is what it saw, and nothing comes under it that it did not open."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Decision, Escalation
from routing.transfers import handovers
from tests import factories
from tests.screens.hand.pressing import NOT_YET, press
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

# Every way to approve, at once whenever another case or another rail has come.
HASTE = """() => {
  window.said = [];
  const pressAll = () => {
    dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
    document.querySelector('#briefing .acts [data-command="approve"] button')?.click();
    document.querySelector('#briefing form[data-command="approve"]')?.requestSubmit();
    setTimeout(() => window.said.push(document.querySelector(".left [data-hint]")?.textContent), 0);
  };
  for (const event of ["baton:opened", "baton:swapped", "baton:other-text"]) document.addEventListener(event, pressAll);
}"""


def arrive(words: str):
    return factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho")


def test_what_is_pressed_as_a_case_comes_decides_nothing(desk, dana):
    case = arrive("First")
    page = live(desk(dana))
    page.evaluate(HASTE)
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(page.locator("#briefing[data-ui-fresh]")).to_have_count(0)
    said = page.evaluate("said")
    assert len(said) > 1
    assert all(words.startswith("Not done: ") for words in said)
    assert Decision.objects.count() == 0
    lifecycle.add_context(case, {"environment": {}}, agent="mira", now=timezone.now())
    expect(page.locator("#briefing")).to_have_attribute("data-ui-fresh", "text")
    expect(page.locator(".left [data-hint]")).to_have_text(
        "Not done: the case changed just now. Read it again."
    )
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")


PRESS_AT_ONCE = """(awaited) => new MutationObserver((_, observer) => {
  if (document.getElementById("briefing")?.dataset.escalation !== awaited) return;
  observer.disconnect();
  window.pressedAtOnce = true;
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true, cancelable: true }));
}).observe(document.body, { attributes: true, childList: true, subtree: true })"""


def test_nothing_of_a_case_can_be_pressed_while_another_is_on_its_way(desk, dana):
    first, second = arrive("First"), arrive("Second")
    page = live(desk(dana))
    page.locator(f"#row-{second.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    held_back = []
    page.route("**/next/", lambda route: held_back.append(route))
    press(page, "n")
    expect(page.locator("#briefing")).to_have_js_property("inert", True)
    for key in ("a", "r", "1", "a"):
        page.keyboard.press(key)
    expect(page.locator(".left [data-hint]")).to_have_text("Not done: another case is on its way.")
    # By the page itself, as a press from here may come after the moment that is tried.
    page.evaluate(PRESS_AT_ONCE, first.id)
    held_back[0].continue_()
    page.keyboard.press("a")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", first.id)
    expect(page.locator("#briefing[data-ui-fresh]")).to_have_count(0)
    assert page.evaluate("pressedAtOnce")
    assert Decision.objects.count() == 0
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
    assert Decision.objects.get().escalation == first


def test_a_key_is_seen_on_its_button_and_a_refused_one_says_why(desk, dana):
    case, gone = arrive("First"), arrive("Second")
    page = live(desk(dana, f"/escalations/{case.id}/"))
    page.evaluate(
        """() => new MutationObserver(([one]) => { window.pressed = one.target.dataset.verb; })
        .observe(document.querySelector(".acts"), { attributeFilter: ["data-ui-pressed"], subtree: true })"""
    )
    press(page, "r")
    expect(page.get_by_role("dialog", name="Why not?")).to_be_visible()
    assert page.evaluate("pressed") == "reject"
    page.keyboard.press("Escape")
    page.route(f"**/escalations/{gone.id}/**", lambda route: route.abort())
    page.locator(f"#row-{gone.id} > a").click()
    expect(page.locator(f"#row-{gone.id}")).to_have_attribute("data-ui-said", "Could not be opened")
    page.locator(f"#row-{gone.id} > a").focus()
    with page.expect_event("requestfailed"):
        press(page, "a")
    expect(page.locator(NOT_YET)).to_have_count(0)
    # It said "Opened. Press again to approve." over the case that stayed.
    expect(page.locator(".left [data-hint]")).to_have_text("")
    page.locator("#briefing [data-key=s]").evaluate_all("all => all.forEach((one) => one.remove())")
    page.locator(f"#row-{case.id} > a").focus()
    press(page, "s")
    expect(page.locator(".left [data-hint]")).to_have_text("You cannot snooze it here now.")


def test_who_writes_on_after_a_thought_where_the_field_has_gone_presses_nothing(desk, dana):
    """After a second and a half the letters were keys again: “money” took the next case."""
    talked, other = arrive("First"), arrive("Second")
    viewer, ruth = factories.viewer_of(dana), factories.viewer("ruth", "supervisor")
    lifecycle.take_over(talked, by=viewer, version=1, now=timezone.now())
    page = live(desk(dana, f"/escalations/{talked.id}/"))
    field = page.get_by_role("textbox", name="To Inès Carvalho")
    field.press_sequentially("I was writing about")
    handovers.ask(Escalation.objects.get(pk=talked.pk), by=ruth, now=timezone.now())
    expect(field).to_have_count(0)
    page.wait_for_timeout(1600)
    page.keyboard.type(" your money again, sorry")
    expect(page.locator("#announce")).to_have_text(
        "Not done: the case went while you were writing. Press Esc first."
    )
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", talked.id)
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Escape")
    press(page, "n")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", other.id)


def test_a_press_after_the_answer_to_the_last_case_is_no_second_answer(desk, dana):
    """No other case follows, so the decided one stays: its buttons are dead before it is drawn anew."""
    case = arrive("Only")
    page = live(desk(dana))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    kept = []
    page.route("**/escalations/*/?since=*", lambda route: kept.append(route))
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
    page.keyboard.press("a")
    expect(page.locator(".left [data-hint]")).to_have_text(
        "Not done: what you pressed before is on its way."
    )
    page.unroute_all()
    expect(page.locator("#case .decided")).to_be_visible()
    expect(page.locator("#case-notice")).to_be_empty()
    assert Decision.objects.count() == 1


# Each opens on a button that would be pressed by the first space of what is written.
OPENS = {"r": ("#reject-dialog", "instructions"), "s": ("#snooze-dialog", "text")}


@pytest.mark.parametrize("key", OPENS)
def test_words_written_as_a_dialog_opens_are_words_and_press_nothing(desk, dana, key):
    cases = [arrive("First"), arrive("Second")]
    page = live(desk(dana))
    page.locator(f"#row-{cases[0].id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    dialog, name = OPENS[key]
    press(page, key)
    page.keyboard.press(key)  # Twice by an impatient hand.
    expect(page.locator(f"{dialog} [data-digit='1']")).to_be_focused()
    page.keyboard.type("Not ours: ask a lawyer about 2 of them.")
    words = page.locator(f"{dialog} textarea[name={name}]")
    expect(words).to_have_value("Not ours: ask a lawyer about 2 of them.")
    assert Escalation.objects.get(pk=cases[0].pk).state == "held"
    assert not Decision.objects.exists()


def test_a_number_chooses_and_words_before_it_go_with_it(desk, dana):
    case = arrive("First")
    page = live(desk(dana))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    press(page, "r")
    page.keyboard.type("No order")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("2")
    expect(page.locator(".toast")).to_contain_text("Rejected")
    document = Decision.objects.get().document
    assert document["instructions"] == "No order"
