"""What was typed before and kept is on the screen before a press sends it."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision
from tests import factories
from tests.screens.device.test_in_view import HINT, OUT_OF_VIEW
from tests.screens.hand.pressing import NOT_YET, press
from tests.screens.test_editing import PREVIEW
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

COMPARED = "Not done: what you typed before is just being compared. Look at it and press again."
SENDS = "#briefing :is(.acts, .bottom-bar) [data-when-edited] >> visible=true"
SIZES = [(1440, 900), (390, 844)]
TALL = "\n".join(["Look again."] * 30)


@pytest.fixture
def kept(desk, dana):
    """A page with an edit that was typed before it was loaded again."""

    def reload(width, height, **typed):
        case = factories.escalation(now=timezone.now())
        page = live(desk(dana, f"/escalations/{case.id}/?open=edit", width=width, height=height))
        for label, text in typed.items():
            page.locator("#edit").get_by_label(label.replace("_", " ")).fill(text)
        expect(page.locator("#sends-panel .named")).to_have_count(1)
        return page, case

    return reload


def again(page, case):
    """The page anew, with the panel closed."""
    page.goto(f"/escalations/{case.id}/")
    live(page)
    expect(page.locator("#edit-form[data-ui-draft]")).to_have_count(1)
    expect(page.locator(NOT_YET)).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_kept_edit_is_sent_once_the_brief_shows_it(kept, width, height):
    page, case = kept(width, height, Amount="50.00")
    held = []
    page.route(PREVIEW, lambda route: held.append(route))
    again(page, case)
    expect(page.locator("#wants ins")).to_have_count(0)
    page.keyboard.press("a") if width > 390 else page.locator(SENDS).click()
    expect(page.locator(HINT)).to_have_text(COMPARED)
    assert not Decision.objects.exists()
    held[-1].continue_()
    expect(page.locator("#wants ins").first).to_have_text("50.00")
    page.keyboard.press("a")
    expect(page.locator(HINT)).to_have_text("Not done: the buttons changed just now. Press again.")
    assert not Decision.objects.exists()
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("€50.00")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_one_that_cannot_be_compared_is_sent_out_of_its_fields(kept, width, height):
    page, case = kept(width, height, Amount="50.00")
    page.route(PREVIEW, lambda route: route.abort())
    again(page, case)
    expect(page.locator("baton-edit[data-ui-lost]")).to_have_count(1)
    press(page, "a")
    expect(page.locator(HINT)).to_have_text(OUT_OF_VIEW)
    expect(page.get_by_label("Amount")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Amount")).not_to_be_focused()
    assert not Decision.objects.exists()
    expect(page.locator(NOT_YET)).to_have_count(0)
    page.locator(SENDS).click()
    expect(page.locator(".toast")).to_contain_text("Sent with your edit")


def test_what_the_brief_does_not_show_of_it_is_seen_in_its_field(kept):
    page, case = kept(1440, 900, Amount="50.00", Why_you_changed_it=TALL)
    again(page, case)
    expect(page.locator("#wants ins").first).to_have_text("50.00")
    press(page, "a")
    expect(page.locator(HINT)).to_have_text(OUT_OF_VIEW)
    why = page.get_by_label("Why you changed it")
    assert why.evaluate("field => field.scrollHeight <= field.clientHeight + 1")
    assert not Decision.objects.exists()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_kept_words_do_not_go_along_unseen_with_a_reason(desk, dana, width, height):
    """A number key rejected at once, with two lines of thirty in view."""
    case = factories.escalation(now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    rejects = page.locator("#briefing [data-opens=reject-dialog] >> visible=true").first
    expect(page.locator(NOT_YET)).to_have_count(0)
    rejects.click()
    own = page.get_by_label("In your own words")
    own.fill(TALL)
    page.reload()
    live(page)
    expect(page.locator(NOT_YET)).to_have_count(0)
    rejects.click()
    expect(own).to_have_value(TALL)
    reason = page.locator("#reject-dialog [data-digit]").first
    for _ in range(3):
        reason.click()
        page.wait_for_timeout(600)
        if Decision.objects.exists():
            break
        expect(page.locator("#reject-dialog [data-stray]")).to_have_text(OUT_OF_VIEW)
    expect(page.locator(".toast")).to_contain_text("Rejected")


def test_what_this_hand_types_is_sent_at_once(desk, dana):
    case = factories.escalation(now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/"))
    press(page, "r")
    page.get_by_label("In your own words").fill(TALL)
    press(page, "Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Rejected")
