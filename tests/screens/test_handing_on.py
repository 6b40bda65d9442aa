"""Handing on in real browsers: ask, keep, silence; snooze and wake; pass on; what was typed travels."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.briefing import working_draft
from escalations.models import Escalation, Remark, WorkingDraft
from escalations.templatetags.case import countdown
from routing.models import Handover, Presence
from routing.people import roster
from routing.transfers import handovers
from tests import factories
from tests.accessibility import PHONE
from tests.routing.presence import there
from tests.screens.hand.pressing import NOT_YET, press
from tests.screens.test_connection import Line

pytestmark = pytest.mark.django_db


def live(page):
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


def person(name, role="reviewer", **skills):
    user = factories.person(name, role, skills)
    Presence.objects.create(
        person=user, state="present", since=timezone.now(), seen_at=timezone.now()
    )
    return user


@pytest.fixture
def case():
    return factories.escalation(now=timezone.now())


@pytest.fixture
def dana():
    return person("dana")


def holding(desk, user, case, **options):
    """This person's page with the case open, held and seen."""
    page = live(desk(user, **options))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    expect(page.locator(NOT_YET)).to_have_count(0)
    return page


def now_held_by(case):
    holder = Escalation.objects.get(pk=case.pk).held_by
    return holder and holder.username


def test_snooze_by_keys_and_it_wakes_at_its_minute(desk, dana, case):
    page = holding(desk, dana, case)
    press(page, "s")
    dialog = page.get_by_role("dialog", name="Snooze until")
    expect(dialog).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("#toasts")).to_contain_text("Snoozed. The case comes back by itself.")
    snoozed = Escalation.objects.get()
    assert (snoozed.state, snoozed.held_by, snoozed.assignee) == ("snoozed", None, "dana")
    left = snoozed.snoozed_until - timezone.now()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    page.wait_for_url("**/inbox/")
    page.goto(f"/escalations/{case.id}/")
    live(page)
    expect(page.locator("#case")).to_contain_text("by Dana Whitlock. Its clock stands still.")
    lifecycle.wake(snoozed, now=snoozed.snoozed_until)
    expect(page.locator("#briefing")).to_have_attribute("data-state", "waiting")
    expect(page.get_by_text("Snoozed until")).to_have_count(0)


def test_take_it_back_now(desk, dana, case):
    until = timezone.now() + timedelta(hours=2)
    lifecycle.snooze(case, by=viewer_of(dana), version=1, until=until, now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/"))
    page.get_by_role("button", name="Take it now").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    assert now_held_by(case) == "dana"


def test_a_minute_of_ones_own_in_the_zone_of_the_screen(desk, dana, case):
    page = holding(desk, dana, case, timezone_id="Asia/Tokyo")
    press(page, "s")
    dialog = page.get_by_role("dialog", name="Snooze until")
    expect(dialog).to_contain_text("Time zone: Asia/Tokyo")
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    dialog.get_by_label("Or at a minute of your own").fill(f"{tomorrow}T09:30")
    dialog.get_by_label("Why").fill("They call back then.")
    dialog.get_by_role("button", name="Snooze until then").click()
    expect(page.locator("#toasts")).to_contain_text("Snoozed.")
    assert f"{Escalation.objects.get().snoozed_until:%Y-%m-%d %H:%M}" == f"{tomorrow} 00:30"
    assert Remark.objects.get().text == "They call back then."


def test_a_wrong_minute_says_so_and_loses_nothing(desk, dana, case):
    page = holding(desk, dana, case)
    press(page, "s")
    dialog = page.get_by_role("dialog", name="Snooze until")
    dialog.get_by_label("Why").fill("They call back then.")
    dialog.get_by_label("Or at a minute of your own").fill("2020-01-01T09:30")
    dialog.get_by_role("button", name="Snooze until then").click()
    expect(dialog).to_contain_text("That time is past; choose one in the future.")
    expect(dialog.get_by_label("Why")).to_have_value("They call back then.")
    assert now_held_by(case) == "dana"


def test_pass_on_by_keyboard_and_the_next_person_reads_the_note(desk, dana, case):
    amara = person("amara")
    page = holding(desk, dana, case)
    press(page, "p")
    dialog = page.get_by_role("dialog", name="Pass on")
    expect(dialog.get_by_role("button", name="Amara Whitlock")).to_be_visible()
    page.keyboard.type("The photo is older.")
    page.keyboard.press("Tab")
    page.keyboard.type("ama")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Amara Whitlock")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#briefing")).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text("Passed on. The case keeps its age.")
    page.wait_for_url("**/inbox/")
    passed = Escalation.objects.get()
    assert (passed.state, passed.assignee, passed.held_by) == ("waiting", "amara", None)
    theirs = live(desk(amara, f"/escalations/{case.id}/"))
    word = theirs.locator(".note.handed")
    expect(word).to_contain_text("Dana Whitlock passed this on to you")
    expect(word).to_contain_text("The photo is older.")


def test_enter_goes_to_whoever_was_looked_for(desk, dana, case):
    person("amara"), person("kofi")
    page = holding(desk, dana, case)
    press(page, "p")
    dialog = page.get_by_role("dialog", name="Pass on")
    search = dialog.get_by_role("searchbox", name="Find a person")
    search.press_sequentially("kof")
    search.press("Enter")
    expect(dialog.get_by_role("button", name="Kofi Whitlock")).to_be_focused()
    expect(dialog.get_by_role("button", name="Amara Whitlock")).to_have_count(0)


def test_a_lost_list_of_people_is_said_and_read_at_the_next_opening(desk, dana, case):
    person("amara")
    page = holding(desk, dana, case)
    page.route("**/pass_on/people/*", lambda route: route.abort())
    press(page, "p")
    dialog = page.get_by_role("dialog", name="Pass on")
    expect(dialog).to_contain_text("Baton could not be asked who is there.")
    page.unroute("**/pass_on/people/*")
    page.keyboard.press("Escape")
    press(page, "p")
    amara = dialog.get_by_role("button", name="Amara Whitlock")
    expect(amara).to_be_visible()
    page.route("**/pass_on/people/*", lambda route: route.abort())
    search = dialog.get_by_role("searchbox", name="Find a person")
    search.press_sequentially("kof")
    expect(amara).to_have_count(0)
    expect(dialog).to_contain_text("Baton could not be asked who is there.")
    expect(search).to_be_focused()
    expect(search).to_have_value("kof")


def test_people_stay_in_the_dialog_while_the_case_changes(desk, dana, case):
    person("amara")
    page = holding(desk, dana, case)
    press(page, "p")
    amara = page.get_by_role("dialog", name="Pass on").get_by_role("button", name="Amara Whitlock")
    expect(amara).to_be_visible()
    held = Escalation.objects.get()
    lifecycle.add_context(held, {"environment": {}}, agent="mira", now=timezone.now())
    expect(page.locator("#case-news")).to_contain_text("Changed while you had it open.")
    expect(amara).to_be_visible()


def test_pass_on_to_a_skill_says_how_many_have_it(desk, dana, case):
    for name, grade in (("amara", 4), ("kofi", 2)):
        roster.grade(there(person(name), timezone.now()), {"refunds": grade})
    page = holding(desk, dana, case)
    press(page, "p")
    dialog = page.get_by_role("dialog", name="Pass on")
    expect(dialog).to_contain_text("1 other person who is there has it at 3 or better.")
    dialog.get_by_label("Proficiency at least").select_option("2")
    expect(dialog).to_contain_text("2 others who are there have it at 2 or better.")
    dialog.get_by_role("button", name="Pass on", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Passed on. The case keeps its age.")
    page.wait_for_url("**/inbox/")
    assert Escalation.objects.get().requirement.skills == {"refunds": 2}


def test_a_stale_version_keeps_the_note(desk, dana, case):
    page = holding(desk, dana, case)
    page.route("**/escalations/*/?since=*", lambda route: route.abort())
    held = Escalation.objects.get()
    press(page, "p")
    dialog = page.get_by_role("dialog", name="Pass on")
    dialog.get_by_label("Note for the next person").fill("The photo is older.")
    lifecycle.add_context(
        held,
        {"logs": [{"at": "2026-11-19T14:00:00Z", "text": "x"}]},
        agent="mira",
        now=timezone.now(),
    )
    dialog.get_by_role("button", name="A supervisor").click()
    expect(page.locator("#case-notice")).to_contain_text("This case changed after you read it.")
    page.unroute("**/escalations/*/?since=*")
    press(page, "p")
    expect(dialog.get_by_label("Note for the next person")).to_have_value("The photo is older.")
    assert Escalation.objects.get().wanted_by == ""


def asking(desk, dana, case):
    mine = holding(desk, dana, case)
    theirs = live(desk(person("priya"), f"/escalations/{case.id}/"))
    theirs.get_by_role("button", name="Ask to take over").first.click()
    expect(theirs.locator("baton-handovers")).to_contain_text("You asked Dana Whitlock for")
    question = mine.locator("baton-handovers")
    expect(question).to_contain_text("Priya Whitlock asks to take over")
    return mine, theirs


def test_the_holder_keeps_it(desk, dana, case):
    mine, theirs = asking(desk, dana, case)
    mine.get_by_role("button", name="Keep it").click()
    expect(mine.locator("baton-handovers li")).to_have_count(0)
    expect(theirs.locator("baton-handovers li")).to_have_count(0)
    assert (now_held_by(case), Handover.objects.get().outcome) == ("dana", "kept")


def test_the_holder_hands_it_over(desk, dana, case):
    mine, theirs = asking(desk, dana, case)
    mine.get_by_role("button", name="Hand over").click()
    expect(theirs.locator("#briefing[data-mine]")).to_be_visible()
    expect(theirs.locator("baton-handovers li")).to_have_count(0)
    expect(mine.locator("#rail")).to_contain_text("Held by Priya Whitlock since")


def test_silence_hands_it_over(desk, dana, case):
    mine, theirs = asking(desk, dana, case)
    Handover.objects.update(until=timezone.now())
    assert handovers.sweep(timezone.now()) == 1
    expect(theirs.locator("#briefing[data-mine]")).to_be_visible()
    expect(mine.locator("#rail")).to_contain_text("Held by Priya Whitlock since")
    expect(mine.locator("baton-handovers li")).to_have_count(0)


def test_a_question_is_there_again_after_the_connection_was_lost(desk, dana, case):
    mine = holding(desk, dana, case)
    mine.context.set_offline(True)
    mine.evaluate("() => window.dispatchEvent(new Event('offline'))")
    priya = person("priya")
    handovers.ask(Escalation.objects.get(), by=viewer_of(priya), now=timezone.now())
    mine.context.set_offline(False)
    mine.reload()
    expect(mine.locator("baton-handovers")).to_contain_text("Priya Whitlock asks to take over")


def test_what_was_typed_travels_with_the_case(desk, dana, case):
    mine, theirs = asking(desk, dana, case)
    press(mine, "e")
    mine.get_by_label("Amount").fill("68.00")
    mine.get_by_label("Reply to Inès Carvalho").fill("Dear Inès, we have refunded €68.00.")
    mine.get_by_role("button", name="Hand over").click()
    left = theirs.locator("[data-left]")
    expect(left).to_contain_text("Dana Whitlock had written this")
    expect(left).to_contain_text("68.00")
    press(theirs, "e")
    theirs.get_by_label("Amount").fill("70.00")
    left.get_by_role("button", name="Use it").click()
    expect(theirs.get_by_label("Amount")).to_have_value("70.00")
    reply = theirs.get_by_label("Reply to Inès Carvalho")
    expect(reply).to_have_value("Dear Inès, we have refunded €68.00.")
    expect(left).to_contain_text("1 filled in; 1 kept as you have them")
    theirs.get_by_role("button", name="Send edit").first.click()
    expect(theirs.locator("#toasts .toast")).to_be_visible()
    assert working_draft.erase(timezone.now()) > 0
    assert WorkingDraft.objects.count() == 0


@pytest.mark.parametrize("dialog", ["snooze-dialog", "pass-on-dialog", "reject-dialog"])
def test_a_press_that_began_in_a_dialog_does_not_close_it(desk, dana, case, dialog):
    page = holding(desk, dana, case)
    page.locator(f'#briefing [data-opens="{dialog}"] >> visible=true').first.click()
    opened = page.locator(f"#{dialog}")
    expect(opened).to_be_visible()
    field, mouse = opened.locator("textarea").bounding_box(), page.mouse
    mouse.move(field["x"] + 20, field["y"] + 10)
    mouse.down()
    for x, y in ((field["x"] + 20, opened.bounding_box()["y"] + 6), (5, 5)):
        mouse.move(x, y)
    mouse.up()
    expect(opened).to_be_visible()
    mouse.click(5, 5)
    expect(opened).to_be_hidden()


def test_what_is_not_needed_goes_away(desk, dana, case):
    amara = person("amara")
    held = lifecycle.claim(case, by=viewer_of(dana), now=timezone.now())
    WorkingDraft.objects.create(
        escalation=held, person=dana, saved_at=timezone.now(),
        fields={"respond": [["reply", "We look into it.", None]]},
    )  # fmt: skip
    lifecycle.hand_over(held, holder=dana.pk, to=viewer_of(amara), now=timezone.now())
    page = live(desk(amara, f"/escalations/{case.id}/"))
    expect(page.locator("[data-left]")).to_contain_text("We look into it.")
    page.get_by_role("button", name="Not needed").click()
    expect(page.locator("[data-left]")).to_have_count(0)
    assert WorkingDraft.objects.count() == 0


def test_the_clock_of_a_snoozed_case_stands_still(desk, dana, case):
    now = case.arrived_at
    case = lifecycle.snooze(
        case, by=viewer_of(dana), version=1, until=now + timedelta(hours=9), now=now
    )
    left = countdown(case.respond_by, now)
    page = live(desk(dana, f"/escalations/{case.id}/"))
    expect(page.locator("#rail .left")).to_contain_text(f"{left} left when it comes back")
    page.goto("/inbox/?tab=snoozed")
    clock = page.locator(f"#row-{case.id} .clock")
    page.wait_for_timeout(1_500)
    expect(clock).to_have_text(f"Time left when it comes back {left}")


@pytest.mark.parametrize(("key", "command"), [("s", "snooze"), ("r", "reject")])
def test_what_was_not_answered_is_said_in_its_dialog(desk, dana, case, key, command):
    page = desk(dana, "/profile/")
    line = Line(page)
    page.goto("/inbox/")
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    press(page, key)
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.context.route(f"**/{command}/", lambda route: route.abort())
    line.cut()
    expect(page.locator("baton-live")).to_have_attribute("data-state", "reconnecting")
    page.keyboard.press("1")
    said = page.get_by_role("dialog").get_by_role("alert")
    expect(said).to_contain_text("it is not known yet whether this counted")
    page.context.unroute(f"**/{command}/")


@pytest.mark.parametrize(
    ("command", "after"), [("pass_on", ("waiting", "amara")), ("snooze", ("snoozed", "dana"))]
)
def test_without_a_script(desk, dana, case, command, after):
    person("amara")
    page = desk(dana, f"/escalations/{case.id}/", java_script_enabled=False)
    if command == "pass_on":
        page.locator("#rail").get_by_role("button", name="Pass on").click()
        page.get_by_label("Note for the next person").fill("Yours.")
        page.get_by_role("button", name="Amara Whitlock").click()
    else:
        page.locator("#rail").get_by_role("button", name="Snooze").click()
        page.get_by_role("button", name="1 hour").click()
    expect(page).to_have_url("/inbox/")
    handed = Escalation.objects.get()
    assert (handed.state, handed.assignee) == after


def test_a_visit_finds_nothing(desk, dana, case, faults):
    roster.grade(person("amara"), {"refunds": 4})
    page, found = holding(desk, dana, case), {}
    for panel in ("pass-on-dialog", "snooze-dialog"):
        page.locator(f'#briefing [data-opens="{panel}"] >> visible=true').first.click()
        expect(page.locator(f"#{panel}")).to_be_visible()
        if panel == "pass-on-dialog":
            expect(page.get_by_role("button", name="Amara Whitlock")).to_be_visible()
        found[panel] = faults(page)
        page.keyboard.press("Escape")
    handovers.ask(Escalation.objects.get(), by=viewer_of(person("priya")), now=timezone.now())
    expect(page.locator("baton-handovers li")).to_be_visible()
    found["asked"] = faults(page)
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="More").click()
    found["more"] = faults(page)
    page.locator('#briefing [data-opens="snooze-dialog"] >> visible=true').first.click()
    expect(page.locator("#snooze-dialog")).to_be_visible()
    assert {place: what for place, what in found.items() if what} == {}
