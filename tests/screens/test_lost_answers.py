"""When an answer is lost, or the dialog under the hand: nothing is done unmeant, nothing is lost."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Decision, Escalation
from tests import factories
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.screens.hand.pressing import press
from tests.screens.test_connection import Line
from tests.screens.test_handing_on import case, dana, holding, live, person

__all__ = ["case", "dana"]
pytestmark = pytest.mark.django_db


class LostAnswers:
    """The line between the page and the server, on which answers to commands can be lost."""

    def __init__(self, page):
        self.are_lost, self._page = False, None
        page.route_web_socket("**/ws/", self._connect)

    def _connect(self, page):
        server = page.connect_to_server()
        page.on_message(server.send)
        server.on_message(lambda frame: self._pass(page, frame))
        self._page = page

    def _pass(self, page, frame):
        if not (self.are_lost and json.loads(frame)["type"] in {"ack", "row", "gone", "changed"}):
            page.send(frame)

    def cut(self):
        self._page.close()


class LateRefusals(LostAnswers):
    """The line on which refusals wait, and what tells the page of the case is lost."""

    def __init__(self, page):
        super().__init__(page)
        self.waiting = []

    def _pass(self, page, frame):
        if self.are_lost and json.loads(frame)["type"] == "refused":
            self.waiting.append(frame)
        else:
            super()._pass(page, frame)

    def release(self):
        while self.waiting:
            self._page.send(self.waiting.pop())


def test_a_refusal_that_is_heard_over_another_case_names_its_own(desk, dana, case):
    other = factories.escalation()
    page = desk(dana, "/profile/")
    answers = LateRefusals(page)
    page.goto("/inbox/")
    live(page)
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    answers.are_lost = True
    lifecycle.cancel(Escalation.objects.get(pk=case.pk), agent="mira", now=timezone.now())
    press(page, "a")
    page.wait_for_timeout(300)
    page.locator(f"#row-{other.id} > a").click()
    expect(page.locator(f'#briefing[data-escalation="{other.id}"]')).to_be_visible()
    answers.release()
    expect(page.locator("#toasts")).to_contain_text(f"BTN-{case.number}: ")


@pytest.mark.parametrize(("key", "command"), [("s", "snooze"), ("r", "reject")])
def test_what_counted_though_its_answer_was_lost_is_said_once_it_is_known(
    desk, dana, case, key, command
):
    page = desk(dana, "/profile/")
    answers = LostAnswers(page)
    page.goto("/inbox/")
    live(page)
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    press(page, key)
    answers.are_lost = True
    page.context.route(f"**/{command}/", lambda route: (route.fetch(), route.abort()))
    page.keyboard.press("1")
    said = page.get_by_role("dialog").get_by_role("alert")
    expect(said).to_contain_text("it is not known yet whether this counted")
    answers.are_lost = False
    page.context.unroute(f"**/{command}/")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    answers.cut()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("Snoozed" if key == "s" else "Rejected")
    expect(page.get_by_text("You cannot decide this case")).to_have_count(0)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_broken_server_leaves_it_open_whether_it_counted(desk, dana, case, status):
    page = desk(dana, "/profile/")
    line = Line(page)
    page.goto("/inbox/")
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    live(page)
    line.cut()
    expect(page.locator("baton-live")).to_have_attribute("data-state", "reconnecting")
    page.context.route("**/reject/", lambda route: route.fulfill(status=status, body="<p>No</p>"))
    press(page, "r")
    page.get_by_role("dialog").locator("textarea").fill("Not as described.")
    page.get_by_role("dialog").get_by_role("button", name="Reject").last.click()
    said = page.get_by_role("dialog").get_by_role("alert")
    expect(said).to_contain_text("it is not known yet whether this counted")
    expect(page.get_by_role("dialog").locator("textarea")).to_have_value("Not as described.")
    page.context.unroute("**/reject/")


@pytest.mark.parametrize("key", ["r", "e"])
def test_words_whose_field_vanished_are_no_commands(desk, dana, case, key):
    others = [
        factories.escalation(now=case.arrived_at, summary=f"Another {one}") for one in range(3)
    ]
    page = holding(desk, dana, case)
    press(page, key)
    field = page.locator("#reject-dialog textarea, #edit textarea").locator("visible=true").last
    field.click()
    page.keyboard.type("Not as ", delay=20)
    lifecycle.hand_over(
        Escalation.objects.get(pk=case.pk), holder=dana.pk, to=viewer_of(person("amara")),
        now=timezone.now(),
    )  # fmt: skip
    expect(field).to_be_hidden()
    page.keyboard.type("an answer now; a no", delay=60)
    page.wait_for_timeout(500)
    assert Decision.objects.count() == 0
    assert {one.state for one in Escalation.objects.filter(pk__in=[o.pk for o in others])} == {
        "waiting"
    }
    page.wait_for_timeout(1_500)
    page.keyboard.press("n")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")


def test_words_for_a_field_that_did_not_open_are_no_commands(desk, dana, case):
    """The key of a field on another row opens that case only; who writes at once presses nothing."""
    other = factories.escalation(now=case.arrived_at, summary="Another one")
    page = holding(desk, dana, case)
    page.locator(f"#row-{other.id} > a").focus()
    press(page, "m")
    page.keyboard.type("We send an answer", delay=60)
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", other.id)
    expect(page.locator("#respond, #edit, #ask-agent").locator("visible=true")).to_have_count(0)
    assert not Decision.objects.exists()
    page.keyboard.press("m")
    expect(page.locator("#respond")).to_be_visible()


@pytest.mark.parametrize("in_time", [True, False])
def test_an_undo_that_reached_nobody_is_sent_again_by_itself(desk, dana, case, in_time):
    """Silence let the answer leave, and nothing said so."""
    page = desk(dana, "/profile/")
    line = Line(page)
    page.goto("/inbox/")
    live(page).locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Leaves in")
    page.route("**/undo/", lambda route: route.abort())
    line.cut()
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("Your undo is sent as soon as it can be.")
    if not in_time:
        over = timezone.now() - timedelta(seconds=1)
        Escalation.objects.filter(pk=case.pk).update(effective_at=over)
    line.is_cut = False
    if in_time:
        expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
        expect(page.locator(".toast")).to_have_count(0)
    else:
        expect(page.locator(".toast")).to_contain_text("Not undone. The agent already has")


def test_what_was_taken_back_on_another_screen_does_not_leave_here(desk, dana, case):
    page = holding(desk, dana, case)
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Leaves in")
    found = Escalation.objects.get(pk=case.pk)
    lifecycle.undo(found, by=viewer_of(dana), version=found.version, now=timezone.now())
    expect(page.locator(".toast")).to_contain_text("Your answer was taken back before it left")
    expect(page.locator(".toast [data-act=undo]")).to_have_count(0)


def refund(desk, dana):
    case = factories.escalation(now=timezone.now())
    page = desk(dana, "/profile/")
    answers = LostAnswers(page)
    page.goto("/inbox/")
    live(page).locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    return case, page, answers


def test_a_lost_answer_says_what_left_and_keeps_what_was_typed_since(desk, dana):
    """The form closed by itself, "the case" had left, and the corrected amount was gone."""
    case, page, answers = refund(desk, dana)
    other = factories.escalation(now=timezone.now(), summary="Another one")
    expect(page.locator(f"#row-{other.id}")).to_have_count(1)
    press(page, "e")
    amount = page.locator('#edit-form [name="edit:a1:/amount"]')
    amount.fill("33.00")
    expect(page.locator("#sends-foot .named, .sends .named").first).to_contain_text("33.00")
    answers.are_lost = True
    page.context.route("**/edit/", lambda route: (route.fetch(), route.abort()))
    amount.press("Control+Enter")
    expect(page.locator("#case-notice")).to_contain_text("it is not known yet")
    amount.fill("44.00")
    answers.are_lost = False
    page.context.unroute("**/edit/")
    answers.cut()
    expect(page.locator(".toast")).to_contain_text("33.00")
    expect(page.locator("#case-notice")).to_contain_text("What you typed since was not sent")
    expect(page.locator("#case-notice [data-kept]")).to_have_value(re.compile(r"44\.00"))
    # Nothing came by itself under a hand that presses once more for this case.
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", case.id)
    page.wait_for_timeout(500)
    page.keyboard.press("a")
    assert Decision.objects.filter(escalation=other).count() == 0
    page.keyboard.press("z")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(amount).to_have_value("44.00")


def test_what_reached_nobody_is_told_and_nothing_is_sent_late(desk, dana):
    case, page, _ = refund(desk, dana)
    page.context.route("**/approve/", lambda route: route.abort())
    page.evaluate("""() => {
      const entry = document.querySelector("script[type=module]").src;
      return import(entry.replace("baton.js", "live/live.js")).then(({ connection }) => {
        connection.ask = () => Promise.reject(new Error("lost"));
      });
    }""")
    press(page, "a")
    said = page.locator("#case-notice")
    expect(said).to_contain_text("it is not known yet whether this counted")
    expect(said).to_contain_text("did not reach Baton: nothing was done")
    assert not Decision.objects.exists()
    page.context.unroute("**/approve/")
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
    assert Decision.objects.get().escalation == case


def test_words_of_an_edit_stay_in_view_when_the_same_person_answers_elsewhere(desk, dana, case):
    page = holding(desk, dana, case)
    press(page, "e")
    page.locator('#edit-form [name="edit:a1:/amount"]').fill("33.00")
    found = Escalation.objects.get(pk=case.pk)
    decide(found, viewer_of(dana), now=timezone.now())
    expect(page.locator("#case-notice [data-kept]")).to_have_value(re.compile(r"33\.00"))
    expect(page.locator("#case-notice")).to_be_in_viewport()
