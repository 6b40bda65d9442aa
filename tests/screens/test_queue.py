"""The list follows what happens, and nothing in it moves under a hand."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.inbox import rows as inbox_rows
from escalations.models import Escalation
from escalations.proposal.choices import Choice
from tests import factories
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return factories.person("dana")


def arrive(words: str, **keys):
    return factories.escalation(now=timezone.now(), summary=f"{words} for Inès Carvalho", **keys)


def rows(page):
    return page.get_by_role("list", name="Queue").get_by_role("listitem")


def is_live(page):
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")


def test_shows_a_new_case_without_a_reload(desk, dana):
    page = desk(dana)
    is_live(page)
    expect(page.get_by_text("Nothing is waiting for you").first).to_be_visible()
    arrive("Refund €184.00")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).get_by_role("link")).to_contain_text("Refund €184.00 for Inès Carvalho")


def test_holds_new_cases_behind_the_pill_while_somebody_is_in_the_list(desk, dana):
    arrive("First")
    page = desk(dana)
    is_live(page)
    page.keyboard.press("j")
    before = page.evaluate("document.activeElement.getBoundingClientRect().top")
    arrive("Second")
    arrive("Third")
    pill = page.get_by_role("button", name="2 new")
    expect(pill).to_be_visible()
    expect(rows(page)).to_have_count(1)
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") == before
    expect(page.locator("#announce")).to_have_text("2 new cases")
    pill.click()
    expect(rows(page)).to_have_count(3)


def test_takes_a_decided_case_from_everybody(desk, dana):
    """Dana's page moves on to the next case; as she may not decide it, it stays with Amara."""
    case = arrive("First")
    arrive("Second", requested={"excluded_reviewers": ["dana"]})
    theirs = desk(factories.person("amara"))
    is_live(theirs)
    mine = desk(dana, f"/escalations/{case.id}/")
    is_live(mine)
    mine.get_by_role("button", name="Approve").first.click()
    expect(theirs.get_by_role("link", name="First")).to_have_count(0)
    expect(theirs.get_by_role("link", name="Second")).to_have_count(1)


def test_never_goes_back_to_an_older_version(desk, dana):
    case = arrive("First")
    page = desk(dana)
    is_live(page)
    row = page.locator(f"#row-{case.id}")
    old = row.evaluate("row => row.outerHTML")
    frame = {"type": "row", "escalation": case.id, "rank": 1}
    tell = "async ([frame]) => (await import(document.querySelector('script[type=module]').src.replace('baton.js', 'live/live.js'))).connection.dispatchEvent(new CustomEvent('frame', {detail: frame}))"
    newer = old.replace('data-version="1"', 'data-version="9"').replace("First", "Newest")
    page.evaluate(tell, [frame | {"version": 9, "html": newer}])
    expect(row).to_contain_text("Newest")
    page.evaluate(tell, [frame | {"version": 1, "html": old}])
    expect(row).to_contain_text("Newest")
    assert json.loads(row.evaluate("row => row.dataset.version")) == 9


def test_goes_into_the_order_of_a_reload_once_no_hand_is_on_it(desk, dana):
    """The first case is put last while the focus is in the list, and two are due at one moment."""
    first, second, third = (arrive(f"Case {number}") for number in "123")
    page = desk(dana)
    is_live(page)
    row = page.locator(f"#row-{first.id}")
    row.get_by_role("link").focus()
    due = Escalation.objects.get(pk=third.pk).rank
    Escalation.objects.filter(pk=first.pk).update(rank=due + 1_000_000, version=2)
    Escalation.objects.filter(pk=second.pk).update(rank=due)
    tell = "async ([frame]) => (await import(document.querySelector('script[type=module]').src.replace('baton.js', 'live/live.js'))).connection.dispatchEvent(new CustomEvent('frame', {detail: frame}))"
    moved = inbox_rows.html(Escalation.objects.get(pk=first.pk))
    frame = {"type": "row", "tab": "mine", "escalation": first.id, "version": 2, "html": moved}
    page.evaluate(tell, [frame])
    expect(row).to_have_attribute("data-version", "2")
    expect(rows(page).first).to_contain_text("Case 1")
    page.evaluate("document.activeElement.blur()")
    expect(rows(page).last).to_contain_text("Case 1", timeout=10_000)
    live = rows(page).all_inner_texts()
    page.reload()
    assert [one.splitlines()[0] for one in rows(page).all_inner_texts()] == [
        one.splitlines()[0] for one in live
    ]


TOPS = "[...document.querySelectorAll('.q-row')].map((row) => [row.id, Math.round(row.getBoundingClientRect().top)])"


@pytest.mark.parametrize("width", [1440, 1024])
@pytest.mark.parametrize("hand", ["mouse", "keyboard"])
def test_an_offer_moves_no_row_under_a_hand(desk, dana, hand, width):
    """The row went to the top and grew by a line: all others went down by 195 px and back."""
    cases = [arrive(f"Case {number}") for number in "123"]
    page = desk(dana, width=width)
    is_live(page)
    first = page.locator(f"#row-{cases[0].id}").get_by_role("link")
    first.hover() if hand == "mouse" else first.focus()
    before = page.evaluate(TOPS)
    now = timezone.now()
    lifecycle.offer(cases[2], to=viewer_of(dana), until=now + timedelta(minutes=2), now=now)
    offered = page.locator(f"#row-{cases[2].id}")
    expect(offered).to_contain_text("yours to accept")
    assert page.evaluate(TOPS) == before
    page.mouse.move(900, 400) if hand == "mouse" else page.evaluate("document.activeElement.blur()")
    expect(rows(page).first).to_contain_text("Case 3", timeout=10_000)
    live = page.evaluate(TOPS)
    page.reload()
    assert [one for one, _ in page.evaluate(TOPS)] == [one for one, _ in live]


HANDS = {
    "reads": lambda page, beat: page.mouse.move(800 + beat % 2, 420),
    "writes": lambda page, beat: page.keyboard.press("x"),
}


@pytest.mark.parametrize("hand", HANDS)
def test_no_row_changes_its_place_while_a_hand_works_beside_the_list(desk, dana, hand):
    """The hand that left the case for a row of the list met another one there."""
    cases = [arrive(f"Case {number}") for number in "1234"]
    page = desk(dana, f"/escalations/{cases[0].id}/")
    is_live(page)
    if hand == "writes":
        page.get_by_role("button", name="Reject").locator("visible=true").click()
        page.get_by_role("dialog").locator("textarea").first.click()
    page.mouse.move(800, 420)
    before = page.evaluate(TOPS)
    now = timezone.now()
    lifecycle.offer(cases[2], to=viewer_of(dana), until=now + timedelta(minutes=2), now=now)
    lifecycle.cancel(cases[1], agent=cases[1].agent, now=now)
    # Longer than the list takes to put its rows in order by itself.
    for beat in range(65):
        HANDS[hand](page, beat)
        page.wait_for_timeout(100)
        assert page.evaluate(TOPS) == before
    expect(page.locator(f"#row-{cases[2].id}")).to_contain_text("yours to accept")
    expect(page.locator(f"#row-{cases[1].id}")).to_have_attribute("data-gone", "")
    expect(rows(page).first).to_contain_text("Case 3", timeout=10_000)
    expect(page.locator(f"#row-{cases[1].id}")).to_have_count(0)


def test_a_struck_row_says_no_longer_where_its_case_stood(desk, dana):
    case, _ = arrive("First", requested={"approvals_needed": 2}), arrive("Second")
    for number, name in enumerate(("amara", "sofia"), start=1):
        by, choice = factories.viewer(name), Choice("approve")
        lifecycle.decide(case, choice, by=by, version=number, reject_reasons=[], now=timezone.now())
        case.refresh_from_db()
        if number == 1:
            page = desk(dana)
            is_live(page)
            row = page.locator(f"#row-{case.id}")
            expect(row.get_by_text("waits for another person")).to_be_visible()
            row.hover()
    expect(row).to_have_attribute("data-gone", "")
    expect(row.get_by_text("waits for another person")).to_be_hidden()


def test_counts_change_in_place(desk, dana):
    """Dana's page moves on to the next case; as she may not decide it, it stays with Amara."""
    case = arrive("First")
    Escalation.objects.update(undo_s=60)
    arrive("Second", requested={"excluded_reviewers": ["dana"]})
    theirs = desk(factories.person("amara"))
    mine = desk(dana)
    for page in (theirs, mine):
        is_live(page)
        expect(page.locator(".nav [data-count=mine]")).to_have_text("2")
    mine.locator(f"#row-{case.id} > a").click()
    expect(theirs.locator(".tabs [data-count=team]")).to_have_text("1")
    expect(theirs.locator(".tabs [data-count=mine]")).to_have_text("1")
    mine.get_by_role("button", name="Approve").first.click()
    expect(mine.locator(".tabs [data-count=mine]")).to_have_text("1")
    mine.keyboard.press("z")
    expect(mine.locator(".tabs [data-count=mine]")).to_have_text("2")


def test_every_case_that_opens_is_kept_by_a_heartbeat(desk, dana):
    """The page sends heartbeats for what it marks as mine: the first case and the next one too."""
    first, second = arrive("Refund €10.00"), arrive("Refund €20.00")
    page = desk(dana)
    is_live(page)
    rows(page).first.get_by_role("link").click()
    expect(page.locator(f'#briefing[data-escalation="{first.id}"][data-mine]')).to_be_attached()
    press(page, "a")
    expect(page.locator(f'#briefing[data-escalation="{second.id}"][data-mine]')).to_be_attached()
    page.get_by_role("button", name="Release").first.click()
    expect(page.locator("#briefing[data-mine]")).to_have_count(0)
