"""No page is wider than its window, and nothing lies over what decides: from a phone to a desk."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from routing.attendance import presence
from tests import factories
from tests.escalations import every_package
from tests.running import listening
from tests.screens.hand.pressing import NOT_YET
from tests.screens.pages.test_axe import OWN
from tests.screens.test_offers import offer

pytestmark = [pytest.mark.django_db, pytest.mark.long]

# 720 by 450 is a screen of 1440 by 900 at 200 %.
SIZES = [(390, 844), (720, 450), (832, 768), (1024, 768), (1247, 800), (1440, 900)]
# The page, and each part of the desk that scrolls only up and down.
WIDE = """() => ["html", ".zone-list", ".q-head", ".q-scroll", ".zone-case", ".zone-rail", ".bottom-bar"]
  .filter((where) => {
    const part = document.querySelector(where);
    return part?.checkVisibility() && part.scrollWidth > Math.ceil(part.getBoundingClientRect().width);
  })"""
# What can be pressed among the decisions and is covered, wherever it stands once it is in view.
COVERED = """() => [...document.querySelectorAll(".acts .btn, .bottom-bar .btn")]
  .filter((one) => one.checkVisibility())
  .filter((one) => {
    one.scrollIntoView({ block: "nearest" });
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const isOutside = left < 0 || right > innerWidth || top < 0 || bottom > innerHeight;
    const corners = [[left + 6, top + 6], [right - 6, top + 6], [left + 6, bottom - 6], [right - 6, bottom - 6]];
    return isOutside || corners.some(([x, y]) => document.elementFromPoint(x, y)?.closest(".btn") !== one);
  }).map((one) => one.textContent.trim())"""
# Lines above the question that are cut.
CUT = """() => [".case-id", ".ask .sum"].filter((where) => {
    const line = document.querySelector(where);
    return line.scrollWidth > line.clientWidth + 1 || line.scrollHeight > line.clientHeight + 1;
  })"""
# Panels that touch, what a panel's head lets out of its edge, and acts that are not at a page's end.
LOOSE = """() => {
  const box = (one) => one.getBoundingClientRect(), found = [];
  const seen = (where) => [...document.querySelectorAll(where)].filter((one) => one.checkVisibility());
  const panels = seen("main .panel").filter((one) => !one.parentElement.closest(".panel"));
  for (const upper of panels) for (const lower of panels) {
    const [a, b] = [box(upper), box(lower)], gap = b.top - a.bottom;
    const isUnder = b.left < a.right && a.left < b.right && gap > -4 && gap < 8;
    if (isUnder) found.push(`${lower.getAttribute("aria-labelledby")} touches`);
  }
  for (const one of seen(".panel > header :is(.btn, .input)"))
    if (box(one).right > box(one.closest(".panel")).right - 8) found.push(`${one.textContent} reaches out`);
  for (const one of seen(".page-head > :not(:first-child)"))
    if (innerWidth > 832 && box(one.parentElement).right - box(one).right > 4) found.push(`${one.textContent} apart`);
  return found;
}"""
# Measured in one breath once this size was painted and the hand may press: a button that takes no press for a moment is
# not hit, and what the messages take up is known only after the first frame of a new size.
SETTLED = """async () => {{
  for (;;) {{
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
    if (!document.querySelector("{not_yet}")) return ({find})();
  }}
}}"""
NOTICE = "Amara Osei asks you to take over a case that nobody else can take today. " * 4


def found_at_every_size(page, asked):
    """What these find at each size that they find something at."""
    found = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for name, find in asked.items():
            if what := page.evaluate(SETTLED.format(find=find, not_yet=NOT_YET)):
                found[width, name] = what
    return found


def test_no_page_is_wider_than_its_window(desk):
    for number in range(3):
        factories.escalation(now=timezone.now(), summary=f"{number} " + "Donaudampfschiff " * 9)
    otto = factories.key("otto")
    listening.endpoint(otto, "https://orders.example.com/")
    listening.decided(otto, factories.viewer())
    page, found = desk(factories.person("ada", "admin")), {}
    further = ("/inbox/?tab=team&level=2", "/skills/", "/notices/", "/levels/versions/1/")
    for path in (*OWN, *further):
        if page.goto(path).status == 200:
            found[path] = found_at_every_size(page, {"wide": WIDE, "loose": LOOSE})
    assert {path: what for path, what in found.items() if what} == {}


# What is wider than its place on a card, into which a row of a table turns on a phone.
OVER = """() => [...document.querySelectorAll(".tbl.cards :is(td, tbody th)")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.textContent.trim()).filter(Boolean)"""


def test_no_row_is_cut_where_it_is_a_card(desk):
    """ "Entry 1 of the presence of Priya Raman" ended at the edge of a phone."""
    priya = factories.person("maximiliane", "supervisor")
    presence.set_state(priya, "busy", by=factories.viewer_of(priya), now=timezone.now())
    factories.escalation(now=timezone.now())
    page, found = desk(factories.person("ada", "admin"), width=390, height=844), {}
    tabs = [f"/audit/?tab={tab}" for tab in ("policy", "people", "keys", "presence")]
    for path in (*OWN, *tabs):
        if page.goto(path).status == 200:
            found[path] = page.evaluate(OVER)
    assert {path: what for path, what in found.items() if what} == {}


def test_nothing_lies_over_what_decides_while_an_offer_and_a_long_notice_stand(desk):
    now, dana = timezone.now(), factories.person("dana")
    due = {"respond_by": (now + timedelta(minutes=9)).isoformat()}
    long = "Refund €184.00 to Inès Carvalho for a grinder that arrived in two parts?"
    case = factories.escalation(now=now, summary=long, deadlines=due)
    page = desk(dana, f"/escalations/{case.id}/")
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    asked = {"wide": WIDE, "covered": COVERED, "cut": CUT}
    assert found_at_every_size(page, asked) == {}
    offer(dana, summary=long)
    expect(page.locator(".offers .offer")).to_be_visible()
    page.evaluate("words => document.getElementById('toasts').tell(words)", NOTICE)
    assert found_at_every_size(page, asked) == {}


LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
TEXTS = [
    LONG,
    f"يرجى تحويل المبلغ 1٬250٫00 إلى الحساب (IBAN DE89 3704) فورًا؟ \u202eRUE 00.21 yaP {LONG}",
]
# What decides about something else than how it looks.
RULES = {
    *(
        "args_schema",
        "response_schema",
        "editable_args",
        "switchable_to",
        "depends_on",
        "expires_at",
    ),
    *("allowed_decisions", "deadlines", "assignee", "excluded_reviewers", "skills", "redactions"),
    *("evidence", "method", "hand_to_agent", "agent"),
}


@pytest.mark.parametrize("text", TEXTS)
def test_no_case_is_wider_than_its_window_whatever_its_agent_writes(desk, text):
    package = every_package.whole(text, RULES)
    asked = {"kind": "question", "name": "ask", "title": text[:255], "description": text}
    choices = {"response_schema": {"type": "string", "enum": [text, "Other"]}}
    package["proposed_actions"] += [
        package["proposed_actions"][0] | {"id": "a2"}, asked | {"id": "q1"} | choices,
    ]  # fmt: skip
    case = factories.escalation(package, now=timezone.now())
    page = desk(factories.person("dana"), f"/escalations/{case.id}/")
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    found = {"brief": found_at_every_size(page, {"wide": WIDE})}
    for panel in ("edit", "each", "respond"):
        page.goto(f"/escalations/{case.id}/?open={panel}")
        expect(page.locator(f"#{panel}")).to_be_visible()
        found[panel] = found_at_every_size(page, {"wide": WIDE})
    for name in ("timeline", "raw"):
        page.goto(f"/escalations/{case.id}/{name}/")
        found[name] = found_at_every_size(page, {"wide": WIDE})
    assert {name: what for name, what in found.items() if what} == {}
