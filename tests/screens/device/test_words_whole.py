"""What is read before it is pressed, typed or told apart stands whole, also in a small window."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import lifecycle
from escalations.models import Escalation
from routing.models import Skill
from tests import factories
from tests.screens.test_handing_on import dana, live

__all__ = ["dana"]
pytestmark = pytest.mark.django_db

# Fields to search in whose words for an empty one do not fit.
CUT_PLACEHOLDERS = """() => [...document.querySelectorAll("[type=search][placeholder]")]
  .filter((one) => one.checkVisibility() && !one.value)
  .filter((one) => {
    const style = getComputedStyle(one), text = document.createElement("canvas").getContext("2d");
    text.font = style.font;
    // What clears a field takes its place beside the words.
    const clears = getComputedStyle(one, "::-webkit-search-cancel-button").display === "none" ? 0 : 16;
    const sides = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    return text.measureText(one.placeholder).width > one.clientWidth - sides - clears;
  }).map((one) => one.placeholder)"""
SHADOWS = """() => [...document.querySelectorAll(".scroll-x")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth)
  .filter((one) => !getComputedStyle(one).backgroundAttachment.includes("local"))
  .map((one) => one.ariaLabel)"""


def test_what_may_be_searched_for_is_read_to_its_end(desk):
    factories.escalation(now=timezone.now())
    page, found = desk(factories.person("ada", "admin"), width=1024, height=768), {}
    for path in ("/deliveries/", "/skills/", "/levels/", "/people/"):
        for width in (1024, 390):
            page.set_viewport_size({"width": width, "height": 768})
            page.goto(path)
            found[path, width] = page.evaluate(CUT_PLACEHOLDERS) + page.evaluate(SHADOWS)
    assert {where: what for where, what in found.items() if what} == {}


def test_names_on_skills_are_told_apart_by_their_ends(desk):
    skills = {f"a_long_skill_{number}": 3 for number in range(11)}
    for name in ("first", "second"):
        person = factories.person(name, skills=skills)
        person.first_name, person.last_name = f"Maximiliane Oberhuber {name}", "Schmidt (sim)"
        person.save()
    assert Skill.objects.count() == len(skills)
    page = desk(factories.person("ada", "admin"), "/skills/", width=1024, height=768)
    names = page.locator(".profs tbody th")
    expect(names.filter(has_text="(sim)")).to_have_count(2)
    cut = "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
    inner = page.locator(".profs tbody th, .profs tbody th .who-line > span")
    assert inner.evaluate_all(cut) == []


def test_long_options_stand_whole_above_the_foot_of_the_window(desk, dana):
    words = "Refund the whole amount to the card and write to them that it will arrive within "
    words += "five working days at the latest as we are sorry for all of the trouble, way "
    options = [{"id": f"o{number}", "label": f"{words}{number}"} for number in range(3)]
    package = {"task_type": "x", "summary": "Which?", "requested": {"options": options}}
    case = factories.escalation(package, now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/", width=1024, height=768))
    shown = page.locator(".zone-rail .acts .option")
    expect(shown).to_have_count(3)
    ends = shown.evaluate_all("all => all.map((one) => one.getBoundingClientRect().bottom)")
    assert max(ends) <= 768
    head = page.locator("#ask").bounding_box()
    rail = page.locator(".zone-rail").bounding_box()
    assert head["y"] + head["height"] < rail["y"]


SEEN = """() => {
  const box = (one) => one.getBoundingClientRect();
  const log = box(document.getElementById("said-log"));
  const head = Math.max(log.top, box(document.querySelector(".case-bar")).bottom);
  const foot = Math.min(log.bottom, box(document.querySelector(".bottom-bar")).top);
  return [...document.querySelectorAll("#said-log .mine")]
    .filter((one) => box(one).top >= head && box(one).bottom <= foot).length;
}"""


def test_a_conversation_in_a_low_window_shows_more_than_its_last_message(desk, dana):
    case = factories.escalation(now=timezone.now())
    lifecycle.take_over(case, by=factories.viewer_of(dana), version=1, now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/", width=720, height=450))
    field = page.get_by_role("textbox", name="To Inès Carvalho")
    for number in range(4):
        field.fill(f"Message number {number} to you, with some words.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#said-log .mine")).to_have_count(number + 2)
    expect(field).to_be_focused()
    assert Escalation.objects.get(pk=case.pk).state == "live"
    assert page.evaluate(SEEN) >= 2
