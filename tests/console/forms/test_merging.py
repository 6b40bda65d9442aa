"""Two leads have the same form open: what the one saved is not put back by the other."""

import pytest
from django.test import Client
from django.test.html import parse_html

from console import clock
from console.models import User
from escalations.agents import registry
from escalations.models import Agent, LookUp
from escalations.record.lines import Actor
from routing.models import Duty, Team, WorkLimit
from routing.people import roster, teams
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db
NADIA = Actor("person", "nadia")
SHOP = "https://shop.example.com/orders/{args.order_id}"


@pytest.fixture
def ruth():
    person("nadia", "admin")
    client = Client()
    assert client.login(username=person("ruth", "admin").username, password=PASSWORD)
    return client


@pytest.fixture
def nadia(ruth):
    client = Client()
    assert client.login(username="nadia", password=PASSWORD)
    return client


@pytest.fixture
def amara():
    team = Team.objects.create(name="Service")
    found = person("amara", skills={"refunds": 3, "fraud": 1})
    Duty.objects.create(person=found, team=team, time_zone="UTC")
    WorkLimit.objects.create(person=found, task_type="refund", units=5)
    return found


def inputs(element):
    """What a browser would send of it, name by name."""
    found = {}
    for child in (one for one in element.children if not isinstance(one, str)):
        given = dict(child.attributes)
        if child.name == "select":
            chosen = [dict(one.attributes) for one in child.children if not isinstance(one, str)]
            chosen = [one for one in chosen if "selected" in one] or chosen[:1]
            found[given["name"]] = chosen[0].get("value", "")
        elif child.name == "textarea":
            found[given["name"]] = "".join(map(str, child.children)).strip("\n")
        elif child.name == "input" and given.get("type") == "checkbox":
            found |= {given["name"]: "on"} if "checked" in given else {}
        elif child.name == "input" and "name" in given:
            found[given["name"]] = given.get("value", "")
        found |= inputs(child)
    return found


def form_of(client, page, action):
    """What the form of the page says that is sent there."""
    return inputs(named_form(client.get(page).content.decode(), action))


def named_form(text, action):
    def search(element):
        for child in (one for one in element.children if not isinstance(one, str)):
            if child.name == "form" and dict(child.attributes).get("action") == action:
                return child
            if (found := search(child)) is not None:
                return found
        return None

    main = text.partition('<main id="main"')[2].partition("</main>")[0]
    return search(parse_html(f"<main{main}</main>"))


def facts(amara):
    registry.create("Mira", by=NADIA, now=clock.now())
    Agent.objects.update(facts_url=SHOP, facts_fields=[["Total", "total"]])

    def read():
        return list(Agent.objects.values_list("facts_url", "facts_fields").get())

    other, both = f"{SHOP}/x", [["Sum", "sum"]]
    return "/agents/Mira/", "/agents/Mira/facts/", {"url": other}, {"values": "Sum = sum"}, read, [
        other, both,
    ]  # fmt: skip


def look_up(amara):
    row = LookUp.objects.create(
        name="Order", url=SHOP, fields=[["Total", "total"]], created_at=clock.now()
    )

    def read():
        return list(LookUp.objects.values_list("name", "fields").get())

    page, action = f"/agents/look-ups/all/?open={row.pk}", f"/agents/look-ups/{row.pk}/"
    return (
        page,
        action,
        {"name": "Orders"},
        {"values": "Sum = sum"},
        read,
        ["Orders", [["Sum", "sum"]]],
    )


def named(amara):

    def read():
        return list(User.objects.values_list("role", "email", "last_name").get(pk=amara.pk))

    first, second = {"role": "supervisor", "email": "a@example.org"}, {"last_name": "West"}
    wanted = ["supervisor", "a@example.org", "West"]
    return "/people/amara/", "/people/amara/name/", first, second, read, wanted


def staff(part, first, second, read, wanted):
    def at(amara):
        page = f"/skills/people/{amara.pk}/"
        return page, f"{page}{part}/", first, second, lambda: read(amara), wanted

    at.__name__ = part
    return at


def _duty(amara):
    duty = Duty.objects.select_related("team").get(person=amara)
    return [duty.team and duty.team.name, duty.time_zone]


def team(amara):
    pk = Team.objects.get(name="Service").pk

    def read():
        return list(Team.objects.values_list("mode", "offers_leads", "wrap_up_s").get(pk=pk))

    first, second = {"mode": "pull", "offers_leads": "on"}, {"wrap_up_s": "30"}
    return "/skills/", f"/skills/teams/{pk}/", first, second, read, ["pull", True, 30]


FORMS = [
    named,
    facts,
    look_up,
    team,
    staff(
        "skills", {"skill:refunds": "5"}, {"skill:fraud": "4"},
        lambda one: roster.skills_of(one.pk), {"refunds": 5, "fraud": 4},
    ),
    staff("duty", {"team": ""}, {"time_zone": "Europe/Berlin"}, _duty, [None, "Europe/Berlin"]),
    staff(
        "load", {"limit:refund": "2"}, {"units": "4"},
        lambda one: teams.limits_of(one.pk), {"refund": 2},
    ),
    staff(
        "week", {"work:0": "09:00-17:00"}, {"work:1": "10:00-12:00"},
        lambda one: one.shifts.count(), 2,
    ),
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=lambda one: one.__name__)
def test_what_the_other_saved_stays(ruth, nadia, amara, form):
    page, action, first, second, read, wanted = form(amara)
    before = form_of(ruth, page, action)
    assert nadia.post(action, form_of(nadia, page, action) | first).status_code == 302
    assert ruth.post(action, before | second).status_code == 302
    assert read() == wanted


def test_what_both_changed_is_asked_about_once(ruth, nadia, amara):
    page, action = "/people/amara/", "/people/amara/name/"
    before = form_of(ruth, page, action)
    nadia.post(action, before | {"last_name": "West", "role": "supervisor"})
    asked = ruth.post(action, before | {"last_name": "Weste", "email": "a@example.org"})
    assert asked.status_code == 422
    text = asked.content.decode()
    assert "Nadia Whitlock has just changed this to “West”. Save again to have yours." in text
    again = inputs(named_form(text, action))
    assert (again["last_name"], again["email"], again["role"]) == (
        "Weste", "a@example.org", "supervisor",
    )  # fmt: skip
    assert ruth.post(action, again).status_code == 302
    amara.refresh_from_db()
    assert (amara.last_name, amara.email, amara.role) == ("Weste", "a@example.org", "supervisor")


def test_a_token_goes_to_no_address_that_it_was_not_typed_for(ruth, nadia, amara):
    page, action, *_ = facts(amara)
    before = form_of(ruth, page, action)
    nadia.post(action, before | {"url": "https://other.example.com/{args.order_id}"})
    refused = ruth.post(action, before | {"token": "s3cret"})
    assert refused.status_code == 422
    assert "The address was changed meanwhile." in refused.content.decode()
    assert "s3cret" not in refused.content.decode()
    assert Agent.objects.get().facts_token == ""
