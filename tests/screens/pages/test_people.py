"""People and agents in a browser: changed in place, shown once, felt on open pages."""

import re

import pytest
from playwright.sync_api import expect

from console import clock
from console.models import User
from console.people import managing
from escalations.models import Agent, ApiKey, LookUp, Requirement
from escalations.record.lines import BATON
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(server):
    return factories.person("ada", "admin")


def test_person_is_added_and_the_password_shown_once(desk, ada):
    page = desk(ada, "/people/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("First name").fill("Omar")
    page.get_by_label("Last name").fill("Haddad")
    page.get_by_role("button", name="Add person").click()
    expect(page.locator("main .err")).to_contain_text("already a person called ada")
    expect(page.get_by_label("Last name")).to_have_value("Haddad")
    page.get_by_label("Username").fill("omar")
    page.get_by_role("button", name="Add person").click()
    expect(page.get_by_role("heading", name="Omar Haddad")).to_be_visible()
    password = page.locator("[data-secret]").inner_text()
    assert User.objects.get(username="omar").check_password(password)


def test_name_is_saved_in_place(desk, ada):
    factories.person("dana")
    page = desk(ada, "/people/dana/")
    page.evaluate("document.documentElement.dataset.same = 'page'")
    page.get_by_label("Last name").fill("West")
    page.get_by_role("button", name="Save name and role").click()
    expect(page.get_by_role("heading", name="Dana West")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.same") == "page"


def test_the_address_names_what_is_shown(desk, ada):
    """Of a link to another page, of a form that led to one, and of a part that was opened."""
    factories.person("dana")
    Agent.objects.create(name="Mira", created_at=clock.now())
    page = desk(ada, "/people/")
    for link, at, listed in (
        ("Dana", "/people/dana/", "/people/"),
        ("Mira", "/agents/Mira/", "/agents/"),
    ):
        page.goto(listed)
        page.locator("table a", has_text=link).click()
        expect(page).to_have_url(re.compile(f"{at}$"))
        page.go_back()
        expect(page).to_have_url(re.compile(f"{listed}$"))
        expect(page.locator("table a", has_text=link)).to_be_visible()
    page.get_by_label("Name").fill("Nova")
    page.get_by_role("button", name="Add agent").click()
    expect(page).to_have_url(re.compile("/agents/Nova/$"))
    page.go_back()
    expect(page.get_by_role("heading", name="Agents", exact=True)).to_be_visible()
    page.goto("/people/")
    page.get_by_label("Username").fill("omar")
    page.get_by_label("First name").fill("Omar")
    page.get_by_label("Last name").fill("Haddad")
    page.get_by_role("button", name="Add person").click()
    expect(page.locator("[data-secret]")).to_be_visible()
    expect(page).to_have_url(re.compile("/people/omar/$"))


def test_a_look_up_is_opened_from_the_agents(desk, ada):
    made = {"url": "https://shop.example.com/{args.order_id}", "fields": [["Total", "total"]]}
    row = LookUp.objects.create(name="Order", created_at=clock.now(), **made)
    page = desk(ada, "/agents/")
    page.get_by_role("link", name="Look-ups").first.click()
    page.get_by_role("link", name="Order").click()
    expect(page.get_by_role("heading", name="Order", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/agents/look-ups/all/\?open={row.pk}$"))


def test_closed_account_is_felt_on_an_open_page(desk, ada):
    dana = factories.person("dana")
    theirs = desk(dana)
    expect(theirs.locator("baton-live")).to_have_attribute("data-state", "live")
    page = desk(ada, "/people/dana/")
    page.get_by_text("Close the account").click()
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("The account is closed.")).to_be_visible()
    expect(theirs).to_have_url(re.compile("/accounts/login/"))


def test_key_is_made_rotated_and_revoked(desk, ada):
    page = desk(ada, "/agents/")
    page.get_by_label("Name").fill("Mira")
    page.get_by_role("button", name="Add agent").click()
    expect(page.get_by_role("heading", name="Mira", exact=True)).to_be_visible()
    page.get_by_role("button", name="Make key").click()
    first = page.locator("[data-secret]")
    expect(first).to_contain_text("btn_")
    old = first.inner_text()
    page.get_by_role("button", name="Rotate").click()
    expect(page.get_by_text("The old one works for 24 more hours.")).to_be_visible()
    expect(first).not_to_have_text(old)
    page.locator("summary", has_text=f"Revoke… {old[:12]}").click()
    expect(page.locator(".ask[open]")).to_contain_text("It was never used by Mira.")
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_text("revoked")).to_be_visible()


def test_saving_one_form_keeps_the_others(desk, ada):
    Agent.objects.create(name="Mira", created_at=clock.now())
    page = desk(ada, "/agents/Mira/")
    address = page.get_by_role("region", name="New endpoint").get_by_label("Address")
    address.fill("https://hooks.example/half-typed")
    page.get_by_label("Ends after").select_option("30")
    page.get_by_role("button", name="Make key").dblclick()
    expect(page.locator("[data-secret]")).to_contain_text("btn_")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_label("Ends after")).to_have_value("")
    expect(address).to_have_value("https://hooks.example/half-typed")
    assert ApiKey.objects.count() == 1


def test_changed_skill_refreshes_in_place(desk, server):
    """What somebody has typed on any page of theirs stays, and what they may see now is shown."""
    dana = factories.person("dana", skills={"refunds": 1})
    case = factories.escalation()
    case.requirement = Requirement.objects.create(key="refunds:3", skills={"refunds": 3})
    case.save()
    ruth = factories.person("ruth", "supervisor")
    inbox, skills = desk(dana), desk(ruth, "/skills/?add=skill")
    for page in (inbox, skills):
        expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
        page.evaluate("document.documentElement.dataset.same = 'page'")
    expect(inbox.locator(".q-row")).to_have_count(0)
    inbox.get_by_text("Search and filter", exact=True).click()
    inbox.locator("#search").fill("half a wor")
    skills.get_by_label("Name", exact=True).first.fill("half a ski")
    for one in (dana, ruth):
        managing.grade(one, {"refunds": 4}, by=BATON, now=clock.now())
    expect(inbox.locator(".q-row")).to_have_count(1)
    for page in (inbox, skills):
        expect(page.locator("#toasts")).to_contain_text("Your skills or rights were changed.")
        assert page.evaluate("document.documentElement.dataset.same") == "page"
    expect(inbox.locator("#search")).to_have_value("half a wor")
    expect(skills.get_by_label("Name", exact=True).first).to_have_value("half a ski")


def test_another_role_changes_the_bar_of_an_open_page(desk, server):
    dana = factories.person("dana")
    page = desk(dana, "/profile/")
    expect(page.locator("baton-live")).to_have_attribute("data-state", "live")
    page.evaluate("document.documentElement.dataset.same = 'page'")
    facts = {"first_name": "Dana", "last_name": "West", "email": "", "role": "supervisor"}
    managing.change(dana, **facts, by=BATON, now=clock.now())
    expect(page.get_by_role("navigation", name="Main").get_by_text("Floor")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.same") == "page"


def test_a_visit_finds_nothing(desk, ada, faults):
    page = desk(ada, "/agents/")
    page.get_by_label("Name").fill("Mira")
    page.get_by_role("button", name="Add agent").click()
    expect(page.get_by_role("button", name="Make key")).to_be_visible()
    page.get_by_role("button", name="Make key").click()
    expect(page.locator("[data-secret]")).to_be_visible()
    for path in ("", "/people/", "/people/ada/", "/agents/"):
        if path:
            page.goto(path)
        assert faults(page) == []
