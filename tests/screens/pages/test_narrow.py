"""Where there is little room, what is read first keeps its place."""

import pytest
from django.utils import timezone

from routing.alerts import notices
from tests import factories
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

TOPS = "links => new Set(links.map((link) => link.getBoundingClientRect().top)).size"
KIND = """([row, chips]) => {
  const meta = document.querySelector(`#row-${row} .meta`), name = meta.querySelector(".txt");
  meta.querySelector(".kind").textContent = "Account recovery";
  for (const words of chips) name.insertAdjacentHTML("afterend", `<span class="chip">${words}</span>`);
  return meta.querySelector(".kind").getBoundingClientRect().width;
}"""


@pytest.mark.parametrize("width", [840, 1024, 1247])
def test_the_tabs_of_the_list_stand_in_one_line_whatever_they_count(desk, dana, width):
    page = live(desk(dana, width=width, height=768))
    page.locator(".q-head .tabs .n").evaluate_all(
        "all => all.forEach((n) => { n.textContent = 145; })"
    )
    assert page.locator(".q-head .tabs:not(.saved) a").evaluate_all(TOPS) == 1


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_the_task_type_of_a_row_is_read_beside_any_chips(desk, dana, width):
    case = factories.escalation(now=timezone.now())
    page = live(desk(dana, width=width, height=844))
    chips = ["for Bartholomew to accept, 0:25", "2 people", "3 calls, last: nobody answered"]
    for n in range(len(chips) + 1):
        page.reload()
        assert page.evaluate(KIND, [case.id, chips[:n]]) >= 44


def test_on_a_phone_how_many_more_messages_there_are_stands_beside_the_one(desk, dana):
    for number in range(3):
        notices.tell([dana.pk], "given", f"Notice {number} of them", now=timezone.now())
    page = live(desk(dana, width=390, height=844))
    line, more = page.locator("[data-ui-shown=line]"), page.locator("[data-more-messages]")
    line.wait_for()
    one, other = line.bounding_box(), more.bounding_box()
    assert one["y"] < other["y"] + other["height"]
    assert other["y"] < one["y"] + one["height"]
    assert one["x"] + one["width"] <= other["x"]
