"""Undo pressed while the answer is on its way takes back that answer, and no other."""

import json
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision, Escalation
from tests import factories
from tests.escalations.batch.test_preflight import refund
from tests.screens.device.waiting import until
from tests.screens.hand.pressing import press, press_many
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

COMES = "Your undo is sent as soon as the answer is there."


class SlowLine:
    """The line on which the answers to commands wait."""

    def __init__(self, page):
        self.waits, self.refuses, self._kept, self._page = False, False, [], None
        page.route_web_socket("**/ws/", self._connect)

    def _connect(self, page):
        server = page.connect_to_server()
        page.on_message(lambda frame: self._ask(server, frame))
        server.on_message(lambda frame: self._pass(page, frame))
        self._page = page

    def _ask(self, server, frame):
        asked = json.loads(frame)
        if self.refuses and asked.get("command") == "approve":
            no = {"type": "refused", "id": asked["id"], "code": "busy", "detail": "Not now."}
            self._kept.append(json.dumps(no))
        else:
            server.send(frame)

    def _pass(self, page, frame):
        if self.waits and json.loads(frame)["type"] in {"ack", "refused"}:
            self._kept.append(frame)
        else:
            page.send(frame)

    def goes_on(self):
        self.waits = False
        while self._kept:
            self._page.send(self._kept.pop(0))


def arrive(words):
    return factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho")


def opened(desk, dana, case):
    page = desk(dana, "/profile/")
    line = SlowLine(page)
    page.goto("/inbox/")
    live(page).locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    page.locator("#case").focus()
    return page, line


# The keys of an answer, and of what gives the case up.
KEYS = {
    "approve": ["a"], "reject": ["r", "1"], "snooze": ["s", "1"],
    "respond": ["m", *"Yes", "Control+Enter"],
}  # fmt: skip


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("others", [0, 1])
def test_one_press_takes_back_what_is_on_its_way(desk, dana, name, others):
    cases = [arrive("First"), *(arrive("Next") for _ in range(others))]
    page, line = opened(desk, dana, cases[0])
    line.waits = True
    first, *more = KEYS[name]
    press(page, first)
    for key in [*more, "z"]:
        page.keyboard.press(key)
    expect(page.locator("#announce")).to_have_text(COMES)
    values = page.locator("textarea").evaluate_all("all => all.map((one) => one.value)")
    assert not [one for one in values if one.endswith("z")]
    line.goes_on()
    expect(page.locator("#announce")).to_contain_text("Undone")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[0].id)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    assert not Decision.objects.filter(undone_at=None).exists()
    assert Escalation.objects.get(pk=cases[0].pk).held_by == dana


def test_what_was_given_back_stays_open_where_the_list_comes_late(desk, dana):
    case = arrive("Only")
    page, _ = opened(desk, dana, case)
    kept = []
    page.route("**/inbox/", lambda route: kept.append(route))
    press(page, "s")
    page.keyboard.press("1")
    until(page, lambda: kept)
    page.keyboard.press("z")
    expect(page.locator("#announce")).to_contain_text("Undone")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    with page.expect_response("**/inbox/"):
        kept[0].continue_()
    page.wait_for_timeout(300)
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", case.id)
    expect(page).to_have_url(re.compile(case.id))


def test_undo_of_what_was_refused_leaves_the_answer_before_it(desk, dana):
    cases = [arrive("First"), arrive("Next")]
    page, line = opened(desk, dana, cases[0])
    press(page, "a")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", cases[1].id)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    line.refuses = True
    page.locator("#case").focus()
    press(page, "a")
    page.keyboard.press("z")
    expect(page.locator("#announce")).to_have_text(COMES)
    line.goes_on()
    expect(page.locator("#case-notice")).to_contain_text("Not now.")
    assert [one.escalation_id for one in Decision.objects.filter(undone_at=None)] == [cases[0].pk]


def test_one_press_takes_back_a_lot_that_is_on_its_way(desk, dana):
    for _ in range(3):
        refund(now=timezone.now())
    page = live(desk(dana, "/inbox/"))
    page.locator(".family button").click()
    expect(page.locator("#batch-dialog").get_by_text("Ready")).to_have_count(3)
    kept = []

    def waits(route):
        if route.request.method == "POST" and not kept:
            kept.append(route)
        else:
            route.continue_()

    page.route("**/batch/", waits)
    press_many(page, until="#batch-table[data-ui-sent]")
    page.keyboard.press("z")
    expect(page.locator("#batch-table [data-stray]")).to_have_text(COMES)
    until(page, lambda: kept)
    kept[0].continue_()
    expect(page.get_by_role("dialog", name="3 of 3 undone")).to_be_visible()
    assert Decision.objects.count() == 3
    assert not Decision.objects.filter(undone_at=None).exists()
