"""The floor in browsers: given by keys, by pointer and on a phone; two people at the same case."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.models import User
from escalations import lifecycle
from escalations.models import Escalation, Remark
from tests import factories
from tests.routing.floor.given import on_duty
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db

DRAWN = "() => new Promise((drawn) => requestAnimationFrame(drawn))"


@pytest.fixture
def floor(server):
    """Priya leads; Kofi and Dana are there; two cases are over time."""
    now, mira = timezone.now(), factories.key()
    for name, role in (("priya", "supervisor"), ("kofi", "reviewer"), ("dana", "reviewer")):
        on_duty(name, role, now=now)
    cases = [
        factories.escalation(by=mira, now=now, summary=f"Refund €{n}4.00 to Otto Lang")
        for n in (1, 2)
    ]
    for n, case in enumerate(cases):
        case.respond_by = now - timedelta(seconds=130 - n)
        case.save()
    return cases


def user(name):
    return User.objects.get(username=name)


def opened(desk, name="priya", path="/floor/", **options):
    page = desk(user(name), path, **options)
    is_live(page)
    return page


def is_live(page):
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")


def whose(case):
    case = Escalation.objects.get(pk=case.pk)
    person = case.held_by or case.offered_to
    return case.state, person.username if person else ""


def row(page, case):
    return page.locator(f"#late-{case.id}")


def dialog(page):
    return page.locator("#floor-dialog")


def test_giving_by_keys_alone(desk, floor):
    page = opened(desk)
    page.keyboard.press("j")
    expect(row(page, floor[0]).get_by_role("link").first).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("r")
    expect(dialog(page).get_by_role("heading")).to_have_text("Give 2 cases to")
    button = dialog(page).get_by_role("button", name="Kofi Whitlock")
    dialog(page).get_by_label("Reason").fill("Over time, Kofi is free")
    page.keyboard.press("Enter")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("2 cases are offered to Kofi Whitlock")
    expect(dialog(page)).to_be_hidden()
    expect(row(page, floor[0])).to_contain_text("Offered to Kofi")
    assert [whose(case) for case in floor] == [("offered", "kofi")] * 2
    assert {one.text for one in Remark.objects.all()} == {"Over time, Kofi is free"}


def test_a_case_in_time_is_given_from_its_briefing(desk, floor):
    case = factories.escalation(now=timezone.now(), summary="Refund €9.00 to Ola Nordin")
    page = opened(desk, path=f"/escalations/{case.id}/")
    page.locator("#rail").get_by_role("link", name="Reassign").click()
    expect(page.get_by_role("heading", name=f"Give {case.case_number} to")).to_be_visible()
    page.get_by_role("button", name="Kofi Whitlock").click()
    expect(page.locator("#toasts")).to_contain_text("is offered to Kofi Whitlock")
    assert whose(case) == ("offered", "kofi")


def test_all_that_somebody_holds_is_given_to_another(desk, floor):
    for case in floor:
        lifecycle.claim(case, by=factories.viewer_of(user("dana")), now=timezone.now())
    page = opened(desk)
    page.get_by_role("link", name="More for Dana Whitlock").click()
    dialog(page).get_by_role("link", name="Reassign what they hold").click()
    expect(dialog(page).get_by_role("heading")).to_have_text("Give 2 cases to")
    dialog(page).get_by_role("button", name="Kofi Whitlock").click()
    expect(dialog(page)).to_be_hidden()
    expect(page.get_by_role("link", name="More for Dana Whitlock")).to_be_focused()
    assert [whose(case) for case in floor] == [("offered", "kofi")] * 2


def test_dropping_a_row_on_a_person(desk, floor):
    page = opened(desk)
    source = row(page, floor[1]).locator("td.dim").bounding_box()
    target = page.locator("tr[data-person=dana]").bounding_box()
    page.mouse.move(source["x"] + 20, source["y"] + 10)
    page.mouse.down()
    page.mouse.move(source["x"] + 60, source["y"] + 60, steps=4)
    expect(page.locator(".drag-ghost")).to_have_text(floor[1].case_number)
    page.mouse.move(target["x"] + 90, target["y"] + 20, steps=6)
    expect(page.locator("tr[data-person=dana]")).to_have_attribute("data-target", "")
    with page.expect_response("**/floor/*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate(DRAWN)
    expect(page.locator("tr[data-person=dana]")).to_have_attribute("data-target", "")
    page.mouse.up()
    expect(page.locator(".drag-ghost")).to_have_count(0)
    expect(dialog(page).get_by_label("Reason")).to_be_focused()
    page.keyboard.type("She knows him")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("is offered to Dana Whitlock")
    assert [whose(case) for case in floor] == [("waiting", ""), ("offered", "dana")]


def test_all_that_is_selected_is_dragged_and_escape_gives_up(desk, floor):
    page = opened(desk)
    for case in floor:
        row(page, case).get_by_role("checkbox").check()
    source = row(page, floor[0]).locator("td.dim").bounding_box()
    target = page.locator("tr[data-person=dana]").bounding_box()
    page.mouse.move(source["x"] + 20, source["y"] + 10)
    page.mouse.down()
    page.mouse.move(source["x"] + 60, source["y"] + 40, steps=4)
    expect(page.locator(".drag-ghost")).to_have_text("2 cases")
    expect(page.locator("tr[data-dragged]")).to_have_count(2)
    page.mouse.move(target["x"] + 90, target["y"] + 20, steps=6)
    expect(page.locator("tr[data-target]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("[data-dragged], [data-target], .drag-ghost")).to_have_count(0)
    page.mouse.up()
    expect(dialog(page)).to_be_hidden()


def test_of_two_cases_the_one_opened_last_stands_in_the_dialog(desk, floor):
    page, held = opened(desk), []
    address = "**/floor/reassign/?*"
    page.route(address, lambda route: route.continue_() if held else held.append(route))
    with page.expect_request(address):
        page.locator(f"#give-{floor[0].id}").click()
    with page.expect_event("requestfailed") as dropped:
        page.locator(f"#give-{floor[1].id}").click()
    assert dropped.value.url == held[0].request.url
    title = dialog(page).get_by_role("heading")
    expect(title).to_have_text(f"Give {floor[1].case_number} to")
    page.evaluate(DRAWN)
    expect(title).to_have_text(f"Give {floor[1].case_number} to")


def test_a_lost_answer_is_told_in_the_dialog(desk, floor):
    page = opened(desk)
    page.route("**/floor/reassign/*", lambda route: route.abort())
    page.locator(f"#give-{floor[0].id}").click()
    expect(page.locator("#toasts")).to_contain_text("Baton did not answer.")
    page.unroute("**/floor/reassign/*")
    page.locator(f"#give-{floor[0].id}").click()
    button = dialog(page).get_by_role("button", name="Kofi Whitlock")
    page.route("**/floor/reassign/", lambda route: route.abort())
    button.click()
    expect(dialog(page).get_by_role("alert")).to_contain_text("Baton did not answer.")
    expect(button).to_be_focused()
    page.unroute("**/floor/reassign/")
    button.click()
    expect(page.locator("#toasts")).to_contain_text("is offered to Kofi Whitlock")


def test_two_supervisors_give_the_same_case(desk, floor):
    on_duty("nadia", "admin", now=timezone.now())
    hers, theirs = opened(desk), opened(desk, "nadia")
    for page, name, reason in ((hers, "Kofi", "Kofi is free"), (theirs, "Dana", "Dana knows him")):
        page.locator(f"#give-{floor[0].id}").click()
        dialog(page).get_by_label("Reason").fill(reason)
        expect(dialog(page).get_by_role("button", name=f"{name} Whitlock")).to_be_visible()
    hers.get_by_role("button", name="Kofi Whitlock").click()
    expect(hers.locator("#toasts")).to_contain_text("is offered to Kofi Whitlock")
    theirs.get_by_role("button", name="Dana Whitlock").click()
    alert = dialog(theirs).get_by_role("alert")
    expect(alert).to_contain_text("was not given. Priya Whitlock gave it to Kofi Whitlock at ")
    expect(dialog(theirs).get_by_label("Reason")).to_have_value("Dana knows him")
    assert whose(floor[0]) == ("offered", "kofi")
    dialog(theirs).get_by_role("button", name="Dana Whitlock").click()
    expect(theirs.locator("#toasts")).to_contain_text("is offered to Dana Whitlock")
    assert whose(floor[0]) == ("offered", "dana")


def test_the_holder_is_told_and_keeps_what_was_typed(desk, floor):
    case = floor[0]
    holder = opened(desk, "dana", "/inbox/")
    holder.locator(f"#row-{case.id} > a").click()
    expect(holder.locator("#briefing")).to_have_attribute("data-state", "held")
    press(holder, "r")
    holder.locator("#reject-dialog textarea").first.fill("The photo is older than the order")
    page = opened(desk)
    page.locator(f"#give-{case.id}").click()
    dialog(page).get_by_label("Reason").fill("Kofi is free")
    dialog(page).get_by_role("button", name="Kofi Whitlock").click()
    expect(page.locator("#toasts")).to_contain_text("is offered to Kofi Whitlock")
    expect(holder.locator("#briefing")).not_to_have_attribute("data-state", "held")
    told = holder.get_by_text("to Kofi Whitlock: Kofi is free. What you wrote is kept.")
    expect(told.first).to_be_visible()
    kept = holder.evaluate(
        "JSON.stringify({...sessionStorage, ...localStorage}) + document.body.innerText + [...document.querySelectorAll('textarea')].map((one) => one.value)"
    )
    assert "The photo is older than the order" in kept
    assert whose(case) == ("offered", "kofi")


def test_the_holder_was_faster(desk, floor):
    case = floor[0]
    holder, page = opened(desk, "dana", "/inbox/"), opened(desk)
    holder.locator(f"#row-{case.id} > a").click()
    expect(holder.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(row(page, case)).to_contain_text("Dana Whitlock")
    page.locator(f"#give-{case.id}").click()
    dialog(page).get_by_label("Reason").fill("Kofi is free")
    holder.locator("#briefing form[data-command=approve] button:visible").first.click()
    expect(holder.locator(".toast")).to_be_visible()
    dialog(page).get_by_role("button", name="Kofi Whitlock").click()
    alert = dialog(page).get_by_role("alert")
    expect(alert).to_contain_text("was not given. Dana Whitlock decided it: approved at ")
    expect(dialog(page)).to_contain_text("Kofi is free")
    assert Escalation.objects.get(pk=case.pk).decided_by == user("dana")


def test_the_board_follows_without_losing_a_hand(desk, floor):
    page = opened(desk)
    row(page, floor[0]).get_by_role("checkbox").check()
    page.locator("[id^=more-]").first.focus()
    held = page.evaluate("document.activeElement.id")
    lifecycle.claim(floor[1], by=factories.viewer_of(user("dana")), now=timezone.now())
    expect(row(page, floor[1])).to_contain_text("Dana Whitlock")
    expect(row(page, floor[0]).get_by_role("checkbox")).to_be_checked()
    assert page.evaluate("document.activeElement.id") == held
    expect(page.locator("tr[data-person=dana]")).to_contain_text("1 of 5")


def test_status_and_load_of_others(desk, floor):
    page = opened(desk)
    page.get_by_role("link", name="More for Kofi Whitlock").click()
    dialog(page).get_by_label("Units at once").fill("2")
    dialog(page).get_by_role("button", name="Save load").click()
    expect(page.locator("#toasts")).to_contain_text("Kofi Whitlock may hold 2 at once.")
    expect(page.locator("tr[data-person=kofi]")).to_contain_text("0 of 2")
    page.get_by_role("link", name="More for Kofi Whitlock").click()
    dialog(page).get_by_label("Away, because").fill("Fire drill")
    dialog(page).get_by_role("button", name="Set to away").click()
    expect(page.locator("tr[data-person=kofi]")).to_contain_text("Away, fire drill")
    expect(page.locator("tr[data-person=kofi]")).to_contain_text("set by a supervisor")


def test_any_minute_of_the_last_day(desk, floor):
    old = timezone.now() - timedelta(minutes=30)
    case = factories.escalation(by=factories.key("vera"), now=old, summary="Block the card")
    lifecycle.claim(case, by=factories.viewer_of(user("dana")), now=old + timedelta(minutes=5))
    page = opened(desk)
    page.get_by_role("link", name="Go back in time").click()
    expect(page.get_by_text("This is the past.")).to_be_visible()
    is_live(page)
    dana = page.locator("tr[data-person=dana]")
    expect(dana).to_contain_text(case.case_number)
    expect(page.get_by_role("button", name="Reassign selected")).to_have_count(0)
    page.keyboard.press("{")
    expect(dana).to_have_count(0)
    expect(page.locator("#queues")).to_contain_text("Anybody's")
    page.keyboard.press("]")
    slider = page.get_by_role("slider", name="Minutes back")
    expect(slider).to_have_value("-29")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(dana).to_contain_text(case.case_number)
    assert "at=" in page.url
    page.route("**/floor/?*", lambda route: route.abort())
    page.keyboard.press("[")
    expect(page.locator("#toasts")).to_contain_text("That minute could not be read. Try again.")
    page.unroute("**/floor/?*")
    page.get_by_role("link", name="Back to now").click()
    expect(page.get_by_text("This is the past.")).to_have_count(0)


def test_a_minute_is_typed_in_the_zone_of_the_screen_and_quick_steps_all_count(desk, floor):
    old = timezone.now() - timedelta(minutes=30)
    case = factories.escalation(by=factories.key("vera"), now=old, summary="Block the card")
    lifecycle.claim(case, by=factories.viewer_of(user("dana")), now=old + timedelta(minutes=5))
    page = opened(desk, path=f"/floor/?at={old:%Y-%m-%dT%H:%M}", timezone_id="Asia/Tokyo")
    dana = page.locator("tr[data-person=dana]")
    expect(dana).to_have_count(0)
    there = old + timedelta(minutes=10)
    field = page.get_by_label("Minute", exact=True)
    expect(field).to_have_value(f"{old + timedelta(hours=9):%Y-%m-%dT%H:%M}")
    field.fill(f"{there + timedelta(hours=9):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(dana).to_contain_text(case.case_number)
    assert f"at={there:%Y-%m-%dT%H}%3A{there:%M}" in page.url
    minute = int(page.get_by_role("slider").input_value())
    with page.expect_response(lambda answer: f"%3A{there + timedelta(minutes=4):%M}" in answer.url):
        for _ in range(4):
            page.keyboard.press("]")
    expect(page.get_by_role("slider")).to_have_value(str(minute + 4))
    expect(field).to_have_value(f"{there + timedelta(hours=9, minutes=4):%Y-%m-%dT%H:%M}")


def test_nothing_stands_in_anybodys_way(desk, floor, faults):
    page = opened(desk)
    assert faults(page) == []
    page.locator(f"#give-{floor[0].id}").click()
    expect(dialog(page)).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="More for Kofi Whitlock").click()
    expect(dialog(page)).to_be_visible()
    assert faults(page) == []
    page.goto("/floor/?at=" + (timezone.now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M"))
    assert faults(page) == []


def test_a_phone_gives_as_well(desk, floor):
    page = opened(desk, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(f"#give-{floor[0].id}").click()
    dialog(page).get_by_role("button", name="Kofi Whitlock").click()
    expect(page.locator("#toasts")).to_contain_text("is offered to Kofi Whitlock")
    assert whose(floor[0]) == ("offered", "kofi")


def test_without_scripts_the_same_pages_work(desk, floor):
    page = desk(user("priya"), "/floor/", java_script_enabled=False)
    page.locator(f"#give-{floor[0].id}").click()
    page.get_by_role("textbox", name="Reason, for whoever gets it").fill("Kofi is free")
    page.get_by_role("button", name="Kofi Whitlock").click()
    expect(page.locator("#toasts")).to_contain_text("is offered to Kofi Whitlock")
    page.get_by_role("link", name="Go back in time").click()
    expect(page.get_by_text("This is the past.")).to_be_visible()
    page.get_by_role("button", name="15 minutes back").click()
    expect(page.get_by_text("This is the past.")).to_be_visible()
    assert whose(floor[0]) == ("offered", "kofi")


def test_what_waits_is_spread_by_a_key_and_a_queue_opens_in_place(desk, floor):
    page = opened(desk)
    page.locator("#queues a").first.click()
    expect(page).to_have_url(re.compile("show=queue-"))
    expect(page.locator("#late tbody tr")).to_have_count(2)
    expect(page.locator("#show-these")).to_have_attribute("aria-current", "true")
    page.keyboard.press("s")
    expect(dialog(page)).to_contain_text("Nothing is done yet.")
    dialog(page).get_by_role("button", name="Offer them").click()
    expect(dialog(page)).to_be_hidden()
    assert [whose(case)[0] for case in floor] == ["offered", "offered"]


def test_a_row_that_is_dragged_scrolls_at_the_edge_and_people_stay_in_view(desk, floor):
    now, mira = timezone.now(), factories.key()
    for n in range(40):
        case = factories.escalation(by=mira, now=now, summary=f"Refund €{n}5.00 to Ida Berg")
        case.respond_by = now - timedelta(seconds=60)
        case.save()
    page = opened(desk, width=1100, height=700)
    expect(page.locator("#late tbody tr")).to_have_count(42)
    source = row(page, floor[0]).locator("td.dim").bounding_box()
    page.mouse.move(source["x"] + 20, source["y"] + 10)
    page.mouse.down()
    page.mouse.move(source["x"] + 40, source["y"] + 40, steps=4)
    expect(page.locator("baton-floor")).to_have_attribute("data-dragging", "")
    expect(page.locator("tr[data-person=kofi]")).to_be_in_viewport()
    page.mouse.move(source["x"] + 40, 690, steps=4)
    page.mouse.move(source["x"] + 40, 692)
    page.wait_for_function("() => scrollY > 200")
    target = page.locator("tr[data-person=kofi]").bounding_box()
    page.mouse.move(target["x"] + 90, target["y"] + 20, steps=6)
    expect(page.locator("tr[data-person=kofi]")).to_have_attribute("data-target", "")
    page.mouse.up()
    expect(dialog(page).get_by_role("heading")).to_contain_text(floor[0].case_number)
    expect(page.locator("baton-floor[data-dragging]")).to_have_count(0)
