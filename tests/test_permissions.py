"""Every route × every role, every command × every role × own, stranger's or revoked.

The matrix is the table of `console/pages/table.py`; a route that is not in it fails.
"""

import re
import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from console.models import LEADS, Role, User
from console.pages import rights
from console.pages.table import ADMINS, PAGES
from escalations import commands, lifecycle
from escalations.commands import Command
from escalations.models import Requirement
from escalations.refusals import Conflict, Invalid, NotAllowed, NotFound
from routing.models import Team
from tests.factories import NOW, PASSWORD, after, escalation, person, viewer_of

pytestmark = pytest.mark.django_db

ROLES = tuple(Role.values)
# `accounts/` is allauth's, `api/v1/` for agents; both have matrices of their own.
OF_OTHERS = ("accounts/", "api/v1/")
GUARDED = [one for one in PAGES.values() if not one.without_sign_in]
READ = {one.path: one.read for one in GUARDED if one.read}
# Which command somebody may send follows below, for each of them.
WRITE = {one.path: one.write for one in GUARDED if one.write and "<str:name>" not in one.path}
# What names a thing that is not there is a 404 for whoever may look for it.
BY_NAME = {"people/<name:username>/", "agents/<name:agent>/"}

WRITTEN = re.compile(r'(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"(\w+)"', re.IGNORECASE)
# That somebody opened a case stands in the record.
OF_READING = {"escalations_chainhead", "escalations_event"}


def routes(patterns=None, before=""):
    """Every address pattern of our own pages."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        place = before + str(entry.pattern)
        if place.startswith(OF_OTHERS) and place != "api/v1/docs":
            continue
        elif isinstance(entry, URLPattern):
            yield place
        else:
            yield from routes(entry.url_patterns, place)


def signed_in(role):
    client = Client()
    assert client.login(username=person(f"{role}1", role).username, password=PASSWORD)
    return client


def address(route, case):
    filled = route.replace("<str:escalation_id>", case.id).replace("<str:name>", "claim")
    filled = filled.replace("<str:delivery_id>", "msg_none").replace("<str:username>", "nobody")
    filled = filled.replace("<name:username>", "nobody").replace("<name:agent>", "nobody")
    filled = filled.replace("<int:number>", "1").replace("<int:pk>", "0")
    if "<int:person>" in filled:
        ines = User.objects.filter(username="ines").first() or person("ines")
        filled = filled.replace("<int:person>", str(ines.pk))
    return "/" + filled.replace("<int:team>", str(Team.objects.get_or_create(name="One")[0].pk))


def test_every_route_is_in_the_table_and_nothing_else():
    assert sorted(routes()) == sorted(one.path for one in PAGES.values())
    assert {one.name for one in PAGES.values() if not (one.read or one.write)} == {
        "healthz", "readyz", "figures", "api_docs", "manifest", "worker", "offline",
    }  # fmt: skip


def test_what_the_table_must_say():
    """Auditors change nothing but what is their own; how work is done is changed by admins only."""
    own = ("profile", "notices", "escalations/<str:escalation_id>/")
    by_auditors = {one.path for one in GUARDED if Role.AUDITOR in one.write}
    assert [path for path in by_auditors if not path.startswith(own)] == []
    admins = ("levels/", "people/", "agents/", "deliveries/")
    settings = [one for one in GUARDED if one.write and one.path.startswith(admins)]
    drafting = "levels/"
    assert {one.write for one in settings if not one.path.startswith(drafting)} == {ADMINS}
    drafts = ("publish", "adopt", "decline")
    in_force = ("levels/versions/", *(f"levels/draft/{one}/" for one in drafts))
    assert {one.write for one in settings if one.path.startswith(in_force)} == {ADMINS}
    assert {one.write for one in settings} == {ADMINS, LEADS}
    reviewers = {one.path for one in GUARDED if Role.REVIEWER not in one.read | one.write}
    assert {path.split("/")[0] for path in reviewers} == {
        "floor", "audit", "deliveries", "levels", "skills", "people", "agents", "presence",
    }  # fmt: skip


def test_a_stranger_is_sent_to_sign_in():
    case = escalation()
    for place in GUARDED:
        for send in (Client().get, Client().post):
            answer = send(address(place.path, case))
            seen = (answer.status_code, answer.headers["Location"][:16])
            assert (place.name, seen) == (place.name, (302, "/accounts/login/"))


def test_other_methods_are_refused():
    client, case = signed_in("admin"), escalation()
    for place in PAGES.values():
        for method in {"GET", "POST", "PUT", "DELETE"} - set(place.methods):
            answer = client.generic(method, address(place.path, case))
            seen = (answer.status_code, answer.headers["Allow"])
            assert (place.name, seen) == (place.name, (405, ", ".join(place.methods)))


@pytest.mark.parametrize("role", ROLES)
def test_reading(role):
    client = signed_in(role)
    found = {route: client.get(address(route, escalation())).status_code for route in READ}
    there = {route: 404 if route in BY_NAME else 200 for route in READ}
    assert found == {route: there[route] if role in roles else 403 for route, roles in READ.items()}


@pytest.mark.parametrize("role", ROLES)
def test_a_get_writes_nothing_but_that_somebody_read(role):
    client = signed_in(role)
    found: dict[str, set[str]] = {}
    for route in READ:
        where = address(route, escalation())
        with CaptureQueriesContext(connection) as asked:
            client.get(where)
        tables = {table for one in asked for table in WRITTEN.findall(one["sql"])}
        if "<str:escalation_id>" in route:
            tables -= OF_READING
        # Figures are folded from the record whenever somebody looks at them.
        if tables := {table for table in tables if not table.startswith("metrics_")}:
            found[route] = tables
    assert found == {}


@pytest.mark.parametrize("role", ROLES)
def test_writing(role):
    """Who may not is refused; who may is not, though an empty form may well be."""
    client = signed_in(role)
    found = {route: client.post(address(route, escalation())).status_code for route in WRITE}
    assert {route for route, status in found.items() if status >= 500} == set()
    refused = {route for route, status in found.items() if status == 403}
    assert refused == {route for route, roles in WRITE.items() if role not in roles}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_about_oneself(role):
    """Reviewers read the page about their own work, nobody but leads writes it."""
    own, form = PAGES["routing:staff"], PAGES["routing:staff-duty"]
    client = signed_in(role)
    me = str(User.objects.get(username=f"{role}1").pk)
    read = client.get("/" + own.path.replace("<int:person>", me)).status_code
    written = client.post("/" + form.path.replace("<int:person>", me)).status_code
    assert read == (200 if role in own.read | own.own else 403)
    assert (written == 403) is (role not in form.write)


@pytest.mark.parametrize("role", ROLES)
def test_the_top_bar_offers_what_opens(role):
    client = signed_in(role)
    shown = client.get("/inbox/").context["navigation"]
    offered = {entry["path"] for group in shown for entry in group}
    entries = [f"/{one.path}" for one in GUARDED if one.entry]
    assert offered == {path for path in entries if client.get(path).status_code == 200}


def test_a_page_without_a_view_and_a_view_without_a_page_stop_the_start():
    with pytest.raises(ImproperlyConfigured, match=r"metrics differ in \['cases', 'metrics'\]"):
        rights.routes("metrics", {})
    names = ("metrics", "cases", "more")
    both = dict.fromkeys(names, lambda request: None)
    with pytest.raises(ImproperlyConfigured, match=r"differ in \['more'\]"):
        rights.routes("metrics", both)


@pytest.mark.parametrize("name", sorted(verb.name for verb in commands.every()))
@pytest.mark.parametrize("role", ROLES)
def test_commands_on_a_strangers_case(name, role):
    """A reviewer without the skill does not learn that the case exists; an auditor only reads."""
    case = escalation()
    case.requirement = Requirement.objects.create(key="refunds:3", skills={"refunds": 3})
    case.save()
    someone = viewer_of(person(role, role))
    sent = Command(name, str(uuid.uuid4()), case.id, 1, {"response": {"text": "No."}})
    outcome = _outcome(someone, sent)
    if role == "reviewer":
        assert outcome is NotFound
    elif role == "auditor":
        assert outcome in {NotAllowed, Conflict}
    else:
        assert outcome not in {NotFound, NotAllowed}
    case.refresh_from_db()
    assert role in {"supervisor", "admin"} or case.version == 1


def test_a_case_offered_to_another_is_not_there_without_the_skill():
    """It shows on no list, page or search of a reviewer without the skill, only to the offeree."""
    case = escalation()
    case.requirement = Requirement.objects.create(key="refunds:3", skills={"refunds": 3})
    case.save()
    kofi = viewer_of(person("kofi"))
    lifecycle.offer(case, to=kofi, until=after(45), now=NOW)
    offeree, stranger = Client(), signed_in("reviewer")
    assert offeree.login(username="kofi", password=PASSWORD)
    for route in sorted(READ):
        if "<str:escalation_id>" in route:
            seen = [client.get(address(route, case)).status_code for client in (offeree, stranger)]
            assert (route, seen) == (route, [200, 404])
    for path in ("/inbox/", "/inbox/?tab=team", "/inbox/?search=grinder", "/offers/"):
        assert case.id not in stranger.get(path).text
    assert case.id in offeree.get("/inbox/").text


def test_a_case_that_asks_for_another_by_name_is_not_there_without_the_skill():
    """Until it goes elsewhere the one who is asked for sees it, whatever their skills."""
    case = escalation()
    case.requirement = Requirement.objects.create(key="refunds:3", skills={"refunds": 3})
    case.save()
    ruth, kofi = viewer_of(person("ruth", "supervisor")), viewer_of(person("kofi"))
    lifecycle.pass_on(case, by=ruth, version=1, person=kofi, now=NOW)
    named, stranger = Client(), signed_in("reviewer")
    assert named.login(username="kofi", password=PASSWORD)
    assert _statuses((named, stranger), case) == {(200, 404)}
    for path in ("/inbox/", "/inbox/?tab=team", "/inbox/?search=grinder", "/offers/"):
        assert case.id not in stranger.get(path).text
    assert case.id in named.get("/inbox/").text
    lifecycle.reassign(case, by=ruth, version=2, to=None, until=NOW, now=after(5))
    assert _statuses((named, stranger), case) == {(404, 404)}
    for path in ("/inbox/", "/inbox/?search=grinder"):
        assert case.id not in named.get(path).text


def _statuses(clients, case):
    """What each client is answered, over all pages of one case."""
    routes = [route for route in READ if "<str:escalation_id>" in route]
    return {
        tuple(client.get(address(route, case)).status_code for client in clients)
        for route in routes
    }


@pytest.mark.parametrize("name", sorted(verb.name for verb in commands.every()))
def test_commands_after_the_right_was_taken_away(name):
    dana = person("dana")
    case = lifecycle.claim(escalation(), by=viewer_of(dana), now=NOW)
    dana.role = "auditor"
    dana.save()
    sent = Command(name, str(uuid.uuid4()), case.id, 2, {"response": {"text": "No."}})
    assert _outcome(viewer_of(dana), sent) is NotAllowed
    case.refresh_from_db()
    assert case.version == 2


def _outcome(viewer, command):
    try:
        commands.perform(viewer, command, now=NOW)
    except (NotFound, NotAllowed, Conflict, Invalid) as refused:
        return type(refused)
    return None
