"""How many keys each answer takes from the open queue, counted by the page itself."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision, Escalation
from tests import factories
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db

COUNT = """() => {
  window.pressed = 0;
  addEventListener("keydown", (event) => {
    const typed = event.key.length === 1 && !event.ctrlKey && event.target.matches("input, textarea");
    const isHeld = ["Control", "Shift", "Alt", "Meta"].includes(event.key);
    if (!typed && !isHeld) window.pressed += 1;
  }, true);
}"""
THREE = [
    {"id": f"a{n}", "name": name, "args": args}
    for n, (name, args) in enumerate(
        [
            ("payments.refund", {"amount": "184.00", "currency": "EUR"}),
            ("orders.close", {"order": "48213"}),
            ("mail.send", {"to": "ines@example.com", "template": "refunded"}),
        ],
        start=1,
    )
]
SIZES = pytest.mark.parametrize("actions", [None, THREE], ids=["one action", "three actions"])


@pytest.fixture
def queue(desk):
    """The open queue of a reviewer, with one case in it; everything pressed from here counts."""

    def open_queue(actions):
        more = {"proposed_actions": actions} if actions else {}
        factories.escalation(now=timezone.now(), **more)
        page = desk(factories.person("dana"))
        expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
        page.evaluate(COUNT)
        return page

    return open_queue


def take(page):
    press(page, "n")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")


def pressed(page):
    return page.evaluate("pressed")


@SIZES
def test_approve(queue, actions):
    page = queue(actions)
    take(page)
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Approved")
    document = Decision.objects.get().document
    assert [one["type"] for one in document["actions"]] == ["approve"] * len(actions or [1])
    assert pressed(page) <= 2


@SIZES
def test_edit_one_field(queue, actions):
    page = queue(actions)
    take(page)
    press(page, "e")
    field = page.get_by_label("Amount")
    if not actions:
        page.keyboard.press("Tab")
    expect(field).to_be_focused()
    page.keyboard.type("50.00")
    press(page, "Control+Enter")

    expect(page.locator(".toast")).to_contain_text("edit")
    sent = Decision.objects.get().document["actions"][0]["edited"]["args"]
    assert sent["amount"] == "50.00"
    assert pressed(page) <= 4


@SIZES
def test_reject_with_a_reason(queue, actions):
    page = queue(actions)
    take(page)
    press(page, "r")
    expect(page.locator("#reject-dialog:modal")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_contain_text("Rejected")
    assert pressed(page) <= 3


@SIZES
def test_take_over(queue, actions):
    page = queue(actions)
    take(page)
    press(page, "t")
    expect(page.locator("#live textarea")).to_be_focused()
    assert Escalation.objects.get().state == "live"
    assert pressed(page) <= 2


@SIZES
def test_ask_the_agent(queue, actions):
    page = queue(actions)
    take(page)
    press(page, "q")
    page.locator("#ask-dialog textarea").first.wait_for()
    page.keyboard.type("Which card?")
    press(page, "Control+Enter")
    expect(page.locator("#ask-dialog")).to_be_hidden()
    assert Escalation.objects.get().remarks.get(kind="asked").text == "Which card?"
    # Beside the one that took it from the queue.
    assert pressed(page) <= 1 + 2
