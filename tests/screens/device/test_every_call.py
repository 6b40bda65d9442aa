"""Of many calls each is on the screen to its last line before any of them leaves."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Decision
from tests import factories
from tests.screens.hand.pressing import press
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

SIZES = [(1440, 900), (1024, 768), (720, 450), (390, 844)]
ITEMS = [{"sku": f"HP-{n}0417", "qty": n + 1} for n in range(20)]
CALLS = {
    "tag_order": {"order": "HP-77"},
    "ship_again": {"order": "HP-77", "items": ITEMS},
    "close_ticket": {"ticket": "T-12"},
    "add_note": {"text": " ".join(f"word{n}" for n in range(150))},
}
# For each call that is shown raw, which pixels of it the window shows.
SHOWN = """() => [...document.querySelectorAll("#proposal .steps > li .raw pre")].map((call) => {
  if (!call.checkVisibility()) return null;
  const { top, bottom, height } = call.getBoundingClientRect();
  const bars = [...document.querySelectorAll(".bottom-bar")].map((bar) => bar.getBoundingClientRect());
  const ends = bars.filter((bar) => bar.height).map((bar) => bar.top);
  const pane = document.getElementById("case").getBoundingClientRect();
  const end = Math.min(innerHeight, pane.bottom, ...ends);
  return [Math.round(Math.max(0, -top)), Math.round(Math.min(bottom, end) - top), Math.round(height)];
})"""
# For each step that is cut nowhere, which pixels of it the window shows.
STEPS = """() => [...document.querySelectorAll("#proposal .steps > li")].map((step) => {
  const cut = [...step.querySelectorAll(".clamp:not([data-ui-whole]) > .more:not([open])")];
  if (!step.checkVisibility() || cut.some((one) => one.checkVisibility())) return null;
  const { top, bottom, height } = step.getBoundingClientRect();
  const head = document.querySelector(".case-bar").getBoundingClientRect().bottom;
  const ends = [...document.querySelectorAll(".bottom-bar")].map((bar) => bar.getBoundingClientRect());
  const pane = document.getElementById("case").getBoundingClientRect();
  const end = Math.min(innerHeight, pane.bottom, ...ends.filter((bar) => bar.height).map((bar) => bar.top));
  return [Math.round(Math.max(0, head - top)), Math.round(Math.min(bottom, end) - top), Math.round(height)];
})"""
LINE_PX = 16
HINT = "#briefing [data-hint] >> visible=true"


class Seen:
    """What of each call was on the screen, look by look."""

    def __init__(self, page, script=SHOWN):
        self._page, self._script, self._rows, self._looks = page, script, {}, {}

    def look(self):
        for number, shown in enumerate(self._page.evaluate(self._script)):
            if shown is not None:
                if self._rows.get((number, "of"), shown[2]) != shown[2]:
                    # It became another: what was seen before stood elsewhere in it.
                    self._rows[number] = set()
                    self._looks[number] = []
                self._rows.setdefault(number, set()).update(range(shown[0], shown[1]))
                self._looks.setdefault(number, []).append((shown[0], shown[1]))
                self._rows[number, "of"] = shown[2]

    def of(self, number):
        """The share of that call, 0 where it was never drawn."""
        whole = self._rows.get((number, "of"), 0)
        return len(self._rows[number]) / whole if whole else 0

    def lines_cut(self, number):
        """Where in that call a line would stand that no look had from its head to its foot."""
        looks, whole = self._looks[number], self._rows[number, "of"]
        tops = range(whole - LINE_PX)
        return [at for at in tops if not any(a <= at and at + LINE_PX <= b for a, b in looks)]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("hand", ["mouse", "keyboard"])
def test_each_of_many_calls_is_seen_whole_before_they_leave(desk, dana, width, height, hand):
    case = factories.escalation(
        now=timezone.now(),
        summary="Send it again?",
        proposed_actions=[
            {"id": f"a{n}", "name": name, "args": args}
            for n, (name, args) in enumerate(CALLS.items())
        ],
    )
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    seen = Seen(page)
    pressed(page, hand, seen, 14)
    for number, name in enumerate(CALLS):
        if name in {"ship_again", "add_note"}:
            assert seen.of(number) > 0.95, name


def pressed(page, hand, seen, times):
    """Approve is pressed until it counts, and what was on the screen noted before each press."""
    for _ in range(times):
        expect(page.locator("#briefing:is([data-ui-fresh], [inert])")).to_have_count(0)
        seen.look()
        if hand == "keyboard":
            press(page, "a")
        else:
            page.locator(
                "#briefing :is(.acts, .bottom-bar) form[data-command=approve] button"
            ).locator("visible=true").first.click()
        expect(page.locator(f".toast, {HINT}").first).to_be_visible()
        page.wait_for_timeout(250)
        if Decision.objects.exists():
            break
    assert Decision.objects.exists()


def words(count):
    return " ".join(f"word{n}" for n in range(count))


LETTERS = {
    # What the first press opens last is the longest: it was gone to at once, past all the others.
    "the last is long": [{f"f{n}": words(60 if last else 12) for n in range(5)} for last in (0, 0, 1)],
    "beside a reply": [{"to": "Ines", "order": "HP-77"}, {"to": "Ann", "order": "HP-78"}],
}  # fmt: skip


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("letters", LETTERS)
def test_what_opens_above_the_window_is_gone_back_to(desk, dana, width, height, letters):
    case = factories.escalation(
        now=timezone.now(),
        summary="Send the letters?",
        proposed_actions=[
            {"id": f"a{n}", "name": "send_letter", "args": args}
            for n, args in enumerate(LETTERS[letters])
        ],
        **({"draft_response": {"text": words(60)}} if letters == "beside a reply" else {}),
    )
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    seen = Seen(page, STEPS)
    pressed(page, "keyboard", seen, 30)
    for number in range(len(LETTERS[letters])):
        assert seen.of(number) > 0.9, number


@pytest.mark.parametrize("count", [80, 100, 120, 160, 240])
def test_no_line_of_a_long_text_falls_between_two_looks(desk, dana, count):
    """Above the toast of the case before a small window has 200 px, and the line that its foot cut
    was above its head at the next press."""
    letter = {"id": "a1", "name": "send_letter", "args": {"text": words(count)}}
    first = factories.escalation(now=timezone.now(), summary="First")
    second = factories.escalation(
        now=timezone.now(), proposed_actions=[letter], draft_response={"text": words(100)}
    )
    page = live(desk(dana, f"/escalations/{first.id}/", width=720, height=450))
    for _ in range(3):
        press(page, "a")
        page.wait_for_timeout(250)
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", second.id)
    seen = Seen(page, STEPS.replace('".bottom-bar"', '".bottom-bar, .messages"'))
    for _ in range(40):
        if Decision.objects.count() == 2:
            break
        expect(page.locator("#briefing:is([data-ui-fresh], [inert])")).to_have_count(0)
        seen.look()
        press(page, "a")
        page.wait_for_timeout(250)
    assert Decision.objects.count() == 2
    assert seen.lines_cut(0) == []
