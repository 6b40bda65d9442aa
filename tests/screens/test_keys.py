"""Single keys move, open, select, jump and search; a phone shows one zone at a time."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision
from tests import factories
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db

LONG = {
    "conversation": {
        "messages": [{"role": "customer", "text": f"Line {number}. " * 30} for number in range(20)]
    }
}


@pytest.fixture
def cases():
    return [
        factories.escalation(now=timezone.now(), summary=f"Case {number}") for number in range(3)
    ]


@pytest.fixture
def page(desk, cases):
    page = desk(factories.person("dana"))
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


def link(page, case):
    return page.locator(f"#row-{case.id} > a")


def test_j_and_k_move_through_the_list(page, cases):
    for key, case in (
        ("j", cases[0]),
        ("j", cases[1]),
        ("j", cases[2]),
        ("j", cases[2]),
        ("k", cases[1]),
    ):
        page.keyboard.press(key)
        expect(link(page, case)).to_be_focused()


def test_n_opens_the_next_case(page, cases):
    page.keyboard.press("n")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[0].id)
    page.keyboard.press("n")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[1].id)
    expect(link(page, cases[1])).to_be_focused()
    expect(link(page, cases[1])).to_have_attribute("aria-current", "true")


def test_x_selects_and_says_how_many(page, cases):
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#announce")).to_have_text("Selected, 1 in all")
    page.keyboard.press("x")
    expect(page.locator("#announce")).to_have_text("Not selected, 0 in all")
    # With the hand in the open case it is that one.
    link(page, cases[1]).click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    page.locator("#case").focus()
    page.keyboard.press("x")
    expect(page.locator(f"#row-{cases[1].id} .pick input")).to_be_checked()


def test_digits_jump_inside_the_briefing(page, cases):
    link(page, cases[0]).click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    jumps = page.get_by_role("navigation", name="In this briefing").get_by_role("link")
    page.keyboard.press("4")
    expect(jumps.nth(3)).to_have_attribute("aria-current", "true")
    assert page.url.endswith(f"/escalations/{cases[0].id}/")
    with page.expect_response(lambda one: f"/escalations/{cases[0].id}/" in one.url):
        page.get_by_role("button", name="Keep longer").click()
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")
    expect(jumps.nth(3)).to_have_attribute("aria-current", "true")


def test_slash_searches_the_list(page):
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    page.keyboard.type("jjj")
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("jjj")


def test_a_search_keeps_the_open_case_and_goes_to_its_first_hit(page, cases):
    """The case in hand was closed, the focus fell to the body, and Esc did nothing."""
    link(page, cases[0]).click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    before = page.locator(".q-row").count()
    page.keyboard.press("/")
    page.keyboard.type(cases[1].case_number)
    page.keyboard.press("Enter")
    expect(page.locator(".q-row")).to_have_count(1)
    expect(link(page, cases[1])).to_be_focused()
    expect(page.locator("#queue .q-group")).to_have_text(
        re.compile(rf"\s*Cases that match “{cases[1].case_number}” 1\s+in every list\s*")
    )
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[0].id)
    assert page.url.endswith(f"/escalations/{cases[0].id}/?tab=mine&search={cases[1].case_number}")
    page.reload()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[0].id)
    expect(page.locator(".q-row")).to_have_count(1)
    link(page, cases[1]).focus()
    page.keyboard.press("Escape")
    expect(page.locator(".q-row")).to_have_count(before)
    expect(page.locator(f"#row-{cases[0].id}")).to_have_attribute("data-opened", "")
    page.keyboard.press("/")
    page.keyboard.type("nothing of it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No case matches “nothing of it”")).to_be_visible()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[0].id)
    page.keyboard.press("Escape")
    expect(page.locator(".q-row")).to_have_count(before)


def test_back_and_forward_open_the_same_cases(page, cases):
    link(page, cases[0]).click()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[0].id)
    link(page, cases[1]).click()
    opened = page.locator("#briefing:not([data-ui-ahead])")
    expect(opened).to_have_attribute("data-escalation", cases[1].id)
    page.go_back()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[0].id)


def test_phone_shows_the_list_or_the_case(desk, cases):
    page = desk(factories.person("dana"), width=390, height=844)
    expect(page.locator("#queue")).to_be_visible()
    link(page, cases[0]).click()
    expect(page.locator("#ask")).to_be_visible()
    expect(page.locator("#queue")).to_be_hidden()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#queue")).to_be_visible()
    expect(link(page, cases[0])).to_be_focused()


def test_phone_starts_the_next_case_at_its_question(desk):
    for number in range(2):
        factories.escalation(now=timezone.now(), summary=f"Case {number}", context=LONG)
    page = desk(factories.person("dana"), width=390, height=844)
    page.get_by_role("list", name="Queue").get_by_role("link").first.click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.get_by_role("button", name="Approve").locator("visible=true").click()
    expect(page.locator("#ask")).to_contain_text("Case 1")
    assert page.evaluate("scrollY") == 0
    expect(page.locator("#ask")).to_be_in_viewport()


def test_the_palette_runs_what_the_open_case_allows(page, cases):
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette.get_by_role("button", name="Set me to busy")).to_be_visible()
    expect(palette.get_by_role("button", name="Snooze")).to_be_hidden()
    page.keyboard.press("Escape")
    link(page, cases[0]).click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    press(page, "Control+k")
    # What the case allows comes before pages of the same letters.
    page.keyboard.type("re")
    expect(palette.locator(".opts > :not([hidden])").first).to_contain_text("this case")
    palette.get_by_role("searchbox").fill("")
    page.keyboard.type("snoo")
    expect(palette.get_by_role("button", name="Accept")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#snooze-dialog")).to_be_visible()
    expect(palette).to_be_hidden()


def test_the_palette_has_what_the_case_offers_beside_its_buttons(page, cases):
    palette = page.locator("#palette")

    def runs(words):
        press(page, "Control+k")
        page.keyboard.type(words)
        expect(palette.locator(".opts > :not([hidden])").first).to_contain_text(
            words, ignore_case=True
        )
        page.keyboard.press("Enter")
        expect(palette).to_be_hidden()

    press(page, "Control+k")
    for words in ("Approve", "Go to the customer", "Note", "Undo"):
        expect(palette.get_by_role("button", name=f"{words} this case")).to_have_count(0)
    page.keyboard.press("Escape")
    link(page, cases[0]).click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    runs("to the customer")
    jumps = page.get_by_role("navigation", name="In this briefing").get_by_role("link")
    expect(jumps.nth(3)).to_have_attribute("aria-current", "true")
    runs("note")
    expect(page.locator("#note textarea")).to_be_focused()
    page.locator("#case").focus()
    # The brief is out of sight by now, as the case was scrolled.
    page.evaluate("document.querySelector('.zone-case').scrollTo(0, 9999)")
    runs("approve")
    page.locator("#case").focus()
    if page.locator("#announce").inner_text().startswith("Brief brought back"):
        expect(page.locator("#briefing[data-ui-fresh]")).to_have_count(0)
        runs("approve")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[1].id)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    runs("undo")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[0].id)


def test_keys_of_ones_own_and_of_another_keyboard(desk, cases):
    dana = factories.person("dana")
    dana.own_keys = {"next-case": "ö", "previous-case": ""}
    dana.save()
    page = desk(dana)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.keyboard.press("j")
    expect(link(page, cases[0])).not_to_be_focused()
    for case in cases[:2]:
        typed(page, "ö", "Semicolon")
        expect(link(page, case)).to_be_focused()
    page.keyboard.press("k")
    expect(link(page, cases[1])).to_be_focused()
    # A Cyrillic keyboard has another letter where a Latin one has X.
    typed(page, "ч", "KeyX")
    expect(page.locator("#announce")).to_have_text("Selected, 1 in all")
    page.evaluate("document.documentElement.dataset.keys = 'off'")
    typed(page, "ö", "Semicolon")
    expect(link(page, cases[1])).to_be_focused()


def test_keys_chosen_in_another_tab_are_those_of_this_one_before_a_key_is_heard(desk, cases):
    dana = factories.person("dana")
    page = desk(dana)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    dana.own_keys = {"approve": "r", "reject": "a"}
    dana.save()
    link(page, cases[0]).click()
    approves = page.locator('#briefing .acts form[data-command="approve"] button kbd')
    expect(approves.first).to_have_attribute("data-k", "R")
    expect(page.locator("html")).not_to_have_attribute("data-own-keys", "")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[0].id)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.locator("#case").focus()
    press(page, "a")
    expect(page.locator("#reject-dialog")).to_be_visible()
    assert not Decision.objects.exists()


def test_hints_name_the_keys_that_were_chosen_in_another_tab(desk, cases):
    page = desk(factories.person("dana"), "/inbox/")
    link(page, cases[0]).click()
    hint = page.locator('#briefing .acts form[data-command="approve"] button kbd').first
    expect(hint).to_have_attribute("data-k", "A")
    page.locator('#briefing [data-verb="edit"]').first.click()
    reply = page.locator('#edit textarea[name="reply"]')
    reply.fill("Dear Inès, soon.")
    typing = page.context.new_page()
    typing.goto("/inbox/")
    typing.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<form id=other><input name=a></form>')"
    )
    typing.locator("#other input").fill("half a thought")
    profile = page.context.new_page()
    profile.goto("/profile/")
    # Its sign stands beside its words, not above them.
    opener = profile.locator("#own-keys summary")
    assert opener.bounding_box()["height"] < 2 * opener.locator("svg").bounding_box()["height"]
    opener.click()
    profile.locator("#own-keys [name=key-approve]").fill("r")
    profile.locator("#own-keys [name=key-reject]").fill("a")
    profile.get_by_role("button", name="Save keys").click()
    expect(profile.locator("html")).not_to_have_attribute("data-own-keys", "")
    expect(hint).to_have_attribute("data-k", "R")
    page.locator('#briefing [data-verb="edit"]').first.click()
    expect(reply).to_have_value("Dear Inès, soon.")
    # What is typed there stays, and no key is shown that is not heard.
    expect(typing.locator("#toasts")).to_contain_text("You chose other keys.")
    expect(typing.locator("html")).to_have_attribute("data-keys", "off")
    expect(typing.locator("#other input")).to_have_value("half a thought")


def test_single_keys_are_off_in_every_tab(desk, cases):
    page = desk(factories.person("dana"))
    other = page.context.new_page()
    other.goto(page.url)
    for state in ("off", "on"):
        page.locator("[data-keys-form] input[type=checkbox]").first.click(force=True)
        expect(page.locator("html")).to_have_attribute("data-keys", state)
        expect(other.locator("html")).to_have_attribute("data-keys", state)


def typed(page, key, code):
    """A key of a keyboard that Playwright does not know."""
    sent = f"{{key: '{key}', code: '{code}', bubbles: true, cancelable: true}}"
    page.evaluate(f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {sent}))")
