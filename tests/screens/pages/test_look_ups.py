"""Looking up what other systems know, by a click, a key or the palette, while the case waits."""

import pytest
from playwright.sync_api import expect

from console import clock
from escalations.lookups import reading_them
from escalations.models import Escalation, LookUpReading
from routing.people import saved_views
from tests import factories
from tests.escalations.lookups.registering import OTHER, answering, case_of, look_up, settle
from tests.running.listening import loopback  # noqa: F401
from tests.running.receivers import free_port
from tests.screens.hand.pressing import press
from tests.screens.hand.test_taking_over import opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback")]


def settled(page, number):
    """The press has arrived, and is answered."""
    for _ in range(100):
        if LookUpReading.objects.count() == number:
            return settle()
        page.wait_for_timeout(50)
    raise AssertionError("Nobody was asked.")


def test_by_click_by_key_and_from_the_palette(desk, faults):
    with answering(OTHER) as orders:
        order = look_up(orders.url)
        customer = look_up(f"http://127.0.0.1:{free_port()}/hook", name="Parcel")
        case = case_of()
        page = opened(desk, factories.person("dana"), case)
        shown = page.locator(f"#look-up-{order.pk}")
        expect(shown).to_contain_text("Nobody has looked yet.")
        shown.get_by_role("button", name="Order").dblclick()
        expect(shown).to_contain_text("Asking")
        settled(page, 1)
        expect(shown).to_contain_text("€92.00")
        expect(shown).to_contain_text("Differs from what the agent said.")
        expect(shown).to_contain_text("the agent said 184.00")
        # The other one is next: whose address is away says so, and can be pressed again.
        press(page, "u")
        settled(page, 2)
        away = page.locator(f"#look-up-{customer.pk}")
        expect(away).to_contain_text("could not be read.")
        expect(away.get_by_role("button", name="Parcel")).to_be_enabled()
        page.wait_for_timeout(2_100)
        page.keyboard.press("Control+k")
        page.get_by_role("textbox", name="Case number").or_(
            page.get_by_role("searchbox", name="Case number")
        ).fill("look up: order")
        page.keyboard.press("Enter")
        settled(page, 3)
        expect(shown).to_contain_text("€92.00")
        assert len(orders.received) == 2
        assert faults(page) == []
    # Deciding waited for none of it, and nothing of the case was changed.
    press(page, "a")
    expect(page.locator("#toasts")).to_contain_text("Approved")
    assert Escalation.objects.get().state == "decided"


def test_the_key_goes_past_what_failed(desk):
    with answering(OTHER) as orders:
        look_up(f"http://127.0.0.1:{free_port()}/hook", name="A parcel")
        order = look_up(orders.url)
        page = opened(desk, factories.person("dana"), case_of())
        press(page, "u")
        settled(page, 1)
        expect(page.locator("#look-ups")).to_contain_text("could not be read.")
        # Long after the press that it answered.
        page.wait_for_timeout(1_200)
        press(page, "u")
        settled(page, 2)
        expect(page.locator(f"#look-up-{order.pk}")).to_contain_text("€92.00")


@pytest.mark.parametrize(
    "name", ["W" * 60, "An order of the old warehouse system, by what was paid for it"[:60]]
)
def test_names_as_long_as_people_may_give_fit_a_phone(desk, name):
    dana = factories.person("dana")
    with answering(OTHER) as orders:
        made = look_up(orders.url, name=name)
        page = opened(desk, dana, case_of(), width=390, height=844)
        expect(page.locator(f"#look-up-{made.pk} button")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    saved_views.keep(dana, name, "search=x", shared=False, now=clock.now())
    for address in ("/inbox/", "/inbox/?search=x"):
        page.goto(address)
        expect(page.locator("nav.saved")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390


LONG = "Dear Inès, we have refunded the lamp to your card; it will be there in some days. "
BUTTONS = "#briefing :is(.acts, .bottom-bar) form[data-command] button"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_a_key_pressed_twice_reads_once_and_the_answer_is_seen(desk, width, height):
    with answering(OTHER) as orders:
        made = look_up(orders.url)
        case = case_of(draft_response={"text": LONG * 12})
        page = opened(desk, factories.person("dana"), case, width=width, height=height)
        asked = []
        page.on("request", lambda one: one.method == "POST" and asked.append(one.url))
        boxes = (
            "(of) => [...document.querySelectorAll(of)].map((one) => one.getBoundingClientRect().y)"
        )
        before = page.evaluate(boxes, BUTTONS)
        press(page, "u")
        page.keyboard.press("u")
        settled(page, 1)
        shown = page.locator(f"#look-up-{made.pk}")
        expect(shown).to_contain_text("€92.00")
        page.wait_for_timeout(100)
        assert page.evaluate(boxes, BUTTONS) == before
        bar = page.locator(".bottom-bar").bounding_box()
        ends = bar["y"] if bar else height
        box = shown.bounding_box()
        assert box["y"] >= 48
        assert box["y"] + box["height"] <= ends
        assert len([url for url in asked if "/look-ups/" in url]) == 1


def test_on_a_phone_and_for_whoever_opens_it_later(desk, faults):
    with answering() as orders:
        made, case = look_up(orders.url), case_of()
        page = opened(desk, factories.person("dana"), case, width=390, height=844)
        shown = page.locator(f"#look-up-{made.pk}")
        shown.get_by_role("button", name="Order").click()
        settled(page, 1)
        expect(shown).to_contain_text("€184.00")
        expect(shown).not_to_contain_text("Differs")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390
        assert faults(page) == []
        ruth = desk(factories.person("ruth", "supervisor"), f"/escalations/{case.id}/")
        expect(ruth.locator(f"#look-up-{made.pk}")).to_contain_text("for Dana Whitlock")
    reading_them.rest()


def test_an_admin_registers_one_and_tries_it(desk, faults):
    with answering() as orders:
        case = case_of()
        page = desk(factories.person("ada", "admin"), "/agents/")
        page.get_by_role("link", name="Look-ups").click()
        expect(page.get_by_role("heading", name="Register a look-up")).to_be_visible()
        page.get_by_label("Name").fill("Order")
        page.get_by_label("Address").fill(
            orders.url.removesuffix("/hook") + "/orders/{args.order_id}"
        )
        page.get_by_label("What is shown").fill("Order = id\nAmount = total.amount")
        assert faults(page) == []
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_role("heading", name="Order")).to_be_visible()
        page.get_by_role("textbox", name="Try it with case").fill(f"BTN-{case.number}")
        page.get_by_role("button", name="Try it").click()
        settled(page, 1)
        expect(page.locator("#look-up .look-up")).to_contain_text("€184.00")
        assert faults(page) == []
