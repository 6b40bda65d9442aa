"""A conversation taken over, had and handed back, by keys, with somebody who reads along."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.lifecycle import effect
from escalations.lifecycle.conversing import receipts
from escalations.live import typing
from escalations.models import Escalation
from tests import factories
from tests.screens.hand.pressing import press

pytestmark = pytest.mark.django_db

STEPS = {"process": {"pending": [{"label": "Confirm the delivery"}, {"label": "Report"}]}}
TALK = {"messages": [{"role": "customer", "text": "I want a person."}]}
CONTEXT = {"customer": {"name": "Inès Carvalho"}, "conversation": TALK, **STEPS}


def live(page):
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    return page


def opened(desk, user, case, **options):
    page = live(desk(user, **options))
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "held")
    return page


def hear(case, text):
    said = {"their_id": "", "author": "Inès", "agent": "mira", "now": timezone.now()}
    lifecycle.hear(case, text, **said)


def test_a_conversation_by_keys_from_taking_it_over_to_handing_it_back(desk, faults):
    case = factories.escalation(now=timezone.now(), context=CONTEXT)
    page = opened(desk, factories.person("dana"), case)
    ruth = live(desk(factories.person("ruth", "supervisor"), f"/escalations/{case.id}/"))

    press(page, "t")
    expect(page.locator("#live-t")).to_have_text("You are talking to Inès Carvalho")
    box = page.get_by_role("textbox", name="To Inès Carvalho")
    expect(box).to_be_focused()
    expect(page.locator("#said-log")).to_contain_text("I want a person.")
    expect(page.locator("#said-log")).to_contain_text("You are speaking with Dana Whitlock now")
    expect(ruth.locator("#live")).to_contain_text("Dana Whitlock is talking to Inès Carvalho")
    expect(ruth.locator("#live textarea")).to_have_count(0)

    hear(case, "Where <b>is</b> it?")
    for screen in (page, ruth):
        expect(screen.locator("#said-log .theirs").last).to_contain_text("Where <b>is</b> it?")
    expect(page.locator("#announce")).to_contain_text("Where <b>is</b> it?")
    expect(page.locator("#hand-back-dialog [name=read_to]")).to_have_value("2")

    typing.of_customer(case)
    for screen in (page, ruth):
        expect(screen.locator("#live .typing")).to_have_text("Inès Carvalho is typing…")

    box.fill("In Vienna.\nBy noon it is yours.")
    box.press("Control+Enter")
    expect(box).to_have_value("")
    for screen in (page, ruth):
        expect(screen.locator("#said-log .us").last).to_contain_text("By noon it is yours.")
    expect(ruth.locator("#said-log .us .by").last).to_contain_text("Dana Whitlock")
    receipts.receive(case, 1, "failed", reason="Gone", now=timezone.now())
    expect(page.locator("#said-log")).to_contain_text("Not delivered: Gone")
    receipts.receive(case, 3, "delivered", now=timezone.now())
    for screen in (page, ruth):
        expect(screen.locator("#said-log .receipt").last).to_have_text("Delivered")
    found = faults(page)

    page.locator("#live-t").click()
    press(page, "b")
    dialog = page.locator("#hand-back-dialog")
    expect(page.locator("#hand-back-dialog:modal")).to_be_visible()
    dialog.get_by_label("Confirm the delivery").check()
    dialog.get_by_label("Promised to the customer").fill("By noon.\nA call if not.")
    dialog.get_by_label("Its first line").fill("Thank you, Inès.")
    dialog.get_by_text("See exactly what").click()
    expect(dialog.locator("pre")).to_contain_text('"resume_at": "Confirm the delivery"')
    expect(dialog.locator("pre")).to_contain_text('"A call if not."')
    assert (found, faults(page)) == ([], [])
    dialog.get_by_role("button", name="Hand back").click()
    expect(ruth.locator("#briefing")).to_have_attribute("data-state", "decided")
    expect(ruth.locator(".decided")).to_contain_text("Promised: A call if not.")
    told = effect.in_effect(Escalation.objects.get()).document
    assert (told["outcome"], told["take_over"]["promises"]) == (
        "returned", ["By noon.", "A call if not."],
    )  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_what_came_under_the_dialog_was_not_read(desk, width, height):
    """It counted as read where it stood under the dialog, and the agent was told to go on."""
    case = factories.escalation(now=timezone.now(), context=CONTEXT)
    dana = factories.person("dana")
    lifecycle.take_over(case, by=factories.viewer_of(dana), version=1, now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/", width=width, height=height))
    hear(case, "Where is it?")
    dialog, read_to = page.locator("#hand-back-dialog"), page.locator("[name=read_to]")
    expect(read_to).to_have_value("2")
    opener = page.locator("[data-opens=hand-back-dialog]").locator("visible=true").first
    opener.click()
    before = dialog.locator("[type=submit]").bounding_box()
    hear(case, "Wait, one more thing.")
    expect(dialog.get_by_role("status")).to_have_text(
        "Inès Carvalho wrote: close this and read it."
    )
    expect(read_to).to_have_value("2")
    after = dialog.locator("[type=submit]").bounding_box()
    assert after["y"] + after["height"] <= height
    assert abs(after["y"] - before["y"]) < 12
    dialog.get_by_label("What it must know").fill("A voucher is enough.")
    dialog.get_by_role("button", name="Hand back").click()
    expect(page.locator("#case-notice")).to_contain_text("Read it before you hand back.")
    assert Escalation.objects.get().state == "live"
    expect(page.locator("#said-log .theirs").last).to_be_in_viewport()
    expect(read_to).to_have_value("3")
    opener.click()
    expect(dialog.get_by_role("status")).to_have_text("")
    expect(dialog.get_by_label("What it must know")).to_have_value("A voucher is enough.")
    dialog.get_by_role("button", name="Hand back").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "decided")


def test_words_that_were_not_sent_are_told_before_it_is_handed_back(desk):
    """The dialog lay over them, and the customer never read them."""
    case = factories.escalation(now=timezone.now(), context=CONTEXT)
    dana = factories.person("dana")
    lifecycle.take_over(case, by=factories.viewer_of(dana), version=1, now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/"))
    words, told = (
        page.locator("baton-chat textarea"),
        page.locator("#hand-back-dialog [data-heard]"),
    )
    words.fill("I call you tomorrow.")
    page.locator("[data-opens=hand-back-dialog]").locator("visible=true").first.click()
    expect(told).to_have_text(
        "What you wrote to the customer is not sent: close this and send it, or they never read it."
    )
    page.keyboard.press("Escape")
    words.press("Control+Enter")
    expect(page.locator("#said-log")).to_contain_text("I call you tomorrow.")
    page.locator("[data-opens=hand-back-dialog]").locator("visible=true").first.click()
    expect(told).to_have_text("")


def test_who_takes_a_conversation_that_was_left_alone_goes_on_with_it(desk):
    case = factories.escalation(now=timezone.now(), context=CONTEXT)
    amara = factories.viewer("amara")
    lifecycle.take_over(case, by=amara, version=1, now=timezone.now())
    page = live(desk(factories.person("dana")))
    page.get_by_role("link", name="Team").click()
    expect(page.locator(f"#row-{case.id}")).to_contain_text("live")
    page.get_by_role("link", name="For me").click()
    lifecycle.pass_on(case, by=amara, version=2, now=timezone.now())
    Escalation.objects.filter(pk=case.pk).update(wanted_by="")
    page.reload()
    expect(page.locator(f"#row-{case.id}")).to_contain_text("customer waits for a person")
    page.locator(f"#row-{case.id} > a").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "live")
    expect(page.get_by_role("textbox", name="To Inès Carvalho")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    page.get_by_role("textbox", name="To Inès Carvalho").fill("I am Dana.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#said-log .us").last).to_contain_text("I am Dana.")


@pytest.mark.parametrize("width", [390, 1440])
def test_who_reads_along_takes_it_up_where_nobody_is_left(desk, width):
    case = factories.escalation(now=timezone.now(), context=CONTEXT)
    amara, dana = factories.viewer("amara"), factories.person("dana")
    lifecycle.take_over(case, by=amara, version=1, now=timezone.now())
    page = live(desk(dana, f"/escalations/{case.id}/", width=width))
    expect(page.locator("#live-t")).to_contain_text("is talking to")
    to = viewer_of(dana)
    lifecycle.pass_on(case, by=amara, version=2, person=to, now=timezone.now())
    expect(page.locator("#live-t")).to_contain_text("Nobody is talking")
    page.get_by_role("button", name="Take it now").click()
    expect(page.get_by_role("textbox", name="To Inès Carvalho")).to_be_visible()


def test_on_a_phone_it_is_had_and_closed(desk, faults):
    case = factories.escalation(now=timezone.now(), context=CONTEXT)
    dana = factories.person("dana")
    page = opened(desk, dana, case, width=390, height=844, color_scheme="dark")
    page.get_by_role("button", name="More").click()
    page.locator("#more-dialog").get_by_role("button", name="Take over").click()
    expect(page.locator("#briefing")).to_have_attribute("data-state", "live")
    page.get_by_role("textbox", name="To Inès Carvalho").fill("Done.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#said-log .us").last).to_contain_text("Done.")
    assert faults(page) == []
    page.locator(".bottom-bar").get_by_role("button", name="Hand back").click()
    page.get_by_label("Nowhere: close the case").check()
    page.locator("#hand-back-dialog").get_by_role("button", name="Hand back").click()
    expect(page.locator("#hand-back-dialog")).to_be_hidden()
    assert Escalation.objects.get().outcome == "taken_over"


def test_the_field_stays_where_it_is_and_esc_gives_the_keys_back(desk):
    """The field went 69 px down under the words, "b" was typed to the customer, three people were
    called five names, and nothing said that it was handed back."""
    case = factories.escalation(now=timezone.now(), context=CONTEXT)
    factories.escalation(now=timezone.now(), summary="Another one")
    page = opened(desk, factories.person("dana"), case)
    press(page, "t")
    box = page.get_by_role("textbox", name="To Inès Carvalho")
    expect(box).to_be_focused()
    expect(page.locator("#briefing:not([data-ui-fresh])")).to_have_count(1)
    before = box.bounding_box()
    for number in range(9):
        hear(case, f"Where is it, {number}?")
        expect(page.locator("#said-log .theirs").last).to_contain_text(f"Where is it, {number}?")
        assert box.bounding_box() == before
    expect(page.locator("#said-log .theirs").last).to_be_in_viewport()
    names = page.locator("#said-log .by").all_inner_texts()
    assert {re.sub(r"[ \d:]+$", "", " ".join(one.split())) for one in names} == {
        "Inès Carvalho", "You",
    }  # fmt: skip
    assert not any(re.search(r"\d:\d\d:\d\d", one) for one in names)
    page.keyboard.type("Soon")
    page.keyboard.press("Escape")
    expect(page.locator("#case")).to_be_focused()
    expect(box).to_have_value("Soon")
    page.route("**/hand_back/preview/", lambda route: route.fulfill(status=404, body="<p>No</p>"))
    press(page, "b")
    page.get_by_label("Promised to the customer").fill("By noon.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Handed back to mira, which goes on.")
    page.wait_for_timeout(800)
    expect(page.locator(".toast")).to_contain_text("Handed back to mira")
