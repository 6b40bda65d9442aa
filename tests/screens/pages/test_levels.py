"""Levels in a browser: a cell is changed in place, published, and the second admin is told."""

import pytest
from playwright.sync_api import expect

from escalations.policy import check, versions
from tests import factories
from tests.escalations.policy.test_versions import NOW
from tests.escalations.views.policies import DOCUMENT

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth(server):
    versions.current()
    user = factories.person("ruth", "admin")
    document = check.check(DOCUMENT)
    versions.publish(document, by=factories.viewer_of(user), now=NOW, expected=1)
    return user


def change(page, sure):
    page.get_by_role("button", name="Refunds, level 1:").click()
    expect(page.get_by_role("heading", name="Refunds, level 1")).to_be_focused()
    page.get_by_label("At least sure").fill(sure)
    page.get_by_role("button", name="Keep in draft").click()


def test_a_cell_is_changed_in_place_and_published(desk, ruth):
    page = desk(ruth, "/levels/")
    page.evaluate("document.documentElement.dataset.same = 'page'")
    change(page, "60 %")
    expect(page.locator("#editor .err")).to_contain_text("must hand over below 70 %")
    expect(page.locator("#toasts")).to_be_empty()
    page.get_by_label("At least sure").fill("90 %")
    page.get_by_role("button", name="Keep in draft").click()
    expect(page.locator(".chip")).to_have_text("Draft, 1 change")
    assert page.evaluate("document.documentElement.dataset.same") == "page"
    page.get_by_label("Why").fill("More care")
    page.get_by_role("button", name="Publish 1 change").click()
    expect(page.get_by_text("Version 3, in force since")).to_be_visible()
    assert versions.current().document.for_task_type("refund").act_at == 0.9


@pytest.mark.parametrize("width", [1024, 1440])
def test_below_the_rules_no_panel_stands_beside_a_void(desk, ruth, width):
    """The hard rules stood alone in a row of three columns."""
    page = desk(ruth, "/levels/", width=width, height=900)
    boxes = [one.bounding_box() for one in page.locator(".cols.pair .panel").all()]
    columns = {box["x"]: [] for box in boxes}
    for box in boxes:
        columns[box["x"]].append((box["y"], box["y"] + box["height"]))
    gaps = [
        below[0] - above[1]
        for column in columns.values()
        for above, below in zip(sorted(column), sorted(column)[1:], strict=False)
    ]
    assert (len(columns), len(gaps), max(gaps) < 20) == (2, 2, True)


def test_the_second_admin_is_told_who_was_first_and_keeps_everything(desk, ruth):
    leo = factories.person("leo", "admin")
    hers, his = desk(ruth, "/levels/"), desk(leo, "/levels/")
    for page, sure in ((hers, "90"), (his, "95")):
        change(page, sure)
        page.get_by_label("Why").fill(f"{sure} is right")
    hers.get_by_role("button", name="Publish 1 change").click()
    expect(hers.get_by_text("Version 3, in force since")).to_be_visible()
    his.get_by_role("button", name="Publish 1 change").click()
    expect(his.get_by_role("alert")).to_contain_text("Ruth Whitlock published version 3")
    expect(his.get_by_label("Why")).to_have_value("95 is right")
    his.get_by_role("button", name="Bring my changes onto version 3").click()
    expect(his.get_by_role("status").first).to_be_attached()
    expect(his.get_by_text("Your changes now stand on version 3.")).to_be_visible()
    expect(his.get_by_label("Why")).to_have_value("95 is right")
    his.get_by_role("button", name="Publish 1 change").click()
    expect(his.get_by_text("Version 4, in force since")).to_be_visible()
    assert versions.current().document.for_task_type("refund").act_at == 0.95


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_the_editor_opens_beside_what_was_clicked_and_the_place_is_kept(desk, ruth, width, height):
    kinds = {f"kind_{n}": {"title": f"Kind {n}", "level": 1} for n in range(30)}
    document = check.check(DOCUMENT | {"task_types": DOCUMENT["task_types"] | kinds})
    versions.publish(document, by=factories.viewer_of(ruth), now=NOW, expected=2)
    page = desk(ruth, "/levels/", width=width, height=height)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    for name in ("Kind 20, level 2:", "Kind 21, level 4:"):
        page.goto("/levels/")
        expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
        cell = page.get_by_role("button", name=name)
        cell.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
        before = cell.bounding_box()
        cell.click()
        expect(page.locator("#editor-title")).to_be_focused()
        page.wait_for_timeout(100)
        box, editor = cell.bounding_box(), page.locator(".beside").bounding_box()
        title = page.locator("#editor-title").bounding_box()
        if width > 390:
            assert abs(box["y"] - before["y"]) <= 1
            assert box["x"] + box["width"] <= editor["x"]
            # Nor does it lie over the head with its buttons.
            head = page.locator(".page-head").bounding_box()
            assert width > 1248 or head["x"] + head["width"] <= editor["x"]
        else:
            assert box["y"] + box["height"] <= editor["y"]
        assert 48 <= box["y"] <= height - box["height"]
        assert 48 <= title["y"] <= height - title["height"]
        # What is seen of the fields is nothing but the fields.
        field = page.get_by_label("Cases start at")
        assert field.evaluate(SEEN)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_close_is_in_view_and_keeps_the_place(desk, ruth, width, height):
    kinds = {f"kind_{n}": {"title": f"Kind {n}", "level": 1} for n in range(30)}
    document = check.check(DOCUMENT | {"task_types": DOCUMENT["task_types"] | kinds})
    versions.publish(document, by=factories.viewer_of(ruth), now=NOW, expected=2)
    page = desk(ruth, "/levels/", width=width, height=height)
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    close = page.locator("#editor").get_by_role("link", name="Close")
    change = page.get_by_role("region", name="When nobody fits").get_by_role("link", name="Change")
    for opener in (page.get_by_role("button", name="Kind 20, level 2:"), change):
        opener.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
        opener.click()
        expect(page.locator("#editor-title")).to_be_focused()
        page.get_by_role("button", name="Keep in draft").scroll_into_view_if_needed()
        expect(close).to_be_in_viewport()
        page.wait_for_timeout(100)
        before = opener.bounding_box()
        close.click()
        expect(page.locator("#editor")).to_have_count(0)
        expect(opener).to_be_focused()
        assert abs(opener.bounding_box()["y"] - before["y"]) <= 1


SEEN = """(one) => { one.scrollIntoView({ block: "nearest" });
  const { left, right, top, bottom } = one.getBoundingClientRect();
  return one === document.elementFromPoint((left + right) / 2, bottom - 4); }"""


def test_opening_hours_are_added_with_keys_only_and_nothing_typed_is_lost(desk, ruth):
    page = desk(ruth, "/levels/")
    page.get_by_role("link", name="Opening hours").press("Enter")
    expect(page.get_by_role("heading", name="New opening hours")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#editor").get_by_role("link", name="Close")).to_be_focused()
    for typed in ("Shop", "Europe/Paris", "morning"):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.locator("#editor .err")).to_contain_text("Type times such as")
    expect(page.get_by_label("Name")).to_have_value("Shop")
    page.get_by_label("Monday").fill("9-12:30, 13:30-17")
    page.get_by_label("Monday").press("Enter")
    expect(page.get_by_role("heading", name="Shop")).to_be_focused()
    expect(page.get_by_label("Monday")).to_have_value("09:00–12:30, 13:30–17:00")
    expect(page.locator(".changes")).to_have_text(
        "Opening hours Shop: new, Mon 09:00–12:30, 13:30–17:00 (Europe/Paris)"
    )


def test_who_else_may_take_a_case_is_changed_and_published(desk, ruth):
    page = desk(ruth, "/levels/")
    page.get_by_role("link", name="Change who else may take a case").click()
    expect(page.get_by_role("heading", name="Who else may take a case")).to_be_focused()
    page.get_by_label("Ring 1, after").fill("2 min")
    page.get_by_label("Ring 1, then also").select_option("one level lower")
    page.get_by_label("Ring 2, after").fill("6 min")
    page.get_by_label("Ring 2, then also").select_option("anyone present")
    page.get_by_label("How picky about fit").fill("3")
    page.get_by_role("button", name="Keep in draft").click()
    expect(page.locator(".chip")).to_have_text("Draft, 2 changes")
    page.get_by_role("button", name="Publish 2 changes").click()
    expect(page.get_by_text("Version 3, in force since")).to_be_visible()
    expect(page.locator(".trail")).to_contain_text("One level lower")
    expect(page.locator(".trail")).to_contain_text("after 6 min")
    routing = versions.current().document.routing
    assert [ring.width for ring in routing.rings] == [1, 6]
    assert routing.fit == 3


def test_what_was_typed_is_asked_about_before_another_cell_opens(desk, ruth):
    page = desk(ruth, "/levels/")
    page.get_by_role("button", name="Refunds, level 1:").click()
    page.get_by_label("At least sure").fill("93 %")
    page.get_by_role("button", name="Refunds, level 2:").click()
    expect(page.locator("#toasts")).to_contain_text("“Refunds, level 1” is not kept yet")
    expect(page.get_by_label("At least sure")).to_have_value("93 %")
    page.get_by_role("button", name="Refunds, level 2:").click()
    expect(page.get_by_role("heading", name="Refunds, level 2")).to_be_focused()
    page.get_by_role("button", name="Refunds, level 1:").click()
    expect(page.get_by_role("heading", name="Refunds, level 1")).to_be_focused()


def test_without_scripts_the_same_forms_work(desk, ruth):
    page = desk(ruth, "/levels/", java_script_enabled=False)
    page.get_by_role("button", name="Refunds, level 1:").click()
    page.get_by_label("At least sure").fill("90 %")
    page.get_by_role("button", name="Keep in draft").click()
    page.get_by_role("button", name="Publish 1 change").click()
    expect(page.get_by_text("Version 3, in force since")).to_be_visible()
    page.get_by_role("link", name="Go back to 2").click()
    page.get_by_role("button", name="Go back to version 2").click()
    expect(page.get_by_text("Version 4, in force since")).to_be_visible()
    assert versions.current().document.for_task_type("refund").act_at == 0.85


@pytest.mark.long
def test_nothing_stands_in_anybodys_way(desk, ruth, faults):
    page, found = desk(ruth, "/levels/"), {}
    for address in (
        "/levels/",
        "/levels/?edit=refund%7C1",
        "/levels/?edit=refund%7C3",
        "/levels/?edit=refund",
        "/levels/?new",
        "/levels/?hours=",
        "/levels/?routing",
        "/levels/?ladder=refund",
        "/levels/versions/",
        "/levels/versions/1/",
    ):
        page.goto(address)
        found[address] = faults(page)
    assert {address: what for address, what in found.items() if what} == {}


def test_a_phone_shows_the_button_of_every_editor(desk, ruth):
    page = desk(ruth, "/levels/", width=390, height=844)
    for opened in ("edit=refund%7C1", "edit=refund", "hours=", "routing", "ladder=refund"):
        page.goto(f"/levels/?{opened}#editor")
        page.get_by_role("button", name="Keep in draft").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Keep in draft")).to_be_in_viewport()


def test_a_step_that_cannot_be_is_said_while_it_is_typed(desk, ruth):
    page = desk(ruth, "/levels/?ladder=defaults#editor")
    when = page.locator("#ladder-ladder_when_0")
    when.fill("soon")
    said = page.locator("#remarks")
    expect(said).to_contain_text("Levels 2 and 3, step 1, when: Type “when due”")
    expect(when).to_be_focused()
    when.fill("50 %")
    expect(said).not_to_contain_text("step 1")
    page.goto("/levels/?edit=refund#editor")
    page.locator("#editor [name=skills]").fill("glassblowing 3")
    expect(said).to_contain_text("glassblowing")


def test_what_is_searched_for_stands_as_long_as_rows_are_hidden_by_it(desk, ruth):
    """The field went when an editor opened, and all rows but one stayed hidden."""
    page = desk(ruth, "/levels/")
    page.get_by_label("Search task types").fill("refu")
    rows = page.locator("#levels-table tbody tr:visible")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Refunds, level 1:").click()
    expect(page.get_by_role("heading", name="Refunds, level 1")).to_be_focused()
    expect(page.get_by_label("Search task types")).to_be_visible()
    expect(page.get_by_label("Search task types")).to_have_value("refu")
    expect(rows).to_have_count(1)
    page.get_by_label("Search task types").fill("")
    assert rows.count() > 1


def test_what_is_said_while_typing_is_in_view(desk, ruth):
    page = desk(ruth, "/levels/?edit=refund")
    expect(page.get_by_role("heading", name="Refunds")).to_be_focused()
    page.get_by_label("Skills needed").fill("juggling 3")
    said = page.locator("#remarks")
    expect(said).to_contain_text("Nobody has the skill juggling")
    expect(said).to_be_in_viewport()
    page.get_by_label("Skills needed").fill("refunds 9")
    expect(said).to_contain_text("Proficiencies go from 1 to 5")
    expect(said).to_be_in_viewport()
