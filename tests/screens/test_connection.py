"""What the screen says and allows while the server is not heard."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db


def mute(page):
    """A socket that opens and says nothing, as after a server that hangs."""
    page.route_web_socket("**/ws/", lambda socket: None)


def test_is_stale_without_a_hello_and_lets_nobody_decide(desk):
    case = factories.escalation(now=timezone.now())
    page = desk(factories.person("dana"), "/profile/")
    mute(page)
    page.goto(f"/escalations/{case.id}/")
    approve = page.get_by_role("button", name="Approve").first
    expect(approve).to_be_enabled()
    expect(page.locator("baton-live")).to_have_attribute("data-state", "stale")
    expect(page.get_by_role("alert")).to_contain_text("deciding waits until it is back")
    expect(approve).to_be_disabled()
    press(page, "a")
    expect(page.locator(".toast")).to_have_count(0)


class Line:
    """The line between the page and the server, which a test can cut."""

    def __init__(self, page):
        self.is_cut, self._open = False, []
        page.route_web_socket("**/ws/", self._connect)

    def _connect(self, socket):
        if self.is_cut:
            socket.close()
        else:
            socket.connect_to_server()
            self._open.append(socket)

    def cut(self):
        self.is_cut = True
        for socket in self._open:
            socket.close()
        self._open.clear()


def test_catches_up_after_the_line_was_cut(desk):
    page = desk(factories.person("dana"), "/profile/")
    line = Line(page)
    page.goto("/inbox/")
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    line.cut()
    expect(page.locator("baton-live")).to_have_attribute("data-state", "reconnecting")
    for number in range(3):
        factories.escalation(now=timezone.now(), summary=f"Case {number}")
    line.is_cut = False
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    shown = page.locator(".q-row .ttl").all_inner_texts()
    page.reload()
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    assert page.locator(".q-row .ttl").all_inner_texts() == shown
    assert shown == ["Case 0", "Case 1", "Case 2"]


def test_is_not_live_before_the_list_was_read(desk):
    page = desk(factories.person("dana"), "/profile/")
    page.route("**/inbox/?*", lambda route: route.abort())
    page.goto("/inbox/")
    state = page.locator("baton-live")
    expect(state).to_have_text("Catching up")
    with page.expect_event("requestfailed"):
        pass
    expect(state).to_have_text("Catching up")
    page.unroute("**/inbox/?*")
    expect(state).to_have_text("Live")


def test_whoever_does_not_want_to_wait_tries_now(desk):
    page = desk(factories.person("dana"), "/profile/")
    line = Line(page)
    page.goto("/inbox/")
    state = page.locator("baton-live")
    again = page.get_by_role("button", name="Try now")
    expect(state).to_have_attribute("data-state", "live")
    expect(again).to_be_hidden()
    line.is_cut = True
    line.cut()
    expect(state).to_have_attribute("data-state", "reconnecting")
    expect(again).to_be_visible()
    line.is_cut = False
    again.click()
    expect(state).to_have_attribute("data-state", "live")
    expect(again).to_be_hidden()
