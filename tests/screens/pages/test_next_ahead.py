"""The case that comes next stands there at the press; nothing in it counts before it is held."""

import json
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Decision, Escalation
from tests import factories
from tests.screens.device.waiting import until
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


class LateAnswers(LateRefusals):
    """The line on which what was done is heard late, in its order."""

    def _pass(self, page, frame):
        if self.are_lost and json.loads(frame)["type"] == "ack":
            self.waiting.append(frame)
        else:
            super()._pass(page, frame)

    def release(self):
        self.are_lost = False
        waiting, self.waiting = self.waiting, []
        for frame in waiting:
            self._page.send(frame)


def stands(page, case):
    """It is open and takes a press."""
    expect(
        page.locator(f'#briefing[data-escalation="{case.id}"]:not([data-ui-ahead], [inert])')
    ).to_be_visible()


@pytest.mark.parametrize("is_sent", [True, False], ids=["painted", "not painted"])
def test_who_goes_to_another_case_meanwhile_stays_there(desk, dana, is_sent):
    """The answer to the one before opened a third one in its place; until then it was dead."""
    page, (first, second, third), answers = first_of(desk, dana, LateAnswers)
    if not is_sent:
        lifecycle.add_context(
            second, {"environment": {"note": "New"}}, agent="mira", now=timezone.now()
        )
        expect(page.locator(f"#row-{second.id}")).to_have_attribute("data-version", "2")
    answers.are_lost = True
    press(page, "a")
    if is_sent:
        is_ahead(page, second)
    page.locator(f"#row-{third.id} > a").click()
    stands(page, third)
    answers.release()
    expect(page.locator(".toast")).to_contain_text("Approved")
    expect(page.locator(f"#row-{first.id}:not([data-gone])")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    stands(page, third)
    second.refresh_from_db()
    assert second.state == "waiting"
    assert [one.escalation for one in Decision.objects.all()] == [first]


def test_the_focus_of_who_went_on_in_the_list_stays(desk, dana):
    page, (_, second, third), answers = first_of(desk, dana, LateAnswers)
    answers.are_lost = True
    press(page, "a")
    is_ahead(page, second)
    page.keyboard.press("j")
    page.keyboard.press("j")
    answers.release()
    stands(page, second)
    expect(page.locator(f"#row-{third.id} > a")).to_be_focused()


SAID = {
    "z": "Your undo is sent as soon as the answer is there.",
    "n": "Not done: what you pressed before is on its way.",
}


@pytest.mark.parametrize("key", SAID)
def test_while_an_answer_is_on_its_way_none_before_it_is_undone_and_none_taken(desk, dana, key):
    """Z took back the decision before, whose toast still stood there."""
    page, (first, second, third), answers = first_of(desk, dana, LateAnswers)
    for case in (first, second):
        Escalation.objects.filter(pk=case.pk).update(undo_s=60)
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Leaves in")
    expect(page.locator(f'#briefing[data-mine][data-escalation="{second.id}"]')).to_be_visible()
    answers.are_lost = True
    press(page, "a")
    is_ahead(page, third)
    page.keyboard.press(key)
    expect(page.locator(HINT)).to_have_text(SAID[key])
    answers.release()
    if key == "n":
        stands(page, third)
        for case in (first, second):
            case.refresh_from_db()
        assert (first.state, second.state) == ("decided", "decided")
        press(page, "z")
    expect(page.locator(f'#briefing[data-mine][data-escalation="{second.id}"]')).to_be_visible()
    first.refresh_from_db()
    assert first.state == "decided"


def test_undoing_one_leaves_the_undo_of_another(desk, dana):
    """Its toast went with the one that was undone, and what had been pressed since left."""
    page, (first, second, third), answers = first_of(desk, dana, LateAnswers)
    for case in (first, second):
        Escalation.objects.filter(pk=case.pk).update(undo_s=60)
    press(page, "a")
    expect(page.locator(f'#briefing[data-mine][data-escalation="{second.id}"]')).to_be_visible()
    answers.are_lost = True
    press(page, "a")
    is_ahead(page, third)
    page.locator(".toast [data-act=undo]").click()
    answers.release()
    stands(page, first)
    expect(page.locator(".toast")).to_contain_text("Leaves in")
    press(page, "z")
    stands(page, second)
    assert set(Decision.objects.values_list("undone_at", flat=True)) != {None}
    assert not Escalation.objects.filter(state="decided").exists()


def test_n_waits_for_the_one_that_is_opening(desk, dana):
    """It took a further one, and the one that was on its way stayed with them unseen."""
    page, (_, second, third), _ = first_of(desk, dana)
    slow, taken = [], []
    page.route(f"**/escalations/{second.id}/open/**", lambda route: slow.append(route))
    page.on("request", lambda asked: asked.url.endswith("/next/") and taken.append(asked.url))
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Leaves in")
    page.keyboard.press("n")
    expect(page.locator(HINT)).to_have_text("Not done: another case is on its way.")
    slow[0].continue_()
    stands(page, second)
    third.refresh_from_db()
    assert (taken, third.state) == ([], "waiting")


@pytest.mark.parametrize("comes", [True, False], ids=["opened", "not to be had"])
def test_back_leads_from_what_is_painted_to_the_case_before(desk, dana, comes):
    """Beside the list it went to the list, as if the case before had never been open."""
    page, (first, second, _), _ = first_of(desk, dana)
    slow = []

    def is_given_up():
        while slow:
            slow.pop().abort()
        return not page.locator("[data-ui-ahead]").count()

    page.route(f"**/escalations/{second.id}/**", lambda route: slow.append(route))
    page.locator(f"#row-{second.id} > a").click()
    is_ahead(page, second)
    expect(page).to_have_url(re.compile(second.id))
    if comes:
        page.go_back()
    else:
        until(page, is_given_up)
    stands(page, first)
    expect(page).to_have_url(re.compile(first.id))
    assert not Decision.objects.exists()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/inbox/$"))
