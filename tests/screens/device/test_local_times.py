"""Nobody sees a time of the server's zone, not for one frame, whatever is drawn anew."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Escalation
from tests.factories import escalation, person, viewer

pytestmark = pytest.mark.django_db
# Looked at in each frame: what still says what the server wrote, in words or as the hour in UTC.
WATCHED = """() => {
  window.foreign = new Set();
  const hour = (iso) => new Date(iso).toISOString().slice(11, 16);
  const look = () => {
    for (const one of document.querySelectorAll("baton-time time, baton-ago time"))
      if (one.textContent.includes(hour(one.dateTime))) window.foreign.add(one.parentElement.outerHTML);
    for (const one of document.querySelectorAll("baton-clock[data-until]")) {
      const words = (one.querySelector(".t") ?? one).textContent;
      if (words.includes(hour(one.dataset.until)) || words.includes("until")) window.foreign.add(one.outerHTML);
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def test_no_frame_shows_the_hour_of_the_server(desk):
    case = escalation(now=timezone.now())
    page = desk(person("dana"), f"/escalations/{case.id}/", timezone_id="Asia/Tokyo")
    expect(page.locator("baton-live[data-state=live]")).to_be_attached()
    page.evaluate(WATCHED)
    sam = viewer("sam")
    for version in range(2, 8):
        case = Escalation.objects.get(pk=case.pk)
        if version % 2:
            lifecycle.release(case, by=sam, version=case.version, now=timezone.now())
        else:
            lifecycle.claim(case, by=sam, now=timezone.now())
        expect(page.locator("#briefing")).to_have_attribute("data-version", str(version))
    page.evaluate(
        "() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 50)))"
    )
    assert page.evaluate("[...window.foreign]") == []


def test_a_time_in_a_sentence_is_the_readers(desk):
    case = escalation(now=timezone.now())
    dana = person("dana")
    page = desk(dana, f"/escalations/{case.id}/", timezone_id="Asia/Tokyo")
    page.get_by_role("button", name="Refund").first.click()
    page.goto(f"/escalations/{case.id}/")
    leaves = page.get_by_text("Leaves at").locator("time")
    at = leaves.get_attribute("datetime")
    there = page.evaluate("iso => new Date(iso).toLocaleTimeString('en-GB')", at)
    expect(leaves).to_have_text(there)
