"""Countdowns follow the server's clock, and promise no more than there is."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db
TOLD = """async (late) => {
  const entry = document.querySelector("script[type=module]").src;
  const { now, setServerNow } = await import(entry.replace("baton.js", "live/time.js"));
  for (const seconds of late) setServerNow(new Date(Date.now() - seconds * 1000).toISOString());
  return Math.round((now() - Date.now()) / 1000);
}"""
# Whatever the page was told before it is forgotten with this.
SET = -7200


@pytest.mark.parametrize(
    ("late", "ahead"),
    [
        ([4, 0], 0),
        ([0, 4], 0),
        ([4, 0, 30, 2], 0),
        ([3600], -3600),
        ([0, 3600], -3600),
        ([3600, 0], 0),
    ],
)
def test_a_frame_that_was_held_up_promises_no_time(desk, late, ahead):
    page = desk(factories.person("dana"), "/inbox/")
    assert page.evaluate(TOLD, [SET, *late]) == ahead
