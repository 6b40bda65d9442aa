"""Of many cases each is on the screen to its last line before any of them leaves."""

import orjson
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Decision
from tests.escalations.batch.test_preflight import refund
from tests.factories import person
from tests.screens.device.test_every_call import SIZES

pytestmark = pytest.mark.django_db

HELD = "Not done: what is asked was out of view. Look at it and press again."
NAMES = ("Ann", "Ben", "Cleo", "Dan")
LONG = " ".join(f"word{n}" for n in range(120))
# For each row that would leave, which pixels of it the dialog shows; none of what a cell cuts.
SHOWN = """() => [...document.querySelectorAll("#batch-table tr[data-case]:not([data-out])")].map((row) => {
  const dialog = row.closest("dialog").getBoundingClientRect();
  const foot = row.closest("form").querySelector("footer").getBoundingClientRect();
  const { top, bottom, height } = row.getBoundingClientRect();
  const isCut = [...row.querySelectorAll("pre, .txt")].some((one) => one.scrollHeight > one.clientHeight + 1);
  const end = Math.min(innerHeight, foot.top);
  return [row.dataset.case, Math.round(Math.max(0, dialog.top - top)), Math.round(Math.min(bottom, end) - top),
    isCut ? Infinity : Math.round(height)];
})"""


def case(name):
    return refund(
        now=timezone.now(),
        context={"conversation": {"messages": [{"role": "customer", "text": "Where is it?"}]}},
        draft_response={"text": f"Dear {name}. {LONG}", "language": "en"},
    )


def revised(case, text):
    """The same case with another reply, as its agent revises it."""
    package = case.packages.get()
    package.pk = None
    document = package.document
    document["draft_response"]["text"] = text
    package.received, package.expanded = orjson.dumps(document).decode(), ""
    lifecycle.revise(case, package, {}, agent="mira", now=timezone.now())


class Table:
    """The table of many, and what of each row was on the screen, look by look."""

    def __init__(self, page, hand):
        self.page, self._hand, self._rows, self._whole = page, hand, {}, {}

    def look(self):
        expect(self.page.locator("#batch-dialog[data-ui-fresh]")).to_have_count(0)
        for name, start, end, height in self.page.evaluate(SHOWN):
            self._rows.setdefault(name, set()).update(range(start, end))
            self._whole[name] = height

    def press(self):
        if self._hand == "keyboard":
            self.page.keyboard.press("a")
        else:
            self.page.locator("#batch-dialog [data-batch-key=a]").click()

    def press_until_decided(self):
        for presses in range(1, 30):
            self.look()
            said = self.page.locator("#batch-table [data-stray]")
            said.evaluate("one => { one.textContent = ''; }")
            self.press()
            expect(
                self.page.locator("#batch-results").or_(said.filter(has_text=HELD))
            ).to_be_visible()
            if self.page.locator("#batch-results").count():
                return presses
            assert not Decision.objects.exists()
        return None

    def share(self, name):
        return len(self._rows[name]) / self._whole[name]


def opened(desk, hand, **size):
    page = desk(person("dana"), "/inbox/", **size)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.locator(".family button").first.click()
    expect(page.locator("#batch-dialog").get_by_text("Ready").first).to_be_visible()
    return Table(page, hand)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("hand", ["mouse", "keyboard"])
def test_each_of_many_cases_is_seen_whole_before_they_leave(desk, width, height, hand):
    cases = [case(name) for name in NAMES]
    table = opened(desk, hand, width=width, height=height)
    assert table.press_until_decided() > 1
    assert Decision.objects.count() == len(cases)
    for one in cases:
        assert table.share(one.id) > 0.95, one.case_number


@pytest.mark.parametrize("hand", ["mouse", "keyboard"])
def test_a_row_that_changed_above_is_brought_back_before_it_leaves(desk, hand):
    cases = [case(name) for name in NAMES]
    table = opened(desk, hand, width=1024, height=768)
    dialog = table.page.locator("#batch-dialog")
    first = dialog.locator("tr[data-case]").first
    changed = next(one for one in cases if one.id == first.get_attribute("data-case"))
    dialog.evaluate("one => one.scrollTo(0, one.scrollHeight)")
    revised(changed, "Dear customer, €12.00 is on its way to somebody else.")
    expect(first).to_contain_text("to somebody else")
    dialog.evaluate("one => one.scrollTo(0, one.scrollHeight)")
    table.press_until_decided()
    assert table.share(changed.id) > 0.95
    assert Decision.objects.count() == len(cases)
