"""What is written in Arabic or Hebrew runs from right to left wherever it stands, and turns nothing of ours."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import packages
from tests.factories import escalation, person

pytestmark = pytest.mark.django_db
ARABIC = "مرحبا، أريد استرداد 12.50 يورو من الطلب (HP-1)."
# Texts that do not run by themselves: a letter of theirs in an element that runs the other way.
ASTRAY = """() => {
  const found = new Set();
  const runs = (one) => getComputedStyle(one).direction === "rtl" || getComputedStyle(one).unicodeBidi === "plaintext";
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (!/[\\u0590-\\u08ff]/.test(data) || parentElement.closest("script, style, template, option, .who")) continue;
    let own = parentElement;
    while (own.matches("ins, del, mark, b, small, span, code, em, strong") && !runs(own)) own = own.parentElement;
    if (!runs(own)) found.add(`${own.outerHTML.slice(0, 160)} in ${own.parentElement.outerHTML.slice(0, 100)}`);
  }
  for (const field of document.querySelectorAll("textarea, input:not([type=hidden], [type=radio], [type=checkbox])"))
    if (!runs(field)) found.add(field.outerHTML.slice(0, 160));
  return [...found];
}"""


def in_arabic(value):
    """Every text that has a space in it, or that people read."""
    if isinstance(value, dict):
        return {key: in_arabic(one) for key, one in value.items()}
    if isinstance(value, list):
        return [in_arabic(one) for one in value]
    return ARABIC if isinstance(value, str) and " " in value else value


@pytest.fixture
def case():
    package = in_arabic(json.loads(json.dumps(packages.FULLEST)))
    package["context"]["customer"]["name"] = "ليلى حداد"
    return escalation(package, now=timezone.now())


@pytest.mark.parametrize(
    "path", ["/inbox/", "/escalations/{0}/", "/audit/{0}/", "/batch/?case={0}"]
)
def test_what_others_wrote_runs_as_its_letters_do(desk, case, path):
    dana = person("dana")
    dana.first_name, dana.last_name = "دانا", "منصور"
    dana.save()
    page = desk(dana, path.format(case.id))
    expect(page.locator("main")).to_be_visible()
    assert page.evaluate(ASTRAY) == []


def test_it_begins_at_the_right_and_what_is_beside_it_stays(desk):
    text = "أريد استرداد المبلغ!"
    draft = {"draft_response": {"text": text}, "summary": text}
    case = escalation(now=timezone.now(), **draft)
    page = desk(person("dana"), f"/escalations/{case.id}/")
    page.get_by_role("button", name="Edit").first.click()
    said = page.locator(".draft .txt > bdi").first
    expect(said).to_have_css("direction", "rtl")
    gaps = said.evaluate(
        """one => {
          const line = document.createRange();
          line.selectNodeContents(one);
          const [text, box] = [line.getBoundingClientRect(), one.parentElement.getBoundingClientRect()];
          return [box.right - text.right, text.left - box.left];
        }"""
    )
    assert gaps[0] < 2 < gaps[1]
    # A field is laid out by what stands in it.
    assert page.locator("textarea").evaluate_all(
        "all => all.every(one => getComputedStyle(one).unicodeBidi === 'plaintext')"
    )
