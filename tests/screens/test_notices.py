"""Alerts at the corner, in the title and by ear."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.hints import hub
from escalations import lifecycle
from routing.alerts import ladder_steps, notices
from routing.models import Notice, Presence
from tests import factories
from tests.accessibility import DESK, PHONE
from tests.screens.test_connection import Line

pytestmark = pytest.mark.django_db

EMERGENCY = {"trigger": {"type": "emergency", "reason": "The customer smells gas."}}
# A stand-in for the loudspeaker: it counts what would be heard.
COUNTING = """
window.tones = 0;
window.contexts = 0;
class Node { constructor() { this.gain = this; this.frequency = {}; }
  setValueAtTime() {} linearRampToValueAtTime() {} connect(other) { return other; }
  start() { window.tones += 1; } stop() {} }
window.AudioContext = class {
  constructor() { window.contexts += 1; this.state = "running"; this.currentTime = 0; this.destination = {}; }
  resume() { return Promise.resolve(); }
  createOscillator() { return new Node(); } createGain() { return new Node(); } };
"""


@pytest.fixture
def dana(server):
    user = factories.person("dana")
    now = timezone.now()
    Presence.objects.create(person=user, state="present", since=now, seen_at=now)
    return user


def corner(page):
    return page.get_by_role("region", name="Notices")


def opened(desk, user, path="/profile/", **options):
    page = desk(user, path, **options)
    page.add_init_script(COUNTING)
    page.goto(path)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


def tell(user, text, kind="given", **more):
    notices.tell([user.pk], kind, text, now=timezone.now(), **more)


SLOW = """
const asked = window.fetch;
window.fetch = async (address, ...more) => {
  if (String(address).startsWith("/notices/")) await new Promise((done) => setTimeout(done, 500));
  return asked(address, ...more);
};
"""


def test_an_alert_shows_while_hints_come_faster_than_answers(desk, dana):
    page = desk(dana, "/profile/")
    sockets = []

    def connected(socket):
        server = socket.connect_to_server()
        socket.on_message(server.send)
        server.on_message(socket.send)
        sockets.append(socket)

    page.route_web_socket("**/ws/", connected)
    page.add_init_script(SLOW)
    page.goto("/profile/")
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    tell(dana, "Yours now.")
    for _ in range(16):
        sockets[-1].send('{"type": "notice", "kind": "given", "text": "", "escalation": ""}')
        page.wait_for_timeout(250)
    assert corner(page).get_by_text("Yours now.").is_visible()


def test_an_alert_rings_counts_and_stays_until_its_case_is_opened(desk, dana):
    page = opened(desk, dana)
    page.locator("h1").click()
    case = factories.escalation(now=timezone.now(), **EMERGENCY)
    assert ladder_steps.sweep(timezone.now()) == 1
    shown = corner(page)
    expect(shown).to_contain_text(f"{case} needs a person at once.")
    expect(page).to_have_title("(1) Your profile · Baton")
    expect(page.get_by_role("link", name="Notices, 1 new")).to_be_visible()
    assert page.evaluate("[window.contexts, window.tones]") == [1, 3]
    expect(shown.get_by_role("button", name="Dismiss")).to_have_count(0)
    shown.get_by_role("button", name=f"Open {case}").press("Enter")
    expect(page.locator("#briefing")).to_be_visible()
    expect(shown).to_be_hidden()
    expect(page).to_have_title(re.compile(r"^[^(]"))
    assert Notice.objects.filter(seen_at=None).count() == 0


def test_nothing_is_heard_before_the_first_touch_or_when_it_is_off(desk, dana):
    page = opened(desk, dana)
    tell(dana, "Sam gave you a case.")
    expect(corner(page)).to_contain_text("Sam gave you a case.")
    assert page.evaluate("[window.contexts, window.tones]") == [0, 0]
    with page.expect_response("**/profile/sound/"):
        page.get_by_role("switch", name="Sound").uncheck()
    tell(dana, "Sam gave you another.")
    expect(corner(page)).to_contain_text("Sam gave you another.")
    assert page.evaluate("window.tones") == 0
    with page.expect_response("**/profile/sound/"):
        page.get_by_role("switch", name="Sound").check()
    assert page.evaluate("window.tones") == 1
    dana.refresh_from_db()
    assert dana.sound is True


def test_one_at_once_and_the_rest_by_number(desk, dana):
    for number in range(7):
        tell(dana, f"Notice {number}")
    page = opened(desk, dana)
    shown = corner(page)
    expect(shown.get_by_role("listitem")).to_have_count(1)
    expect(shown.get_by_role("listitem").first).to_contain_text("Notice 6")
    shown.get_by_role("button", name="Dismiss: Notice 6").click()
    expect(shown.get_by_role("listitem").first).to_contain_text("Notice 5")
    expect(page).to_have_title("(6) Your profile · Baton")
    expect(page.get_by_role("button", name="5 more")).to_be_visible()
    page.get_by_role("link", name="Notices, 6 new").click()
    expect(page.get_by_role("heading", name="Notices")).to_be_visible()
    expect(page.locator("[data-all-notices] .notice")).to_have_count(6)
    expect(shown).to_be_hidden()
    page.get_by_role("button", name="Mark all as seen").click()
    expect(page.get_by_text("Nothing new")).to_be_visible()
    expect(page).to_have_title("Notices · Baton")


def test_the_hand_goes_on_to_the_next_notice(desk, dana):
    for number in range(3):
        tell(dana, f"Notice {number}")
    page = opened(desk, dana)
    page.get_by_role("button", name="Dismiss: Notice 2").press("Enter")
    expect(page.get_by_role("button", name="Dismiss: Notice 1")).to_be_focused()
    page.goto("/notices/")
    page.get_by_role("button", name="Dismiss: Notice 0").focus()
    tell(dana, "Notice 3")
    expect(page.locator("[data-all-notices] .notice")).to_have_count(3)
    expect(page.get_by_role("button", name="Dismiss: Notice 0")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Dismiss: Notice 1")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Dismiss: Notice 3").press("Enter")
    expect(page.get_by_role("heading", name="New", exact=True)).to_be_focused()
    expect(page.get_by_role("button", name="Mark all as seen")).to_be_hidden()


def test_what_came_while_the_line_was_cut_is_read_on_return(desk, dana):
    page = desk(dana, "/profile/")
    line = Line(page)
    page.goto("/profile/")
    live = page.locator("baton-live")
    expect(live).to_have_attribute("data-state", "live")
    line.cut()
    expect(live).to_have_attribute("data-state", "reconnecting")
    tell(dana, "Sam gave you a case.")
    expect(corner(page)).to_be_hidden()
    line.is_cut = False
    expect(corner(page)).to_contain_text("Sam gave you a case.")


def test_without_a_socket_they_are_asked_for(desk, dana):
    tell(dana, "Sam gave you a case.")
    page = desk(dana, "/profile/")
    page.route_web_socket("**/ws/", lambda socket: socket.close())
    page.reload()
    expect(page.locator("baton-live")).to_have_attribute("data-state", "reconnecting")
    expect(corner(page)).to_contain_text("Sam gave you a case.")
    tell(dana, "Sam gave you another.")
    expect(corner(page)).to_contain_text("Sam gave you another.")


def test_they_are_read_again_when_the_server_asks_for_it(desk, dana):
    page = opened(desk, dana)
    Notice.objects.create(person=dana, kind="given", text="Sam gave it.", at=timezone.now())
    hub.publish(hub.RESYNC)
    expect(corner(page)).to_contain_text("Sam gave it.")


def test_an_answered_case_takes_its_alert_along(desk, dana):
    page = opened(desk, dana)
    case = factories.escalation(now=timezone.now(), **EMERGENCY)
    ladder_steps.sweep(timezone.now())
    expect(corner(page)).to_contain_text("needs a person at once")
    lifecycle.cancel(case, agent="mira", now=timezone.now())
    expect(corner(page)).to_be_hidden()


COVERED = """notices => {
  const one = notices.getBoundingClientRect();
  return [...document.querySelectorAll(".zone-rail .acts .btn, #brief, .case-bar")].filter((other) => {
    const box = other.getBoundingClientRect();
    return box.width && one.left < box.right && box.left < one.right && one.top < box.bottom && box.top < one.bottom;
  }).map((other) => other.textContent.trim());
}"""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1240, 800), (1024, 768), (850, 700)])
def test_the_corner_never_hides_what_decides(desk, dana, width, height):
    case = factories.escalation(now=timezone.now())
    page = opened(desk, dana, f"/escalations/{case.id}/", width=width, height=height)
    for number in range(4):
        tell(dana, f"Notice {number}")
    expect(corner(page).get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("button", name="3 more")).to_be_visible()
    assert corner(page).evaluate(COVERED) == []
    places = [page.get_by_role("button", name=name).first for name in ("Approve", "Edit", "Reject")]
    tops = {place.bounding_box()["y"] for place in places}
    assert len(tops) == (1 if width <= 1248 else 2)
    page.get_by_role("button", name="Approve").first.click()
    expect(page.locator(".toast")).to_be_visible()


def test_a_visit_finds_nothing(desk, dana, faults):
    factories.escalation(now=timezone.now(), **EMERGENCY)
    ladder_steps.sweep(timezone.now())
    for number in range(4):
        tell(dana, f"Notice {number}", "missed")
    for size, shown in ((PHONE, 1), (DESK, 2)):
        page = desk(dana, "/profile/", **size)
        expect(corner(page).get_by_role("listitem")).to_have_count(shown)
        assert faults(page) == []
    page.goto("/notices/")
    expect(page.locator("[data-all-notices] .notice")).to_have_count(5)
    assert faults(page) == []
