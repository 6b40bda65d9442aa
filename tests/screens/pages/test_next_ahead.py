"""The case that comes next stands there at the press; nothing in it counts before it is held."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Decision, Escalation
from tests import factories
from tests.screens.hand.pressing import press
from tests.screens.test_handing_on import dana, live
from tests.screens.test_lost_answers import LateRefusals, LostAnswers

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

HINT = ".left [data-hint]"


def arrive(words: str, **keys):
    return factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho", **keys)


def first_of(desk, dana, line=None):
    """The page with the first case held, and with the line to the server under `line`."""
    cases = [arrive(words) for words in ("First", "Second", "Third")]
    page = desk(dana, "/profile/")
    answers = line and line(page)
    page.goto("/inbox/")
    live(page).locator(f"#row-{cases[0].id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-mine", "")
    return page, cases, answers


def is_ahead(page, case):
    """It is painted, and dead to the hand."""
    expect(page.locator(f'#briefing[data-escalation="{case.id}"][data-ui-ahead]')).to_be_visible()
    expect(page.locator("#briefing")).to_have_js_property("inert", True)


def test_it_stands_there_before_the_answer_and_takes_no_press(desk, dana):
    page, (first, second, third), answers = first_of(desk, dana, LostAnswers)
    answers.are_lost = True
    press(page, "a")
    is_ahead(page, second)
    expect(page.locator("#ask")).to_contain_text("Second")
    for key in ("a", "r", "e"):
        page.keyboard.press(key)
    expect(page.locator(HINT)).to_have_text("Not done: another case is on its way.")
    page.evaluate("document.querySelector('#briefing form[data-command=approve]').requestSubmit()")
    # The answer comes by a form instead, and then the case is theirs.
    expect(page.locator("#briefing[data-mine]:not([data-ui-ahead])")).to_be_visible(timeout=60_000)
    expect(page.locator("#ask")).to_contain_text("Second")
    assert [one.escalation for one in Decision.objects.all()] == [first]
    answers.are_lost = False
    press(page, "a")
    expect(page.locator("#ask")).to_contain_text("Third")
    expect(page.locator("#briefing")).to_have_attribute("data-mine", "")
    third.refresh_from_db()
    assert third.held_by == dana


def test_what_was_not_decided_comes_back_as_it_was(desk, dana):
    page, (first, second, _), answers = first_of(desk, dana, LateRefusals)
    page.locator("#briefing [data-key=e]").first.click()
    field = page.locator("#edit textarea").first
    field.fill("As I typed it")
    page.locator("#case").evaluate("(one) => { one.scrollTop = 120; }")
    answers.are_lost = True
    lifecycle.cancel(Escalation.objects.get(pk=first.pk), agent="mira", now=timezone.now())
    press(page, "Control+Enter")
    is_ahead(page, second)
    answers.are_lost = False
    answers.release()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", first.id)
    expect(page.locator("#case-notice [data-kept]")).to_have_value(re.compile("As I typed it"))
    assert [one.outcome for one in Escalation.objects.exclude(outcome="")] == ["cancelled"]
    second.refresh_from_db()
    assert second.state == "waiting"


def test_it_is_read_anew_where_it_moved_or_was_taken_meanwhile(desk, dana):
    page, (_, second, third), _ = first_of(desk, dana)
    lifecycle.add_context(
        second, {"environment": {"note": "New"}}, agent="mira", now=timezone.now()
    )
    kofi = viewer_of(factories.person("kofi"))
    third.refresh_from_db()
    expect(page.locator(f"#row-{second.id}")).to_have_attribute("data-version", "2")
    press(page, "a")
    expect(page.locator("#briefing")).to_have_attribute("data-mine", "")
    expect(page.locator("#ask")).to_contain_text("Second")
    lifecycle.claim(third, by=kofi, now=timezone.now())
    expect(page.locator(f"#row-{third.id}:not([data-gone])")).to_have_count(0)
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
    third.refresh_from_db()
    assert third.held_by.username == "kofi"


def test_where_it_cannot_be_had_the_one_before_comes_back(desk, dana):
    page, (first, second, _), _ = first_of(desk, dana)
    page.route(f"**/escalations/{second.id}/**", lambda route: route.abort())
    press(page, "a")
    expect(page.locator(f"#row-{second.id}")).to_have_attribute(
        "data-ui-said", "Could not be opened"
    )
    expect(page.locator(f'#briefing[data-escalation="{first.id}"]')).to_be_visible()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "decided")
    expect(page.locator("[data-ui-ahead]")).to_have_count(0)
