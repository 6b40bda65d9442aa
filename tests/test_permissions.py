"""Every route × every role, every command × every role × own, stranger's or revoked.

The routes are found by asking Django; one that is not declared here fails.
"""

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from escalations import commands, lifecycle
from escalations.commands import Command
from escalations.models import Requirement
from escalations.refusals import Conflict, Invalid, NotAllowed, NotFound
from routing.models import Team
from tests.factories import NOW, PASSWORD, after, escalation, person, viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.services]

ROLES = ("reviewer", "supervisor", "admin", "auditor")
EVERYBODY = frozenset(ROLES)
WATCHERS = frozenset({"supervisor", "admin", "auditor"})
LEADS = frozenset({"supervisor", "admin"})
DECIDERS = frozenset({"reviewer", "supervisor", "admin"})
ADMINS = frozenset({"admin"})

READ = {
    "": EVERYBODY,
    "inbox/": EVERYBODY,
    "escalations/<str:escalation_id>/": EVERYBODY,
    "escalations/<str:escalation_id>/raw/": EVERYBODY,
    "escalations/<str:escalation_id>/conversation/": EVERYBODY,
    "escalations/<str:escalation_id>/why/": EVERYBODY,
    "escalations/<str:escalation_id>/pass_on/people/": DECIDERS,
    "handovers/": EVERYBODY,
    "audit/": WATCHERS,
    "audit/<str:escalation_id>/": EVERYBODY,
    "deliveries/": WATCHERS,
    "floor/": WATCHERS,
    "floor/reassign/": LEADS,
    "floor/people/<int:person>/": LEADS,
    "levels/": LEADS,
    "levels/versions/": LEADS,
    "metrics/": EVERYBODY,
    "people/": ADMINS,
    "agents/": ADMINS,
    "presence/": DECIDERS,
    "offers/": EVERYBODY,
    "next/": EVERYBODY,
    "notices/": EVERYBODY,
    "profile/": EVERYBODY,
    "skills/": DECIDERS,
    "skills/export.csv": LEADS,
    "skills/import/": LEADS,
    "skills/people/<int:person>/": LEADS,
}
WRITE = {
    "escalations/<str:escalation_id>/preview/": EVERYBODY,
    "escalations/<str:escalation_id>/draft/": DECIDERS,
    "escalations/<str:escalation_id>/follow/": EVERYBODY,
    "escalations/<str:escalation_id>/<str:name>/": DECIDERS,
    "deliveries/<str:delivery_id>/retry/": ADMINS,
    "floor/reassign/": LEADS,
    "floor/people/<int:person>/capacity/": LEADS,
    "levels/cell/": ADMINS,
    "levels/rules/add/": ADMINS,
    "levels/rules/remove/": ADMINS,
    "levels/task-types/add/": ADMINS,
    "levels/task-types/remove/": ADMINS,
    "levels/hours/": ADMINS,
    "levels/hours/remove/": ADMINS,
    "levels/routing/": ADMINS,
    "levels/draft/drop/": ADMINS,
    "levels/draft/publish/": ADMINS,
    "levels/draft/forward/": ADMINS,
    "levels/versions/<int:number>/restore/": ADMINS,
    "next/": DECIDERS,
    "notices/seen/": EVERYBODY,
    "notices/<int:number>/": EVERYBODY,
    "presence/": DECIDERS,
    "presence/<str:username>/": LEADS,
    "profile/theme/": EVERYBODY,
    "profile/sound/": EVERYBODY,
    "profile/email/": EVERYBODY,
    "profile/keys/": EVERYBODY,
    "skills/grade/": LEADS,
    "skills/add/": LEADS,
    "skills/remove/": LEADS,
    "skills/teams/add/": LEADS,
    "skills/teams/<int:team>/": LEADS,
    "skills/people/<int:person>/skills/": LEADS,
    "skills/people/<int:person>/duty/": LEADS,
    "skills/people/<int:person>/load/": LEADS,
    "skills/people/<int:person>/week/": LEADS,
    "skills/people/<int:person>/off/": LEADS,
}
WITHOUT_SIGN_IN = {"healthz", "readyz", "-/metrics"}
BY_VERSION = {"levels/versions/<int:number>/"}


def routes(patterns=None, before=""):
    """Every address pattern of our own pages; allauth and the API have matrices of their own."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        place = before + str(entry.pattern)
        if place.startswith(("accounts/", "api/v1/")):
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
    filled = filled.replace("<str:delivery_id>", "msg_none").replace("<int:number>", "1")
    if "<int:person>" in filled:
        filled = filled.replace("<int:person>", str(person("ines").pk))
    return "/" + filled.replace("<int:team>", str(Team.objects.get_or_create(name="One")[0].pk))


def test_every_route_is_declared():
    found = set(routes())
    declared = {*READ, *WRITE, *WITHOUT_SIGN_IN, *BY_VERSION}
    people_and_agents = {route for route in found if route.startswith(("people/", "agents/"))}
    assert found - people_and_agents - declared == set()


@pytest.mark.parametrize("route", sorted({*READ, *WRITE, *BY_VERSION}))
def test_a_stranger_is_sent_to_sign_in(route):
    case = escalation()
    send = Client().post if route in WRITE else Client().get
    answer = send(address(route, case))
    assert (answer.status_code, answer.headers["Location"][:16]) == (302, "/accounts/login/")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", sorted(READ))
def test_reading(route, role):
    answer = signed_in(role).get(address(route, escalation()))
    assert answer.status_code == (200 if role in READ[route] else 403)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", sorted(WRITE))
def test_writing(route, role):
    """Who may not is refused; who may is not, though an empty form may well be."""
    answer = signed_in(role).post(address(route, escalation()))
    refused = answer.status_code == 403
    assert refused is (role not in WRITE[route])
    assert answer.status_code < 500


@pytest.mark.parametrize("role", ROLES)
def test_people_and_agents_are_for_admins(role):
    client = signed_in(role)
    for route in routes():
        if route.startswith(("people/", "agents/")) and "<" not in route:
            answers = {client.get(f"/{route}").status_code, client.post(f"/{route}").status_code}
            assert (403 in answers) is (role != "admin")


@pytest.mark.parametrize("name", sorted(commands.NAMES))
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


@pytest.mark.parametrize("name", sorted(commands.NAMES))
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
