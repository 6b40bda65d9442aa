"""Who else looks, and the hold on a case."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Escalation
from tests import factories

pytestmark = pytest.mark.django_db


def live(page):
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


def test_shows_who_else_looks_and_when_they_leave(desk):
    case = factories.escalation(now=timezone.now())
    mine = live(desk(factories.person("dana"), f"/escalations/{case.id}/"))
    theirs = live(desk(factories.person("amara"), f"/escalations/{case.id}/"))
    also = mine.locator("baton-viewers")
    expect(also).to_contain_text("Amara Whitlock")
    expect(also).to_contain_text("looking")
    expect(also).not_to_contain_text("Dana Whitlock")
    second = theirs.locator("baton-viewers")
    expect(second).to_contain_text("Dana Whitlock")
    lifecycle.add_context(case, {"environment": {}}, agent="mira", now=timezone.now())
    expect(theirs.locator("#case-news")).to_contain_text("Changed while you had it open.")
    expect(second).to_contain_text("Dana Whitlock")
    theirs.goto("/profile/")
    expect(also).to_be_hidden()


def open_without_watch(socket):
    server = socket.connect_to_server()
    socket.on_message(lambda text: None if '"watch"' in text else server.send(text))


def test_a_change_before_the_watch_begins_is_not_missed(desk):
    case = factories.escalation(now=timezone.now())
    page = desk(factories.person("dana"), "/profile/")
    page.route_web_socket("**/ws/", open_without_watch)
    page.goto(f"/escalations/{case.id}/")
    live(page)
    lifecycle.add_context(case, {"environment": {}}, agent="mira", now=timezone.now())
    expect(page.locator("#case-news")).to_contain_text("Changed while you had it open.")


def test_opening_from_the_list_holds_and_release_gives_back(desk):
    case = factories.escalation(now=timezone.now())
    page = live(desk(factories.person("dana")))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    page.get_by_role("button", name="Release").first.click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "waiting")
    assert Escalation.objects.get().held_by is None


def test_a_claim_that_nobody_tells_of_is_shown(desk):
    case = factories.escalation(now=timezone.now())
    page = desk(factories.person("dana"), "/profile/")
    page.route_web_socket("**/ws/", open_without_watch)
    page.goto("/")
    live(page).locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")


def test_opening_by_address_holds_nothing(desk):
    case = factories.escalation(now=timezone.now())
    live(desk(factories.person("dana"), f"/escalations/{case.id}/"))
    assert Escalation.objects.get().held_by is None


def test_keep_longer_moves_the_end_of_the_hold(desk):
    case = factories.escalation(now=timezone.now())
    page = live(desk(factories.person("dana")))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    before = Escalation.objects.get().lease_until
    page.get_by_role("button", name="Keep longer").first.click()
    expect(page.locator("form[data-command=heartbeat][data-ui-busy]")).to_have_count(0)
    assert Escalation.objects.get().lease_until > before


def test_the_list_shows_who_is_at_each_case(desk):
    cases = [factories.escalation(now=timezone.now(), summary=f"Case {n}") for n in range(2)]
    lifecycle.claim(cases[1], by=factories.viewer("amara"), now=timezone.now())
    mine = live(desk(factories.person("dana"), "/inbox/?tab=team"))
    theirs = live(desk(factories.person("kofi")))
    theirs.locator(f"#row-{cases[0].id} > a").click()
    row, second = (mine.locator(f"#row-{case.id}") for case in cases)
    expect(row.get_by_role("img", name="Kofi Whitlock holds it, is looking at it")).to_be_visible()
    theirs.get_by_role("button", name="Respond").first.click()
    theirs.locator("#respond textarea").first.press_sequentially("Hello")
    typing = row.get_by_role("img", name="Kofi Whitlock holds it, is typing in it")
    expect(typing).to_be_visible()
    # Whoever looks at what another holds stands beside them, and a reload is told it anew.
    theirs.goto(f"/escalations/{cases[1].id}/")
    looking = second.get_by_role("img", name="Kofi Whitlock is looking at it")
    expect(looking).to_be_visible()
    expect(row.get_by_role("img", name="Kofi Whitlock holds it", exact=True)).to_be_visible()
    mine.reload()
    expect(looking).to_be_visible()
    theirs.close()
    expect(second.locator("[data-ui-viewer]")).to_have_count(0)
