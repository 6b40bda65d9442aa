"""An offer on the screen: it arrives beside what one does, and leaves with a reason."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.models import User
from escalations import lifecycle
from escalations.models import Escalation
from routing.alerts import notices
from routing.attendance import presence
from routing.models import Duty, Notice, Offer, Team
from routing.offers import making
from tests import factories
from tests.screens.hand import places

pytestmark = pytest.mark.django_db


def live(page):
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


def offer(to, *, ring=0, **package):
    """As dispatch makes it: the case moves, and the row with its sentence is kept."""
    now = timezone.now()
    case = factories.escalation(now=now - timedelta(minutes=5), **package)
    until = now + timedelta(minutes=5)
    case = lifecycle.offer(case, to=factories.viewer_of(to), until=until, now=now)
    Offer.objects.create(
        escalation=case,
        person=to,
        offered_at=now,
        until=until,
        ring=ring,
        why="12 min to its deadline: waiting costs most on this one, and you fit best of all who can be asked just now (about 4 min of work).",
    )
    making._tell(to.pk, case)
    return case


def card(page, case):
    return page.locator(f'.offers .offer[data-escalation="{case.id}"]')


def test_an_offer_arrives_while_somebody_types_and_takes_nothing_from_them(desk):
    kofi = factories.person("kofi")
    page = live(desk(kofi))
    page.locator(".q-filter summary").click()
    search = page.get_by_role("searchbox", name="Search").first
    search.press_sequentially("Inès Car")
    case = offer(kofi)
    expect(card(page, case)).to_be_visible()
    search.press_sequentially("valho o1")
    expect(search).to_be_focused()
    expect(search).to_have_value("Inès Carvalho o1")
    expect(card(page, case)).to_contain_text("Why you: 12 min to its deadline")
    expect(page.locator("#announce")).to_contain_text("Offered to you: Refund €184.00")
    first = page.locator(".q-row").first
    expect(first).to_have_attribute("data-escalation", case.id)
    expect(first.locator(".to-me")).to_be_visible()
    expect(first.locator(".to-them")).to_be_hidden()


def test_accepting_by_keyboard_opens_the_case_in_place(desk):
    kofi = factories.person("kofi")
    page = live(desk(kofi))
    case = offer(kofi)
    expect(card(page, case)).to_be_visible()
    page.keyboard.press("o")
    expect(card(page, case).get_by_role("button", name="Accept")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", case.id)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(card(page, case)).to_have_count(0)
    assert (Escalation.objects.get().held_by, Offer.objects.get().outcome) == (kofi, "accepted")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_what_answers_an_offer_stands_still_as_more_comes_and_goes(desk, width, height):
    """Accept and Decline went up and down by 36 px with the line that said "1 more"."""
    kofi = factories.person("kofi")
    page = live(desk(kofi, width=width, height=height))
    accept = card(page, offer(kofi)).get_by_role("button", name="Accept")
    expect(accept).to_be_visible()
    before = accept.bounding_box()
    notices.tell([kofi.pk], "given", "Something else", now=timezone.now())
    expect(page.locator("[data-more-messages]")).to_be_visible()
    assert accept.bounding_box() == before
    Notice.objects.all().delete()
    page.reload()
    expect(accept).to_be_visible()
    expect(page.locator("[data-more-messages]")).to_be_hidden()
    assert accept.bounding_box() == before


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (720, 450), (390, 844)])
def test_accepting_the_open_case_moves_nothing_that_decides(desk, width, height):
    """It asks in the place of the lease, where a rail is shown, and no card lies over the brief."""
    kofi = factories.person("kofi")
    case = offer(kofi)
    page = live(desk(kofi, f"/escalations/{case.id}/", width=width, height=height))
    places.watch(page)
    asked = card(page, case)
    if width > 832:
        expect(asked).to_be_hidden()
        asked = page.get_by_role("group", name="Yours to accept")
    expect(asked).to_be_visible()
    assert asked.bounding_box()["height"] < 64
    expect(page.locator("#briefing:not([data-ui-fresh])")).to_be_attached()
    asked.get_by_role("button", name="Accept").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(card(page, case)).to_have_count(0)
    assert len(places.seen(page)) > 2
    assert places.moved(page) == {}


@pytest.mark.parametrize("how", ["key", "click"])
def test_opening_what_is_offered_accepts_it(desk, how):
    kofi = factories.person("kofi")
    page = live(desk(kofi))
    case = offer(kofi)
    expect(card(page, case)).to_be_visible()
    if how == "key":
        page.keyboard.press("j")
        page.keyboard.press("Enter")
    else:
        page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", case.id)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(page.locator("#briefing .lease").first).to_contain_text("Yours")
    expect(card(page, case)).to_have_count(0)
    assert (Escalation.objects.get().held_by, Offer.objects.get().outcome) == (kofi, "accepted")


def test_accepting_on_another_page_goes_to_the_case(desk):
    kofi = factories.person("kofi")
    page = live(desk(kofi, "/metrics/"))
    case = offer(kofi)
    card(page, case).get_by_role("button", name="Accept").click()
    expect(page).to_have_url(f"/escalations/{case.id}/")
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")


def test_declining_by_keyboard_keeps_the_reason_and_gives_the_hand_back(desk):
    kofi, other = factories.person("kofi"), factories.escalation(now=timezone.now())
    page = live(desk(kofi))
    page.keyboard.press("j")
    expect(page.locator(f"#row-{other.id} > a")).to_be_focused()
    case = offer(kofi)
    expect(card(page, case)).to_be_visible()
    page.keyboard.press("o")
    page.keyboard.press("D")
    expect(card(page, case).get_by_role("button", name="Not my skill")).to_be_focused()
    page.keyboard.press("3")
    expect(card(page, case)).to_have_count(0)
    expect(page.locator(f"#row-{other.id} > a")).to_be_focused()
    made = Offer.objects.get()
    assert (made.outcome, made.reason, Escalation.objects.get(pk=case.pk).state) == (
        "declined", "conflict", "waiting",
    )  # fmt: skip


def test_without_single_keys_an_offer_hears_none(desk):
    kofi = factories.person("kofi")
    User.objects.filter(pk=kofi.pk).update(single_keys=False)
    page = live(desk(kofi))
    case = offer(kofi)
    card(page, case).get_by_role("button", name="Accept").focus()
    page.keyboard.press("d")
    expect(card(page, case).locator(".offer-decline")).to_be_hidden()
    card(page, case).get_by_role("button", name="Decline").press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    expect(card(page, case).locator(".offer-decline")).to_be_hidden()
    assert Offer.objects.get().outcome == "open"


def test_own_words_go_with_the_reason(desk):
    kofi = factories.person("kofi")
    page = live(desk(kofi))
    case = offer(kofi)
    card(page, case).get_by_role("button", name="Decline").click()
    card(page, case).get_by_label("In your own words").fill("He is my landlord")
    page.keyboard.press("Enter")
    card(page, case).get_by_role("button", name="Another reason").click()
    expect(card(page, case)).to_have_count(0)
    assert case.remarks.get().text == "He is my landlord"


@pytest.mark.parametrize(("width", "height"), [(390, 844), (900, 800), (1024, 768)])
def test_what_was_decided_never_covers_the_answer_to_an_offer(desk, width, height):
    kofi, now = factories.person("kofi"), timezone.now()
    page = live(desk(kofi, width=width, height=height))
    case = offer(kofi)
    expect(card(page, case)).to_be_visible()
    page.evaluate(
        "at => document.getElementById('toasts').show({said: 'Approved: refund €184.00 to Otto Lang',"
        " answer: {effective_at: at}, escalation: 'x', row: null})",
        (now + timedelta(seconds=60)).isoformat(),
    )
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    card(page, case).get_by_role("button", name="Decline").click()
    card(page, case).get_by_role("button", name="Decline").click()
    card(page, case).get_by_role("button", name="Accept").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")


def test_an_offer_that_nobody_answers_says_so_and_leaves(desk):
    kofi = factories.person("kofi")
    page = live(desk(kofi))
    case = offer(kofi)
    expect(card(page, case)).to_be_visible()
    lifecycle.end_offer(case, now=timezone.now() + timedelta(minutes=6))
    said = page.locator(".offers .over")
    expect(said).to_contain_text(f"{case.case_number} is no longer offered to you.")
    expect(said).to_contain_text("You did not answer in time")
    expect(card(page, case)).to_have_count(0)


def test_row_card_and_rail_tell_one_time_also_when_it_is_prolonged(desk):
    kofi = factories.person("kofi")
    case = offer(kofi)
    page = live(desk(kofi, f"/escalations/{case.id}/"))
    until = case.offer_until + timedelta(minutes=2)
    lifecycle.prolong(case, whose=kofi.pk, until=until, now=timezone.now())
    presence._hint(kofi.pk, "offer")
    page.wait_for_function(
        """until => [".q-row .offered", ".zone-rail .asks", ".offers .offer-top"].every((place) =>
          Math.floor(Date.parse(document.querySelector(`${place} baton-clock`)?.dataset.until) / 1000) === until)""",
        arg=int(until.timestamp()),
    )


def test_what_is_over_counts_nothing(desk):
    kofi = factories.person("kofi")
    page = live(desk(kofi))
    case = offer(kofi)
    row = page.locator(f"#row-{case.id}")
    row.hover()
    chip = row.locator(".offered baton-clock")
    # Again and again, because a row that is drawn anew has its own end.
    page.wait_for_function(
        "name => { const chips = [...document.querySelectorAll(`#row-${name} .offered baton-clock`)];"
        " const past = new Date(Date.now() - 5000).toISOString();"
        " for (const one of chips) one.dataset.until = past;"
        " return chips.length > 0 && chips.every((one) => one.textContent.trim() === '0:00'); }",
        arg=case.id,
    )
    lifecycle.cancel(case, agent="mira", now=timezone.now())
    expect(row).to_have_attribute("data-gone", "")
    expect(row.locator(".clock")).to_be_hidden()
    expect(chip).to_be_hidden()


def test_what_the_agent_cancels_leaves_with_that_reason(desk):
    kofi = factories.person("kofi")
    page = live(desk(kofi))
    case = offer(kofi)
    expect(card(page, case)).to_be_visible()
    lifecycle.cancel(case, agent="mira", now=timezone.now())
    expect(page.locator(".offers .over")).to_contain_text("The agent took it back")


def test_a_supervisor_takes_an_offered_case_while_the_other_looks(desk):
    kofi, ruth = factories.person("kofi"), factories.person("ruth", "supervisor")
    mine, theirs = live(desk(kofi)), live(desk(ruth, "/inbox/?tab=team"))
    case = offer(kofi)
    expect(card(mine, case)).to_be_visible()
    row = theirs.locator(f"#row-{case.id}")
    expect(row.locator(".to-them")).to_be_visible()
    expect(row.locator(".to-me")).to_be_hidden()
    expect(row.locator(".to-them")).to_have_text("for Kofi to accept, ")
    row.locator("> a").click()
    theirs.locator(".zone-rail").get_by_role("button", name="Take it now").click()
    expect(theirs.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(mine.locator(".offers .over")).to_contain_text("A supervisor took it.")


def test_of_several_offers_one_stands_and_the_rest_is_counted(desk):
    kofi = factories.person("kofi")
    page = live(desk(kofi))
    cases = [offer(kofi) for _ in range(4)]
    expect(page.locator(".offers .offer")).to_have_count(4)
    expect(page.locator(".offers .offer:visible")).to_have_count(1)
    page.get_by_role("button", name="3 more").click()
    expect(page.locator(".offers .offer:visible")).to_have_count(4)
    expect(page.locator(".q-row").nth(3)).to_have_attribute("data-escalation", cases[3].id)


def test_offers_are_read_again_on_every_connect(desk, server):
    kofi = factories.person("kofi")
    case = offer(kofi)
    page = live(desk(kofi, "/profile/"))
    expect(card(page, case)).to_be_visible()
    page.reload()
    expect(card(page, case)).to_be_visible()
    expect(card(page, case).get_by_text("Second choice")).to_have_count(0)


def test_without_a_socket_the_form_works(desk):
    kofi = factories.person("kofi")
    page = live(desk(kofi))
    case = offer(kofi)
    expect(card(page, case)).to_be_visible()
    page.route_web_socket("**/ws/", lambda socket: socket.close())
    page.reload()
    expect(page.locator("baton-live")).to_have_attribute("data-state", "reconnecting")
    card(page, case).get_by_role("button", name="Accept").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")


def test_without_a_script_the_page_of_offers_works(desk):
    kofi = factories.person("kofi")
    case = offer(kofi, ring=1)
    page = desk(kofi, java_script_enabled=False)
    page.get_by_role("link", name="Offers").click()
    expect(page.get_by_text("Second choice")).to_be_visible()
    page.get_by_role("button", name="Decline: Too much at once").click()
    expect(page).to_have_title("Inbox, 1 for you · Baton")
    assert (Escalation.objects.get().state, Offer.objects.get().reason) == ("waiting", "busy")
    expect(page.locator(".q-row")).to_contain_text(case.case_number)


def test_the_page_of_offers_follows_its_answers(desk):
    kofi = factories.person("kofi")
    first, second = offer(kofi), offer(kofi)
    page = live(desk(kofi, "/offers/"))
    here = page.locator("main .offer")
    here.filter(has_text=first.case_number).get_by_role("button", name="Not my skill").click()
    expect(here).to_have_count(1)
    live(page)
    here.get_by_role("button", name="Accept").click()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", second.id)


def test_answering_in_the_briefing(desk):
    kofi = factories.person("kofi")
    case = offer(kofi)
    page = live(desk(kofi, f"/escalations/{case.id}/"))
    rail = page.locator(".zone-rail")
    expect(rail).to_contain_text("Yours to accept: answer within ")
    expect(rail).to_contain_text("Why you")
    rail.get_by_role("button", name="Decline").click()
    page.keyboard.press("2")
    expect(card(page, case)).to_have_count(0)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "waiting")
    assert Offer.objects.get().reason == "busy"


def test_take_next_by_key_holds_the_best_case(desk):
    kofi = factories.person("kofi")
    case = factories.escalation(now=timezone.now())
    page = live(desk(kofi))
    expect(page.get_by_role("button", name="Take next")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", case.id)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    page.keyboard.press("n")
    expect(page.locator("#toasts")).to_contain_text("Nothing waits that you could take.")


def test_an_empty_inbox_says_why_nothing_comes(desk):
    kofi = factories.person("kofi")
    presence.set_state(kofi, "away", by=factories.viewer_of(kofi), now=timezone.now())
    page = live(desk(kofi))
    expect(page.locator("#queue .empty")).to_contain_text("You are away.")
    presence.set_state(kofi, "present", by=factories.viewer_of(kofi), now=timezone.now())
    expect(page.locator("#queue .empty")).not_to_contain_text("You are away.")


def test_who_is_only_offered_work_has_no_take_next(desk):
    kofi = factories.person("kofi")
    team = Team.objects.create(name="Refunds", mode=Team.Mode.PUSH)
    Duty.objects.update_or_create(person=kofi, defaults={"team": team})
    page = live(desk(kofi))
    expect(page.get_by_role("button", name="Take next")).to_have_count(0)


def test_a_waiting_case_says_why_nobody_has_it(desk):
    case = factories.escalation(now=timezone.now())
    page = live(desk(factories.person("vera", "auditor"), f"/escalations/{case.id}/"))
    expect(page.locator("#why-nobody p")).to_have_text("Nobody who takes offers is on shift.")


def test_a_visit_finds_nothing_on_an_offer(desk, faults):
    kofi = factories.person("kofi")
    page = live(desk(kofi))
    first, second = offer(kofi, ring=1), offer(kofi)
    expect(card(page, second)).to_have_count(1)
    expect(card(page, first)).to_be_visible()
    found = faults(page)
    card(page, first).get_by_role("button", name="Decline").click()
    expect(card(page, second)).to_be_hidden()
    found += faults(page)
    page.goto("/offers/")
    assert found + faults(page) == []
