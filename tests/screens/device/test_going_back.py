"""From a case one step leads back to its list, however many were decided on the way."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from tests import factories
from tests.screens.device.waiting import until
from tests.screens.hand.pressing import press
from tests.screens.test_offers import live

pytestmark = pytest.mark.django_db

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def cases():
    return [
        factories.escalation(now=timezone.now(), summary=f"Case {number}") for number in range(5)
    ]


def link(page, case):
    return page.locator(f"#row-{case.id} > a")


def is_open(page, case):
    expect(page.locator("#briefing")).to_have_attribute("data-escalation", case.id)
    expect(page).to_have_url(re.compile(case.id))
    expect(page.locator("#briefing")).not_to_have_attribute("data-ui-fresh", re.compile(""))


def approve(page):
    page.get_by_role("button", name="Approve").locator("visible=true").click()


def the_list_stands_alone(page):
    expect(page.locator("#queue")).to_be_visible()
    expect(page.locator("#ask")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/inbox/$"))


BACK = {
    "the sign": lambda page: page.get_by_role("link", name="Back to the list").click(),
    "the browser": lambda page: page.go_back(),
    "Escape": lambda page: page.keyboard.press("Escape"),
    "two at once": lambda page: page.evaluate(
        "document.querySelectorAll('[data-act=back]').forEach((one) => { one.click(); one.click(); })"
    ),
}


@pytest.mark.parametrize("way", BACK)
def test_one_step_leads_from_the_last_of_many_cases_to_the_list(desk, cases, way):
    """The browser's Back walked through what was decided, and ‹ left those steps behind it."""
    page = live(desk(factories.person("dana"), "/profile/", **PHONE))
    page.goto("/inbox/")
    link(page, cases[0]).click()
    is_open(page, cases[0])
    approve(page)
    is_open(page, cases[1])
    page.keyboard.press("n")
    is_open(page, cases[2])
    approve(page)
    is_open(page, cases[3])
    BACK[way](page)
    the_list_stands_alone(page)
    expect(link(page, cases[3])).to_be_focused()
    page.go_forward()
    is_open(page, cases[3])
    expect(page.locator("#ask")).to_be_visible()
    page.go_back()
    the_list_stands_alone(page)
    page.go_back()
    expect(page).to_have_url(re.compile("/profile/"))


def test_a_case_opened_by_its_address_has_the_list_in_its_place(desk, cases):
    page = live(desk(factories.person("dana"), "/profile/", **PHONE))
    page.goto(f"/escalations/{cases[0].id}/")
    approve(page)
    is_open(page, cases[1])
    page.get_by_role("link", name="Back to the list").click()
    the_list_stands_alone(page)
    page.go_back()
    expect(page).to_have_url(re.compile("/profile/"))


def test_who_went_to_the_list_is_not_called_away_from_it(desk, cases):
    """The next case took the place of the list when it was there at last."""
    page = live(desk(factories.person("dana"), **PHONE))
    link(page, cases[0]).click()
    is_open(page, cases[0])
    slow = []
    page.route(re.compile(f"{cases[1].id}/open/"), lambda asked: slow.append(asked))
    approve(page)
    until(page, lambda: slow)
    page.go_back()
    the_list_stands_alone(page)
    slow[0].continue_()
    page.wait_for_timeout(400)
    the_list_stands_alone(page)


def test_a_case_that_cannot_be_opened_leaves_the_list(desk, cases):
    """The list made room for a case that never came."""
    page = live(desk(factories.person("dana"), **PHONE))
    page.route(re.compile(f"/escalations/{cases[0].id}/"), lambda asked: asked.abort())
    link(page, cases[0]).click()
    expect(page.locator(f"#row-{cases[0].id}")).to_have_attribute(
        "data-ui-said", "Could not be opened"
    )
    the_list_stands_alone(page)
    expect(link(page, cases[0])).to_be_focused()


def test_beside_the_list_back_leads_to_what_was_chosen_and_to_nothing_decided(desk, cases):
    """Back went through what was decided, and at the end left a case open under the list's address."""
    page = live(desk(factories.person("dana")))
    link(page, cases[0]).click()
    is_open(page, cases[0])
    link(page, cases[1]).click()
    is_open(page, cases[1])
    for number in (1, 2):
        approve(page)
        is_open(page, cases[number + 1])
    page.go_back()
    is_open(page, cases[0])
    page.go_back()
    expect(page.get_by_role("heading", name="Choose a case")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/inbox/$"))
    expect(page.locator(".q-row[data-opened]")).to_have_count(0)
    page.go_forward()
    is_open(page, cases[0])


def test_back_from_another_page_leads_to_the_row_that_was_left(desk, cases):
    page = live(desk(factories.person("dana")))
    link(page, cases[2]).focus()
    page.goto("/profile/")
    page.go_back()
    expect(link(page, cases[2])).to_be_focused()
    link(page, cases[3]).click()
    is_open(page, cases[3])
    page.reload()
    page.go_back()
    the_list_stands_alone(page)
    expect(link(page, cases[3])).to_be_focused()


@pytest.mark.parametrize("list_comes", [True, False])
def test_a_page_that_was_asked_for_meanwhile_is_the_one_that_comes(desk, list_comes):
    """The step back to the list, which followed the last case by itself, put an end to it."""
    case = factories.escalation(by=factories.key(), now=timezone.now())
    page = live(desk(factories.person("dana")))
    link(page, case).click()
    is_open(page, case)
    held = {"fetch": [], "document": []}
    page.route(
        re.compile("/(inbox|metrics)/$"),
        lambda asked: held[asked.request.resource_type].append(asked),
    )
    press(page, "q")
    page.get_by_role("textbox", name="What do you want to know").fill("In French, please.")
    page.keyboard.press("Control+Enter")
    until(page, lambda: held["fetch"])
    page.get_by_role("link", name="Metrics").click(no_wait_after=True)
    until(page, lambda: held["document"])
    if list_comes:
        held["fetch"][0].continue_()
    else:
        held["fetch"][0].abort()
    page.wait_for_timeout(400)
    held["document"][0].continue_()
    expect(page.get_by_role("heading", name="Metrics", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("/metrics/$"))


def test_back_shows_the_whole_page_that_followed_by_itself(desk):
    """What a page had asked for of itself stood there in its place, without styles and keys."""
    case = factories.escalation(now=timezone.now())
    page = live(desk(factories.person("priya", "supervisor"), "/floor/?show=all"))
    expect(page.locator("#late tbody tr")).to_have_count(1)
    with page.expect_response(lambda answer: "/floor/" in answer.url):
        lifecycle.claim(case, by=factories.viewer("sam"), now=timezone.now())
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Metrics").click()
    expect(page.get_by_role("heading", name="Metrics")).to_be_visible()
    page.go_back()
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.keyboard.press("2")
    expect(page.locator("#h-people")).to_be_focused()
