"""A case that changes under somebody says what is another, and the way on where it is over."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from escalations import intake, lifecycle
from escalations.lifecycle.answers import Choice
from escalations.models import Escalation
from tests import factories
from tests.factories import REFUND
from tests.screens.test_offers import live

pytestmark = pytest.mark.django_db
(ACTION,) = REFUND["proposed_actions"]


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_amount_before_and_after_and_then_the_next_case(desk, faults, width, height):
    mira = factories.key()
    case = factories.escalation(by=mira, now=timezone.now())
    other = factories.escalation(by=mira, now=timezone.now(), summary="Second for Inès Carvalho")
    page = desk(factories.person("dana"), f"/escalations/{case.id}/", width=width, height=height)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    news = page.locator("#case-news")
    changed = {**ACTION, "args": {**ACTION["args"], "amount": "50.00"}}
    body = json.dumps({**REFUND, "proposed_actions": [changed]}).encode()
    stands = Escalation.objects.get(pk=case.pk)
    intake.revise(mira, stands, body, now=timezone.now())
    expect(news.locator("del")).to_have_text("€184.00")
    expect(news.locator("ins")).to_have_text("€50.00")
    assert faults(page) == []

    news.get_by_role("button", name="I have read it").click()
    expect(news.locator(".note")).to_have_count(0)
    stands = Escalation.objects.get(pk=case.pk)
    lifecycle.cancel(stands, agent="mira", now=timezone.now())
    # One note says how it ended, and leads on.
    ended = news.locator(".note")
    expect(ended).to_contain_text("Cancelled by the agent")
    expect(page.locator(".decided")).to_have_count(1)
    ended.get_by_role("button", name="Next case").click()
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", other.id)
    expect(news.locator(".note")).to_have_count(0)


TOPS = """() => Object.fromEntries([...document.querySelectorAll(".jump a, #ask, #brief")]
  .map((one) => [one.id || one.textContent.trim(), Math.round(one.getBoundingClientRect().top)]))"""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_what_others_decide_moves_nothing_that_is_read(desk, faults, width, height):
    """How it was decided came in on top of the question and pushed all of it down by 60 px."""
    theirs = {"excluded_reviewers": ["dana"]}
    case = factories.escalation(now=timezone.now(), requested=theirs)
    size = {"width": width, "height": height}
    page = live(desk(factories.person("dana"), f"/escalations/{case.id}/", **size))
    before = page.evaluate(TOPS)
    kofi = viewer_of(factories.person("kofi"))
    answer = {"version": 1, "reject_reasons": [], "now": timezone.now()}
    lifecycle.decide(case, Choice("approve"), by=kofi, **answer)
    ended = page.locator("#case-news .note")
    expect(ended).to_contain_text("by Kofi Whitlock")
    expect(ended).to_be_in_viewport(ratio=0.9)
    assert page.evaluate(TOPS) == before
    assert faults(page) == []
    # It stays at the foot as long as the case stays open, whatever is told of it; who comes later reads it first.
    page.set_viewport_size(size)
    page.evaluate("document.dispatchEvent(new CustomEvent('baton:again'))")
    page.wait_for_timeout(500)
    expect(ended).to_have_count(1)
    page.reload()
    expect(page.locator(".case-in .decided")).to_contain_text("by Kofi Whitlock")
    expect(ended).to_have_count(0)


LONG = "Please stop, I do not want this refund. " * 25
REACHES = """() => {
  const top = (one) => document.querySelector(one).getBoundingClientRect().top;
  const news = document.querySelector("#case-news .news").getBoundingClientRect();
  const read = document.querySelector("[data-act=news-read]").getBoundingClientRect();
  return [news.height <= innerHeight * 0.36, read.top >= 0 && read.bottom <= innerHeight, top("#ask") < innerHeight];
}"""


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1024, 768)])
def test_a_long_message_leaves_the_question_in_view_and_decides_nothing_unseen(desk, width, height):
    mira = factories.key()
    case = factories.escalation(by=mira, now=timezone.now())
    page = desk(factories.person("dana"), f"/escalations/{case.id}/", width=width, height=height)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    said = {"messages": [{"role": "customer", "text": LONG}]}
    lifecycle.add_context(
        Escalation.objects.get(pk=case.pk), said, agent="mira", now=timezone.now()
    )
    news = page.locator("#case-news .news")
    expect(news.get_by_text("Please stop")).to_be_visible()
    expect(news.get_by_text("Show all")).to_be_visible()
    assert page.evaluate(REACHES) == [True, True, True]
    news.get_by_text("Show all").click()
    assert page.evaluate(REACHES) == [True, True, True]

    # Whatever stands so high: nothing counts while what is asked is below the window.
    page.wait_for_timeout(2500)
    page.evaluate("document.querySelector('#brief').style.paddingBlockStart = '1200px'")
    button = page.locator("#briefing form[data-command=approve] button:visible").first
    button.click()
    expect(
        page.locator("#briefing [data-hint]").filter(has_text="out of view").first
    ).to_be_attached()
    expect(page.locator("#ask")).to_be_in_viewport()
    assert Escalation.objects.get(pk=case.pk).state == "waiting"
