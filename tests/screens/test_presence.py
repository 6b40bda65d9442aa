"""One's own status: in the bar, the dialog, the palette and the banner, with keys and on a phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from routing.attendance import presence
from routing.models import Duty, Presence, Team
from tests import factories
from tests.routing.presence import misses_one
from tests.screens.hand.pressing import NOT_YET

pytestmark = pytest.mark.django_db

SIZES = [(1440, 900), (390, 844)]


@pytest.fixture
def dana():
    user = factories.person("dana")
    Duty.objects.create(person=user, team=Team.objects.create(name="Service"))
    return user


def there(page):
    """The page has beaten, and the bar has heard of it."""
    expect(word(page)).to_have_text("Available")
    return page


def word(page):
    return page.locator("#me-button .presence")


def state_of(user):
    row = Presence.objects.get(person=user)
    return row.state, row.set_by, row.reason, row.draining


def test_opening_a_page_makes_somebody_available(desk, dana):
    page = there(desk(dana))
    assert state_of(dana) == ("present", "shift", "", False)
    expect(page.locator("#me-button small")).to_have_text("0 of 5")


def test_the_bar_follows_what_is_held(desk, dana):
    case = factories.escalation(now=timezone.now())
    page = there(desk(dana))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#me-button small")).to_have_text("1 of 5")


def test_away_for_lunch_with_the_keyboard_alone(desk, dana):
    page = there(desk(dana))
    page.get_by_role("button", name="Dana Whitlock, your menu").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Your status")
    expect(dialog.get_by_role("button", name="Available")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(dialog.get_by_role("radio", name="Lunch")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("in 30")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(word(page)).to_have_text("Away")
    expect(dialog).to_be_hidden()
    assert state_of(dana) == ("away", "self", "Lunch", False)
    assert Presence.objects.get(person=dana).back_at > timezone.now()
    expect(page.locator("#announce")).to_have_text("Your status: away, lunch.")


def test_a_reason_of_ones_own_chooses_other(desk, dana):
    page = there(desk(dana))
    page.get_by_role("button", name="Dana Whitlock, your menu").click()
    dialog = page.get_by_role("dialog", name="Your status")
    dialog.get_by_label("Another reason").fill("Dentist")
    expect(dialog.get_by_role("radio", name="Other")).to_be_checked()
    page.keyboard.press("Enter")
    expect(word(page)).to_have_text("Away")
    assert state_of(dana)[2] == "Dentist"
    page.get_by_role("button", name="Dana Whitlock, your menu").click()
    expect(dialog.locator("#status-now")).to_contain_text("Dentist")


@pytest.mark.parametrize(
    ("typed", "shown", "state"),
    [
        ("to away", "Away", "away"),
        ("to busy", "Busy", "busy"),
        ("to avail", "Available", "present"),
    ],
)
def test_the_palette_sets_the_status(desk, dana, typed, shown, state):
    page = there(desk(dana))
    page.keyboard.press("Control+k")
    page.keyboard.type(typed)
    with page.expect_response("**/presence/"):
        page.keyboard.press("Enter")
    expect(word(page)).to_have_text(shown)
    expect(page.get_by_role("dialog", name="Search or run a command")).to_be_hidden()
    assert state_of(dana)[0] == state


def test_a_status_that_is_not_saved_is_said(desk, dana):
    page = there(desk(dana))
    page.route("**/presence/", lambda route: route.abort())
    page.keyboard.press("Control+k")
    page.keyboard.type("to busy")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_have_text("Not saved: Baton could not be reached.")
    assert state_of(dana)[0] == "present"


def test_every_page_of_a_person_follows(desk, dana):
    first, second = there(desk(dana)), there(desk(dana, "/metrics/"))
    first.get_by_role("button", name="Dana Whitlock, your menu").click()
    first.get_by_role("dialog", name="Your status").get_by_role("button", name="Busy").click()
    expect(word(first)).to_have_text("Busy")
    expect(word(second)).to_have_text("Busy")


@pytest.mark.parametrize(("width", "height"), SIZES, ids=["desk", "phone"])
def test_who_missed_an_offer_is_told_why_and_is_back_in_one_click(desk, dana, width, height):
    page = there(desk(dana, width=width, height=height))
    misses_one(dana)
    expect(
        page.locator(".away-note").filter(has_text="after an offer went unanswered")
    ).to_be_visible()
    back = page.get_by_role("button", name="I am back")
    back.focus()
    page.keyboard.press("Enter")
    expect(back).to_be_hidden()
    expect(word(page)).to_have_text("Available")
    expect(page.locator("#me-button button")).to_be_focused()
    assert state_of(dana) == ("present", "self", "", False)


def test_an_answer_that_was_overtaken_is_dropped(desk, dana):
    page, held = there(desk(dana)), []
    fragment = {"HX-Request": "true", "HX-Target": "status"}
    old = page.request.get("/presence/", headers=fragment).text()
    page.route("**/presence/", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/presence/"):
        presence.set_state(dana, "busy", by=viewer_of(dana), now=timezone.now())
    presence.set_state(dana, "away", by=viewer_of(dana), now=timezone.now())
    expect(word(page)).to_have_text("Away")
    with page.expect_event("requestfinished"):
        held[0].fulfill(body=old, content_type="text/html")
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")
    expect(word(page)).to_have_text("Away")


def test_what_a_supervisor_set_is_said_at_once(desk, dana):
    page = there(desk(dana))
    lead = factories.viewer("amara", "supervisor")
    presence.set_state(dana, "away", by=lead, reason="Meeting", now=timezone.now())
    expect(page.locator("#away")).to_contain_text("A supervisor set you to away")
    expect(word(page)).to_have_text("Away")


def test_who_takes_from_the_list_reads_nothing_of_offers(desk, dana):
    Team.objects.update(mode="pull")
    page = there(desk(dana))
    page.get_by_role("button", name="Dana Whitlock, your menu").click()
    dialog = page.get_by_role("dialog", name="Your status")
    expect(dialog).to_contain_text("you take cases from the list")
    assert "offer" not in dialog.inner_text()


def test_a_lost_server_is_said_and_nothing_typed_is_lost(desk, dana):
    page = there(desk(dana))
    page.route("**/presence/", lambda route: route.abort())
    page.get_by_role("button", name="Dana Whitlock, your menu").click()
    dialog = page.get_by_role("dialog", name="Your status")
    dialog.get_by_label("Another reason").fill("Dentist")
    dialog.get_by_role("button", name="Set me to away").click()
    expect(dialog.get_by_text("Not saved: Baton could not be reached.")).to_be_visible()
    expect(dialog.get_by_label("Another reason")).to_have_value("Dentist")
    assert state_of(dana)[0] == "present"


def test_works_without_script(desk, dana):
    page = desk(dana, java_script_enabled=False)
    page.get_by_role("button", name="Dana Whitlock, your menu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your status")
    page.get_by_role("radio", name="Training").check()
    page.get_by_role("button", name="Set me to away").click()
    expect(word(page)).to_have_text("Away")
    assert state_of(dana) == ("away", "self", "Training", False)


def test_an_auditor_has_a_menu_without_status(desk):
    page = desk(factories.person("ines", "auditor"))
    page.get_by_role("button", name="Ines Whitlock, your menu").click()
    expect(page.get_by_role("dialog", name="Ines Whitlock")).to_be_visible()
    expect(page.get_by_role("button", name="End shift")).to_have_count(0)


def test_a_visit_finds_nothing(desk, dana, faults):
    page = there(desk(dana))
    page.get_by_role("button", name="Dana Whitlock, your menu").click()
    found = {"dialog": faults(page)}
    page.keyboard.press("Escape")
    misses_one(dana)
    expect(page.get_by_role("button", name="I am back")).to_be_visible()
    found["away"] = faults(page)
    page.goto("/presence/")
    found["page"] = faults(page)
    assert {where: what for where, what in found.items() if what} == {}


def test_a_beat_goes_on_while_the_tab_is_open(desk, dana):
    page = there(desk(dana))
    presence.set_state(dana, "offline", by=viewer_of(dana), now=timezone.now())
    expect(word(page)).to_have_text("Offline")
    assert state_of(dana)[:2] == ("offline", "self")


def test_wrap_up_is_counted_down_and_ended_by_one_click(desk, dana):
    Team.objects.update(wrap_up_s=600)
    case = factories.escalation(now=timezone.now())
    page = there(desk(dana))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(page.locator("#wrap")).to_be_empty()
    expect(page.locator(NOT_YET)).to_have_count(0)
    page.locator("#rail form[data-command=approve] button").click()
    expect(page.locator("#wrap")).to_contain_text("nothing is offered to you for another 9:")
    page.get_by_role("button", name="I am free now").click()
    expect(page.locator("#wrap")).to_be_empty()
    assert Presence.objects.get(person=dana).ready_at is not None


def test_wrap_up_leaves_the_page_by_itself(desk, dana):
    Team.objects.update(wrap_up_s=3)
    case = factories.escalation(now=timezone.now())
    page = there(desk(dana))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(page.locator(NOT_YET)).to_have_count(0)
    page.locator("#rail form[data-command=approve] button").click()
    expect(page.locator("#wrap")).to_contain_text("Wrapping up")
    expect(page.locator("#wrap")).to_be_empty()
