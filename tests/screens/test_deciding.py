"""Keys, the guard, undo, conflicts and drafts, on the page of a case."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Decision, Escalation
from routing.alerts import notices
from tests import factories
from tests.routing.presence import misses_one
from tests.screens.hand import places
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db

LONG = [{"role": "customer", "text": f"Line {number}. " * 30} for number in range(20)]


@pytest.fixture
def dana():
    return factories.person("dana")


def arrive(words: str = "First", **keys):
    return factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho", **keys)


def with_time_to_undo(case):
    """No machine is so slow that it could not press Undo within this minute."""
    case.undo_s = 60
    case.save()
    return case


def live(page):
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


def outcomes() -> list[str]:
    return list(
        Escalation.objects.exclude(outcome="").order_by("number").values_list("outcome", flat=True)
    )


def test_three_cases_with_keys_only(desk, dana):
    for words in ("First", "Second", "Third"):
        arrive(words)
    page = live(desk(dana))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Approve").first).to_be_enabled()
    for words in ("First", "Second", "Third"):
        expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
        expect(page.locator("#ask")).to_contain_text(words)
        press(page, "a")
        expect(page.locator(".toast")).to_contain_text("Approved")
    expect(page.get_by_text("Nothing is waiting for you").first).to_be_visible()
    assert outcomes() == ["approved", "approved", "approved"]


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_what_decides_stands_still(desk, dana, width, height):
    """From the first paint on, through claim, notice, the banner of being away and of a change. The
    question and the heads of the rail stand as well: a banner pushed them 94 px."""
    case = arrive()
    page = live(desk(dana, width=width, height=height))
    places.watch(page)
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    notices.tell([dana.pk], "given", "Something else", now=timezone.now())
    expect(page.get_by_role("region", name="Notices").get_by_role("listitem")).to_have_count(1)
    expect(page.locator("#me-button .presence")).to_have_text("Available")
    misses_one(dana)
    expect(page.get_by_role("button", name="I am back")).to_be_visible()
    lifecycle.add_context(case, {"environment": {}}, agent="mira", now=timezone.now())
    expect(page.locator("#case-news")).to_contain_text("Changed while you had it open.")
    expect(page.locator("#case-news .note")).to_be_in_viewport(ratio=0.9)
    assert "Refund €184.00 and reply" in places.seen(page)
    assert places.moved(page) == {}


def test_first_press_on_another_row_only_opens_it(desk, dana):
    first, second = arrive("First"), arrive("Second")
    page = live(desk(dana, f"/escalations/{first.id}/"))
    page.locator(f"#row-{second.id} > a").focus()
    press(page, "a")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", second.id)
    expect(page.locator("#announce")).to_have_text("Opened. Press again to approve.")
    assert Decision.objects.count() == 0
    # The answer to the claim changes the buttons once more.
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
    assert Decision.objects.get().escalation == second


def test_brief_off_screen_comes_back_before_a_key_decides(desk, dana):
    case = arrive(context={"conversation": {"messages": LONG}})
    page = live(desk(dana, f"/escalations/{case.id}/"))
    page.locator(".zone-case").evaluate("zone => zone.scrollTop = zone.scrollHeight")
    press(page, "a")
    expect(page.locator("#announce")).to_have_text(
        "Brief brought back into view. Press A again to approve."
    )
    expect(page.locator("[data-armed-hint]")).to_be_visible()
    assert Decision.objects.count() == 0
    page.keyboard.press("Escape")
    expect(page.locator("[data-armed-hint]")).to_be_hidden()


def test_undo_brings_the_case_and_the_focus_back(desk, dana):
    first, second = with_time_to_undo(arrive("First")), arrive("Second")
    page = live(desk(dana))
    page.locator(f"#row-{first.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    press(page, "a")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", second.id)
    expect(page.locator(f"#row-{second.id} > a")).to_be_focused()
    page.keyboard.press("z")
    expect(page.locator("#announce")).to_have_text("Undone. Nothing was sent.")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", first.id)
    expect(page.locator(f"#row-{first.id} > a")).to_be_focused()
    assert outcomes() == []


def test_rejects_by_two_keys_with_the_reason_in_the_record(desk, dana):
    case = arrive()
    page = live(desk(dana, f"/escalations/{case.id}/"))
    press(page, "r")
    expect(page.get_by_role("dialog", name="Why not?")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_contain_text("Rejected")
    assert outcomes() == ["rejected"]


def test_sends_an_edit_with_its_difference(desk, dana):
    case = arrive()
    page = live(desk(dana, f"/escalations/{case.id}/"))
    press(page, "e")
    page.get_by_label("Amount").fill("68.00")
    expect(page.get_by_text("116.00 less than proposed")).to_be_visible()
    page.get_by_role("button", name="Send edit").first.click()
    expect(page.locator(".toast")).to_contain_text("your edit")
    (action,) = Decision.objects.get().document["actions"]
    assert action["edited"]["args"]["amount"] == "68.00"


def test_second_person_is_told_who_was_first_and_keeps_the_words(desk, dana):
    case = arrive()
    page = live(desk(dana, f"/escalations/{case.id}/"))
    other = live(desk(factories.person("amara"), f"/escalations/{case.id}/"))
    press(page, "r")
    page.get_by_label("In your own words").fill("half a sentence")
    other.get_by_role("button", name="Approve").first.click()
    expect(other.locator(".toast")).to_contain_text("Approved")
    expect(page.get_by_label("What you had written")).to_have_value("half a sentence")
    expect(page.locator("#briefing")).to_contain_text("by Amara Whitlock")
    assert outcomes() == ["approved"]


def test_draft_survives_a_reload(desk, dana):
    case = arrive()
    page = live(desk(dana, f"/escalations/{case.id}/"))
    press(page, "e")
    page.get_by_label("Amount").fill("70.00")
    page.reload()
    press(live(page), "e")
    expect(page.get_by_label("Amount")).to_have_value("70.00")


def test_typing_and_caret_survive_a_change_of_the_case(desk, dana):
    case = arrive()
    page = live(desk(dana, f"/escalations/{case.id}/"))
    press(page, "r")
    words = page.get_by_label("In your own words")
    words.fill("half a sent")
    lifecycle.add_context(case, {"environment": {}}, agent="mira", now=timezone.now())
    expect(page.locator("#case-news")).to_contain_text("Changed while you had it open.")
    page.keyboard.type("ence")
    expect(words).to_have_value("half a sentence")
    expect(words).to_be_focused()


def test_decides_over_http_while_the_socket_is_down(desk, dana):
    case = arrive()
    page = desk(dana, f"/escalations/{case.id}/", service_workers="block")
    live(page)
    page.evaluate(
        "import(document.querySelector('script[type=module]').src.replace('baton.js', 'live/live.js'))"
        ".then(({connection}) => { connection.ask = () => Promise.reject(new Error('cut')); })"
    )
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
    assert outcomes() == ["approved"]


def test_works_without_script(desk, dana):
    case = arrive()
    page = desk(dana, f"/escalations/{case.id}/", java_script_enabled=False)
    page.get_by_role("button", name="Approve").first.click()
    expect(page).to_have_url("/inbox/")
    assert outcomes() == ["approved"]


def test_a_double_tap_decides_once_and_does_not_undo(desk, dana):
    with_time_to_undo(arrive())
    page = live(desk(dana, width=390, height=844))
    page.locator(".q-row > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    page.locator(".bottom-bar form[data-command=approve] button").hover()
    page.mouse.down()
    page.mouse.up()
    undo = page.locator(".bottom-bar form[data-command=undo] button")
    expect(undo).to_be_visible()
    undo.hover()
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    page.wait_for_timeout(300)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "decided")
    undo.click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
