"""The Skills page in a browser: by keyboard, for two supervisors, offline, on a phone."""

import pytest
from playwright.sync_api import expect

from console.people import managing
from escalations.record.lines import Actor
from routing.attendance import weeks
from routing.models import Duty, Shift, Skill, Team
from routing.people import roster
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(server):
    """Two supervisors and two people with two trades and a language."""
    found = {name: factories.person(name, "supervisor") for name in ("priya", "ruth")}
    for name in ("amara", "kofi"):
        found[name] = factories.person(name, skills={"refunds": 3, "fraud": 1, "French": 2})
    Skill.objects.filter(name="French").update(kind="language")
    Duty.objects.create(person=found["amara"], team=Team.objects.create(name="Service"))
    for weekday in range(7):
        Shift.objects.create(person=found["kofi"], weekday=weekday, starts="08:00", ends="17:00")
    return found


def cell(page, name, skill):
    """By its row and its column, as a reader of the table finds it."""
    heads = page.locator("#grades thead tr").last.locator("th")
    expect(heads.filter(has_text=skill)).to_have_count(1)
    column = [text.strip() for text in heads.all_inner_texts()].index(skill)
    row = page.locator("#grades tbody tr", has_text=f"{name} Whitlock")
    return row.locator("td").nth(column - 1).locator(".prof")


def live(page):
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


def test_cells_are_set_by_keyboard_alone(desk, staff):
    page = live(desk(staff["priya"], "/skills/"))
    cell(page, "Amara", "Fraud").focus()
    for key in ("4", "ArrowRight", "5", "ArrowDown", "0", "End", "3", "Home"):
        page.keyboard.press(key)
    expect(cell(page, "Kofi", "Fraud")).to_be_focused()
    expect(page.locator("[data-said]")).to_have_text("Saved, takes effect for new offers")
    expect(page.locator(".prof[data-ui-state=saving]")).to_have_count(0)
    expect(cell(page, "Amara", "Refunds")).to_have_accessible_name(
        "Amara Whitlock, Refunds: 5, expert"
    )
    assert roster.skills_of(staff["amara"].pk) == {"fraud": 4, "refunds": 5, "French": 2}
    assert roster.skills_of(staff["kofi"].pk) == {"fraud": 1, "French": 3}
    expect(page.locator("[data-able=refunds]")).to_contain_text("1, too few")


def test_a_click_counts_up_and_only_one_cell_is_in_the_order_of_tab(desk, staff):
    page = live(desk(staff["priya"], "/skills/"))
    cell(page, "Amara", "Refunds").click(click_count=3)
    expect(cell(page, "Amara", "Refunds")).to_have_attribute("data-v", "0")
    expect(page.locator(".prof[data-ui-state=saving]")).to_have_count(0)
    assert roster.skills_of(staff["amara"].pk) == {"fraud": 1, "French": 2}
    assert page.locator(".prof[tabindex='0']").count() == 1


def test_two_supervisors_last_one_wins_and_the_other_sees_it(desk, staff):
    priya, ruth = (live(desk(staff[name], "/skills/")) for name in ("priya", "ruth"))
    cell(priya, "Amara", "Fraud").press("4")
    expect(cell(ruth, "Amara", "Fraud")).to_have_attribute("data-v", "4")
    expect(ruth.locator("[data-said]")).to_have_text("Changed by somebody else")
    cell(ruth, "Amara", "Fraud").press("2")
    expect(cell(priya, "Amara", "Fraud")).to_have_attribute("data-v", "2")
    assert roster.skills_of(staff["amara"].pk)["fraud"] == 2


def test_offline_the_old_value_comes_back_with_a_sentence(desk, staff):
    page = live(desk(staff["priya"], "/skills/"))
    page.context.set_offline(True)
    cell(page, "Amara", "Fraud").press("5")
    said = "Not saved. Baton could not be reached. Amara Whitlock, Fraud: 1, learning again."
    expect(page.locator("[data-said]")).to_have_text(said)
    expect(cell(page, "Amara", "Fraud")).to_have_attribute("data-v", "1")
    page.context.set_offline(False)
    cell(page, "Amara", "Fraud").press("5")
    expect(page.locator("[data-said]")).to_have_text("Saved, takes effect for new offers")
    assert roster.skills_of(staff["amara"].pk)["fraud"] == 5


def test_refused_the_old_value_comes_back_with_a_sentence(desk, staff):
    page = live(desk(staff["priya"], "/skills/"))
    page.route("**/skills/", lambda route: route.abort())  # It would read the grid without her.
    managing.deactivate(staff["amara"], by=Actor("person", "ada"), now=NOW)
    cell(page, "Amara", "Fraud").press("5")
    said = "Not saved. This person has no open account any more."
    expect(page.locator("[data-said]")).to_contain_text(said)
    assert roster.skills_of(staff["amara"].pk)["fraud"] == 1


def test_without_javascript_a_click_counts_up(desk, staff):
    page = desk(staff["priya"], "/skills/", java_script_enabled=False)
    cell(page, "Amara", "Fraud").click()
    expect(page.get_by_text("Saved, takes effect for new offers.")).to_be_visible()
    expect(cell(page, "Amara", "Fraud")).to_have_attribute("data-v", "2")


def test_a_skill_is_added_and_one_in_use_stays(desk, staff):
    page = live(desk(staff["priya"], "/skills/"))
    page.get_by_role("link", name="Skill", exact=True).click()
    page.locator("#skillform-name").fill("refunds")
    page.get_by_role("button", name="Add skill").click()
    expect(page.get_by_text("There is already a skill called refunds.")).to_be_visible()
    page.locator("#skillform-name").fill("Dutch")
    page.get_by_label("Kind").select_option("language")
    page.get_by_role("button", name="Add skill").click()
    expect(page.get_by_role("columnheader", name="Dutch")).to_be_visible()
    cell(page, "Amara", "Dutch").press("3")
    expect(page.locator("[data-said]")).to_have_text("Saved, takes effect for new offers")
    page.get_by_role("link", name="Skill", exact=True).click()
    page.get_by_label("Skill that nobody needs any more").select_option("Dutch")
    page.get_by_role("button", name="Remove skill").click()
    text = "Amara Whitlock has Dutch; set it to 0 first."
    expect(page.get_by_text(text)).to_be_visible()


def test_another_day_keeps_the_focus_on_its_tab(desk, staff):
    page = live(desk(staff["priya"], "/skills/"))
    tab = page.get_by_role("navigation", name="Day").get_by_role("link").nth(2)
    tab.press("Enter")
    expect(tab).to_have_attribute("aria-current", "true")
    expect(tab).to_be_focused()


def test_a_week_is_typed_and_nothing_typed_is_lost(desk, staff):
    page = live(desk(staff["priya"], "/skills/"))
    page.get_by_role("rowheader", name="Amara Whitlock").first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Amara Whitlock")).to_be_visible()
    page.get_by_label("Monday, works").fill("09:00-12:00, 14:00-18:00")
    page.get_by_label("Monday, breaks").fill("12:30-12:45")
    page.get_by_role("button", name="Save week").click()
    expect(page.locator(".day .err")).to_contain_text(
        "The break Monday 12:30-12:45 is in no shift."
    )
    expect(page.get_by_label("Monday, works")).to_have_value("09:00-12:00, 14:00-18:00")
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()
    page.get_by_label("Monday, breaks").fill("15:00-15:15")
    page.get_by_role("button", name="Save week").press("Enter")
    expect(page.get_by_text("The week is saved")).to_be_visible()
    expect(page.locator(".note.ok")).to_be_focused()
    day = weeks.written(weeks.rows_of([staff["amara"].pk])[staff["amara"].pk])[0]
    assert (day.work, day.breaks) == ("09:00-12:00, 14:00-18:00", "15:00-15:15")


def test_a_visit_finds_nothing(desk, staff, faults):
    page = live(desk(staff["priya"], "/skills/?add=skill"))
    theirs = f"/skills/people/{staff['kofi'].pk}/"
    for path in ("", theirs, "/skills/import/"):
        if path:
            page.goto(path)
        assert faults(page) == []
    own = live(desk(staff["kofi"], "/skills/"))
    assert faults(own) == []
    own.goto(theirs)
    assert faults(own) == []


def test_people_are_found_by_name_team_and_skill(desk, staff):
    page = live(desk(staff["priya"], "/skills/"))
    rows = page.locator("#grades tbody tr:visible")
    expect(rows).to_have_count(4)
    page.get_by_label("Search people").fill("kof")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Kofi Whitlock")
    page.get_by_label("Search people").fill("")
    page.get_by_label("Team", exact=True).first.select_option("Service")
    expect(rows).to_contain_text(["Amara Whitlock"])
    page.get_by_label("Team", exact=True).first.select_option("")
    page.get_by_label("Skill", exact=True).first.select_option("Refunds")
    expect(rows).to_contain_text(["Amara Whitlock", "Kofi Whitlock"])
    cell(page, "Amara", "Fraud").focus()
    page.keyboard.press("ArrowDown")
    expect(cell(page, "Kofi", "Fraud")).to_be_focused()
    expect(page.get_by_role("grid")).to_contain_text("At 3 or more")


def test_many_people_are_pages_and_the_totals_are_of_all(desk, staff):
    for number in range(45):
        factories.person(f"p{number:02}", skills={"refunds": 4})
    page = live(desk(staff["priya"], "/skills/"))
    expect(page.locator("#grades tbody tr")).to_have_count(40)
    able = int(page.locator("[data-able=refunds] b").inner_text())
    assert able >= 45
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#grades tbody tr")).to_have_count(9)
    cell(page, "P44", "Refunds").focus()
    page.keyboard.press("1")
    expect(page.locator("[data-able=refunds]")).to_contain_text(str(able - 1))
    expect(page.locator("[data-said]")).to_have_text("Saved, takes effect for new offers")
    page.reload()
    expect(page.locator("[data-able=refunds]")).to_contain_text(str(able - 1))
    expect(cell(page, "P44", "Refunds")).to_have_text("1")
    page.get_by_label("Search people").fill("amara")
    page.keyboard.press("Enter")
    expect(page.locator("#grades tbody tr")).to_have_count(1)
    expect(page.locator("#grades")).to_contain_text("Amara Whitlock")
    page.get_by_label("Search people").fill("nobody")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("link", name="Show everybody").click()
    expect(page.locator("#grades tbody tr")).to_have_count(40)
