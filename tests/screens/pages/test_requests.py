"""What pages ask of the server, request by request: literal counts, so that none grows unseen."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Escalation
from tests import factories
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db

# Longer than anything that a page puts off: its first question, and a look for what it missed.
QUIET_MS = 2_000
CASE = re.compile(r"esc_\w+|(?<=had=)\w+")


class Asked:
    """The requests and commands of a page, but for files that a browser keeps, and beats."""

    def __init__(self, page):
        self.page, self.seen = page, []
        page.on("request", self._note)
        page.on("websocket", lambda line: line.on("framesent", lambda sent: self._hear(sent)))

    def _note(self, request):
        if request.resource_type in {"document", "fetch", "xhr"}:
            path = CASE.sub("*", request.url.split("/", 3)[3])
            self.seen.append(f"{request.method} /{path}")

    def _hear(self, frame):
        found = re.search(r'"command":"(\w+)"', frame)
        if found and found[1] not in {"watch", "unwatch", "heartbeat"}:
            self.seen.append(found[1])

    def taken(self):
        expect(self.page.locator("baton-live")).to_have_attribute("data-state", "live")
        self.page.wait_for_timeout(QUIET_MS)
        seen, self.seen = self.seen, []
        return sorted(seen)


@pytest.fixture
def dana():
    for words in ("First", "Second", "Third"):
        factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho")
    return factories.person("dana")


def test_what_the_inbox_asks_and_a_decision_after_another(desk, dana):
    page = desk(dana, "/profile/")
    # That somebody has come is told to their pages, and asked after.
    expect(page.locator("#me-button")).to_contain_text("Available")
    page.wait_for_timeout(QUIET_MS)
    asked = Asked(page)
    page.goto("/inbox/")
    assert asked.taken() == ["GET /beside/?families", "GET /inbox/", "GET /inbox/?tab=mine&had=*"]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    assert asked.taken() == ["POST /escalations/*/open/?after=*"]
    # After the last one none comes.
    for words, opening in (
        ("Second", "POST /escalations/*/open/?after=*"),
        ("Third", "POST /escalations/*/open/"),
    ):
        press(page, "a")
        expect(page.locator("#ask")).to_contain_text(words)
        expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
        assert asked.taken() == [opening, "approve"]
    assert Escalation.objects.filter(outcome="approved").count() == 2
    page.reload()
    assert asked.taken() == [
        "GET /beside/?families",
        "GET /escalations/*/",
        "GET /escalations/*/?since=2",
        "GET /inbox/?tab=mine&had=*",
    ]


def test_a_case_opens_where_it_cannot_be_held_in_the_same_request(desk, dana):
    """As before a sign-in in another tab, whose forms are not taken any more."""
    page = desk(dana)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.route("**/open/", lambda route: route.fulfill(status=403, body="No"))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(page.locator("#briefing")).to_have_attribute("data-mine", "")
