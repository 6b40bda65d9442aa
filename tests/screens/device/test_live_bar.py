"""While somebody talks, the field in which they write lies under no bar, at every size."""

import pytest
from django.utils import timezone

from escalations import lifecycle
from tests import factories
from tests.screens.device.test_every_call import SIZES
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

# Of the field and of the button that sends it: whether it is on the screen and nothing lies over it.
REACHED = """() => [...document.querySelectorAll(".composer :is(textarea, button)")].map((one) => {
  const { left, top, right, bottom } = one.getBoundingClientRect();
  const isIn = top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth;
  const points = [[left + 4, top + 4], [right - 4, bottom - 4], [(left + right) / 2, (top + bottom) / 2]];
  return [one.tagName, isIn, points.every(([x, y]) => one.contains(document.elementFromPoint(x, y)))];
})"""


@pytest.mark.parametrize(("width", "height"), [*SIZES, (1100, 640)])
def test_the_field_of_who_talks_lies_under_no_bar(desk, dana, width, height):
    case, me = factories.escalation(now=timezone.now()), factories.viewer_of(dana)
    case = lifecycle.take_over(case, by=me, version=1, now=timezone.now())
    for number in range(12):
        lifecycle.hear(
            case, f"Message {number}", their_id="", author="Inès", agent="mira", now=timezone.now()
        )
        lifecycle.say(case, f"Answer {number}", by=me, now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    field = page.get_by_role("textbox", name="To Inès Carvalho")
    field.focus()
    page.keyboard.type("Hello")
    assert page.evaluate(REACHED) == [["TEXTAREA", True, True], ["BUTTON", True, True]]
