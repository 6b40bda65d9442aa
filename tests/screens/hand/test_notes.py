"""Private notes by keys, a colleague named in one, and a supervisor who whispers."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Escalation
from tests import factories
from tests.factories import viewer_of
from tests.screens.hand.pressing import press
from tests.screens.hand.test_taking_over import CONTEXT, live, opened

pytestmark = pytest.mark.django_db


def test_a_note_names_a_colleague_who_is_led_to_the_case(desk, faults):
    ruth = factories.person("ruth", "supervisor")
    case = factories.escalation(now=timezone.now(), context=CONTEXT)
    page = opened(desk, factories.person("dana"), case)
    other = live(desk(ruth, "/floor/"))
    press(page, "c")
    box = page.get_by_role("textbox", name="For people only")
    expect(box).to_be_focused()
    box.press_sequentially("She rang, @Ru")
    expect(page.locator("#readers button")).to_have_count(1)
    found = faults(page)
    box.press("Tab")
    expect(box).to_have_value("She rang, @ruth ")
    expect(box).to_be_focused()
    box.press_sequentially("knows.")
    box.press("Control+Enter")
    expect(page.locator("#notes")).to_contain_text("She rang, @ruth knows.")
    expect(page.locator("#note")).to_be_hidden()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    notice = other.locator("baton-notices .notice", has_text="Dana Whitlock named you")
    expect(notice).to_be_visible()
    assert (found, faults(page)) == ([], [])
    # Until the case is read again with the note, the panel may be closed under the hand.
    expect(page.locator("#rail")).to_contain_text("Private notes 1")
    press(page, "c")
    expect(box).to_be_focused()
    box.fill("And @nobody?")
    box.press("Control+Enter")
    expect(page.locator("#briefing")).to_contain_text("“@nobody” is nobody who may read this case")
    expect(box).to_have_value("And @nobody?")
    assert Escalation.objects.get().remarks.count() == 1


def test_a_supervisor_whispers_to_whoever_speaks(desk, faults):
    dana, ruth = factories.person("dana"), factories.person("ruth", "supervisor")
    case = factories.escalation(now=timezone.now(), context=CONTEXT)
    lifecycle.take_over(case, by=viewer_of(dana), version=1, now=timezone.now())
    address = f"/escalations/{case.id}/"
    page, other = live(desk(dana, address)), live(desk(ruth, address))
    written = page.get_by_role("textbox", name="To Inès Carvalho")
    written.fill("Half a line")
    other.get_by_role("button", name="Whisper").click()
    box = other.get_by_role("textbox", name="For people only")
    expect(box).to_be_focused()
    box.fill("Offer the loan machine.")
    box.press("Control+Enter")
    expect(other.locator("#note")).to_be_hidden()
    for screen in (other, page):
        aside = screen.locator("#said-log .aside")
        expect(aside).to_contain_text("Offer the loan machine.")
        expect(aside).to_contain_text("only people see this")
        expect(screen.locator("#notes")).to_have_count(0)
    # Its words, or the notice of it, whichever was said last.
    heard = re.compile("Offer the loan machine|Ruth Whitlock whispers to you")
    expect(page.locator("#announce")).to_have_text(heard)
    expect(written).to_have_value("Half a line")
    assert (faults(page), faults(other)) == ([], [])
