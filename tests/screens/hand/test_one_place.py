"""All that Baton says of itself stands in one place, which covers nothing that somebody works with."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from routing.alerts import notices
from routing.attendance import presence
from routing.transfers import handovers
from tests import factories
from tests.screens.hand.pressing import press
from tests.screens.test_deciding import live, with_time_to_undo
from tests.screens.test_offers import offer

pytestmark = pytest.mark.django_db

ALERT = {"trigger": {"type": "emergency", "reason": "The customer smells gas."}}
# What somebody decides, reads or fills in, as far as it is in view, and lies under a message.
COVERED = """() => {
  const seen = (one) => {
    let { left, top, right, bottom } = one.getBoundingClientRect();
    for (let zone = one.parentElement; zone; zone = zone.parentElement) {
      if (!/auto|scroll/.test(getComputedStyle(zone).overflowY)) continue;
      const edge = zone.getBoundingClientRect();
      [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
      [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
    }
    return { left, top, right: Math.min(right, innerWidth), bottom: Math.min(bottom, innerHeight) };
  };
  const over = [...document.querySelectorAll("baton-messages > *")].filter((one) => one.checkVisibility()).map(seen);
  const under = ".acts .btn, .bottom-bar :is(.bt > *, .btn), .batch .btn, .tabs a, .jump a, #ask, .q-group, main input, main select, main textarea, table";
  return [...document.querySelectorAll(under)].filter((one) => one.checkVisibility()).filter((one) => {
    const box = seen(one);
    return box.right > box.left && box.bottom > box.top
      && over.some((m) => m.left < box.right - 1 && box.left < m.right - 1 && m.top < box.bottom - 1 && box.top < m.bottom - 1);
  }).map((one) => `${one.className} ${one.textContent.trim()}`.slice(0, 60));
}"""


def all_at_once(page, dana, held):
    """A toast with its undo, two offers, an alert, notices, a question for the case."""
    now = timezone.now()
    handovers.ask(held, by=viewer_of(factories.person("amara")), now=now)
    offer(dana)
    gas = offer(dana, **ALERT)
    notices.tell([dana.pk], "alert", f"{gas} needs a person at once.", escalation=gas, now=now)
    for number in range(3):
        notices.tell([dana.pk], "given", f"Notice {number} " + "is long " * 12, now=now)
    page.evaluate(
        "at => document.getElementById('toasts').show({said: 'Approved: refund €184.00 to Otto Lang',"
        " answer: {effective_at: at}, escalation: 'x', row: null})",
        (now + timedelta(seconds=60)).isoformat(),
    )
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator(".offers .offer")).to_have_count(2)
    expect(page.locator(".handovers li")).to_have_count(1)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_they_cover_nothing_and_one_card_at_most_is_open(desk, faults, width, height):
    dana = factories.person("dana")
    case = factories.escalation(now=timezone.now())
    page = live(desk(dana, width=width, height=height))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    case.refresh_from_db()
    if width > 832:
        page.locator(f"#row-{case.id} .pick").click()
        expect(page.locator(".batch")).to_be_visible()
    all_at_once(page, dana, case)
    shown = page.locator("baton-messages")
    expect(shown.locator("[data-more-messages]")).to_be_visible()
    expect(shown.locator("[data-ui-shown=card]")).to_have_count(1 if width > 832 else 0)
    expect(shown.locator("[data-ui-shown=line]")).to_have_count(1)
    assert page.evaluate(COVERED) == []
    assert faults(page) == []
    page.set_viewport_size({"width": width, "height": height})
    # Who is away is offered nothing; the rest stays.
    ruth = viewer_of(factories.person("ruth", "supervisor"))
    presence.set_state(dana, "away", by=ruth, now=timezone.now())
    expect(page.locator("#away .away-note")).to_have_count(1)
    expect(page.locator(".offers .offer:not(.over)")).to_have_count(0)
    assert page.evaluate(COVERED) == []


def test_what_the_bar_of_a_phone_says_anew_is_not_covered(desk):
    """It grew under the toast: how long is left and what it costs stood behind it."""
    dana, case = factories.person("dana"), factories.escalation(now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/", width=390, height=844))
    page.evaluate("document.getElementById('toasts').tell('Snoozed.')")
    expect(page.locator(".toast")).to_be_visible()
    page.evaluate("""() => {
      document.getElementById("briefing").dataset.uiFresh = "opened";
      document.querySelector(".bottom-bar .btn.primary").click();
    }""")
    expect(page.locator(".bottom-bar [data-hint]")).to_contain_text("Not done")
    page.evaluate(
        "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
    )
    assert page.evaluate(COVERED) == []


def test_a_message_leaves_the_undo_of_what_was_decided(desk):
    """“Nothing waits” stood in its place, and it left without a way back."""
    dana, case = (
        factories.person("dana"),
        with_time_to_undo(factories.escalation(now=timezone.now())),
    )
    page = live(desk(dana, f"/escalations/{case.id}/"))
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Leaves in")
    press(page, "n")
    expect(page.locator(".toast")).to_have_count(2)
    expect(page.locator(".toast").last).to_contain_text("Nothing waits that you could take.")
    press(page, "z")
    expect(page.locator(f'#briefing[data-mine][data-escalation="{case.id}"]')).to_be_visible()
    case.refresh_from_db()
    assert case.state == "held"


def test_one_message_takes_its_own_room_and_no_more(desk):
    """A part that was empty took its gap as well."""
    case = with_time_to_undo(factories.escalation(now=timezone.now()))
    page = live(desk(factories.person("dana"), f"/escalations/{case.id}/", width=390, height=844))
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Leaves in")
    around = "() => document.querySelector('.messages').offsetHeight - document.querySelector('.toast').offsetHeight"
    assert page.evaluate(around) <= 17


def test_the_open_row_is_not_behind_what_was_said(desk):
    """The toast came over the row that had just been opened at the end of the list."""
    dana = factories.person("dana")
    cases = [
        with_time_to_undo(factories.escalation(now=timezone.now(), summary=f"Refund {number}"))
        for number in range(9)
    ]
    page = live(desk(dana))
    end = page.locator(".q-scroll").evaluate("list => list.getBoundingClientRect().bottom")
    boxes = [page.locator(f"#row-{case.id}").bounding_box() for case in cases]
    last = max(n for n, box in enumerate(boxes) if box["y"] + box["height"] <= end)
    page.locator(f"#row-{cases[last - 1].id} > a").click()
    press(page, "a")
    expect(page.locator(".toast")).to_contain_text("Leaves in")
    row = page.locator(f"#row-{cases[last].id}[data-opened]")
    expect(row).to_be_visible()
    page.wait_for_timeout(300)
    box, said = row.bounding_box(), page.locator(".messages").bounding_box()
    assert box["y"] + box["height"] <= said["y"] + 1


@pytest.mark.parametrize(("width", "height"), [(720, 450), (390, 844)])
def test_a_message_leaves_the_field_in_view_that_somebody_types_in(desk, width, height):
    """At 200 % zoom a notice took a third of the window, and Tab led to a field under it."""
    dana = factories.person("dana")
    case = factories.escalation(now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    page.locator(".bottom-bar").get_by_role("button", name="More").click()
    page.get_by_role("dialog").get_by_role("button", name="Edit").click()
    fields = page.locator("#edit :is(input, textarea):not([type=hidden])").locator("visible=true")
    fields.first.focus()
    for number in range(2):
        words = f"BTN-{number} is due soon. Nobody was there who may take it."
        notices.tell([dana.pk], "warn", words, escalation=None, now=timezone.now())
    expect(page.locator(".notice[data-ui-shown=line]")).to_be_visible()
    expect(page.locator("[data-more-messages]")).to_have_text("1 more")
    share = page.locator(".messages").evaluate("said => said.offsetHeight / innerHeight")
    assert share < 0.25
    for _ in range(fields.count()):
        page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 50)))")
        end = page.locator(".messages").bounding_box()["y"]
        box = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        # Of a field of many lines the one that is written in.
        assert min(box["bottom"], box["top"] + 60) <= end + 1
        page.keyboard.press("Tab")
