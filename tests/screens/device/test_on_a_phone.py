"""Installed on a phone: a page of its own without a network; notifications for who wants them."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from routing.alerts import notices
from routing.models import Notice
from routing.people import units
from tests import factories
from tests.screens.device.waiting import becomes
from tests.screens.test_offers import card, live, offer

pytestmark = pytest.mark.django_db

# The browser without a window has no place for a notification: it says that each is denied, even after it allowed them.
# So what it is asked for is noted here.
NOTED = """
  window.noted = [];
  Object.defineProperty(Notification, "permission", { get: () => "granted" });
  ServiceWorkerRegistration.prototype.showNotification = async (title, { body, tag, data }) => {
    window.noted.push([title, body, tag, data.address]);
  };
"""
SHOWN = "() => window.noted"
HIDES = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
LOOKED_AT = """async () => {
  const { held } = await navigator.locks.query();
  return held.filter(({ name }) => name === "baton-looked-at").length;
}"""


def test_notifications_are_opted_into_and_a_network_that_is_gone_is_said(desk):
    dana, case = factories.person("dana"), factories.escalation(now=timezone.now())
    page = desk(dana, "/profile/", width=390, height=844)
    switch = page.get_by_role("switch", name="Notifications of this browser")
    switch.click()
    said = page.locator("[data-notify-said]")
    expect(said).to_contain_text("does not allow")
    expect(switch).not_to_be_checked()
    page.context.grant_permissions(["notifications"])
    try:
        page.add_init_script(NOTED)
        page.reload()
        switch.check()
        expect(said).to_have_text("Notifications on, in this browser")
        becomes(page, "() => navigator.serviceWorker.controller !== null", True)
        _told(page, dana, case)
        page.context.set_offline(True)
        page.goto("/inbox/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Baton cannot be reached")
        assert page.evaluate("getComputedStyle(document.body).display") == "grid"
        page.context.set_offline(False)
        page.get_by_role("link", name="Try again").click()
        expect(page.locator("#queue")).to_be_visible()
        keys = page.evaluate(
            "async () => (await (await caches.open((await caches.keys())[0])).keys()).map(({ url }) => new URL(url).pathname)"
        )
        assert [key for key in keys if not key.startswith(("/offline/", "/static/"))] == []
        page.goto("/profile/")
        switch.uncheck()
        expect(said).to_have_text("Notifications off, in this browser")
    finally:
        page.context.clear_permissions()


def _told(page, dana, case):
    """A notice that comes while the tab is seen is shown there alone; unseen, by the browser."""
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    told = {"kind": Notice.Kind.NAMED, "escalation": case, "now": timezone.now()}
    notices.tell([dana.pk], text="Seen at once.", **told)
    expect(page.locator("#notices")).to_contain_text("Seen at once.")
    assert page.evaluate(SHOWN) == []
    page.evaluate(HIDES, True)
    becomes(page, LOOKED_AT, 0)
    notices.tell([dana.pk], text="Kofi named you.", **told)
    expect(page.locator("#notices")).to_contain_text("Kofi named you.")
    number = Notice.objects.get(text="Kofi named you.").pk
    shown = ["Baton", "Kofi named you.", f"notice-{number}", f"/escalations/{case.id}/"]
    becomes(page, SHOWN, [shown])
    _told_once(page, dana, case)
    page.evaluate(HIDES, False)


def _told_once(page, dana, case):
    """Two tabs, both unseen, say it once; one of them looked at, neither does."""
    other = page.context.new_page()
    try:
        other.add_init_script(NOTED)
        other.goto("/inbox/")
        expect(other.locator("baton-live")).to_have_attribute("data-state", "live")
        told = {"kind": Notice.Kind.NAMED, "escalation": case, "now": timezone.now()}
        becomes(page, LOOKED_AT, 1)
        notices.tell([dana.pk], text="Seen in the other tab.", **told)
        for tab in (page, other):
            expect(tab.locator("#notices")).to_contain_text("Seen in the other tab.")
        other.evaluate(HIDES, True)
        becomes(page, LOOKED_AT, 0)
        before = page.evaluate(SHOWN) + other.evaluate(SHOWN)
        assert "Seen in the other tab." not in [body for _, body, *_ in before]
        notices.tell([dana.pk], text="Said once.", **told)
        for tab in (page, other):
            expect(tab.locator("#notices")).to_contain_text("Said once.")
        both = "() => window.noted.map((one) => one[1])"
        for _ in range(100):
            said = page.evaluate(both) + other.evaluate(both)
            if "Said once." in said:
                break
            page.wait_for_timeout(50)
        page.wait_for_timeout(300)
        said = page.evaluate(both) + other.evaluate(both)
        assert said.count("Said once.") == 1
        assert "Seen in the other tab." not in said
    finally:
        other.close()


def test_nobody_gets_a_worker_without_asking(desk):
    page = desk(factories.person("dana"))
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    assert (
        page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    )


def test_whose_the_case_is_stands_in_the_bar_and_how_long_under_more(desk):
    dana = factories.person("dana")
    units.resize(dana, 1)
    risk = {"amount": {"value": "840.00", "currency": "EUR"}, "reversible": False}
    for words in ("First", "Second"):
        factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho", risk=risk)
    page = desk(dana, width=390, height=844)
    bar = page.locator(".bottom-bar")
    page.locator(".q-row > a").first.click()
    expect(bar).to_contain_text("· yours")
    expect(bar.locator(".cut-1")).to_contain_text("If wrong: €840.00")
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 640})
        cut = "one => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight"
        assert not bar.locator(".cut-1").evaluate(cut)
    bar.get_by_role("button", name="More").click()
    more = page.get_by_role("dialog")
    expect(more).to_contain_text("Yours; back in the queue after 10 min idle")
    expect(more.get_by_role("button", name="Keep longer")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-act=back]").click()
    page.locator(".q-row > a").last.click()
    expect(bar).to_contain_text("· not held")


def test_every_dialog_is_as_wide_as_the_phone(desk):
    """That of many cases ended before the right edge, with the page beside it."""
    case = factories.escalation(now=timezone.now())
    page = desk(factories.person("dana"), f"/escalations/{case.id}/", width=390, height=844)
    found = page.evaluate(
        """() => [...document.querySelectorAll("dialog.dlg")].map((one) => {
          one.showModal();
          const { x, width } = one.getBoundingClientRect();
          one.close();
          return [one.id, x, width];
        })"""
    )
    assert "batch-dialog" in [name for name, *_ in found]
    assert [one for one in found if one[1:] != [0, 390]] == []


@pytest.mark.parametrize(("words", "level"), [("Where is it?", 2), ("I smell gas here", 4)])
def test_on_a_phone_an_offer_is_one_line_over_a_case_that_is_read(desk, words, level):
    """It lay over the brief and the lower third of an edit; what needs somebody at once may."""
    kofi = factories.person("kofi")
    other = factories.escalation(now=timezone.now(), summary="Another, of quite some words, too")
    page = live(desk(kofi, f"/escalations/{other.id}/", width=390, height=844))
    said = {"conversation": {"messages": [{"role": "customer", "text": words}]}}
    case = offer(kofi, context=said)
    assert case.level == level
    asked = card(page, case)
    expect(asked).to_be_visible()
    assert (asked.bounding_box()["height"] < 64) is (level < 4)
    for name in ("Accept", "Decline"):
        expect(asked.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    asked.get_by_role("button", name="Decline").click()
    expect(asked.get_by_role("button", name="Not my skill")).to_be_visible()


def test_the_list_alone_asks_for_no_key(desk):
    """Keys, and a case beside the list, are what a phone does not have."""
    factories.escalation(now=timezone.now())
    page = live(desk(factories.person("dana"), width=390, height=844))
    expect(page.locator(".q-row")).to_be_visible()
    expect(page.get_by_role("heading", name="Choose a case")).to_be_hidden()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_role("heading", name="Choose a case")).to_be_visible()


@pytest.mark.parametrize("width", [390, 360])
def test_a_word_without_end_moves_no_button(desk, width):
    word = "Rückerstattungsanspruchsbearbeitungsvorgangsnummernverzeichnis"
    call = {"id": "a1", "name": f"refund_{word}_{word}", "args": {"amount": "4.00"}, "title": word}
    case = factories.escalation(now=timezone.now(), summary=word * 3, proposed_actions=[call])
    page = live(desk(factories.person("dana"), f"/escalations/{case.id}/", width=width, height=844))
    bar = page.locator(".bottom-bar")
    for button in bar.locator(".b button >> visible=true").all():
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
