"""A line excuses the change that it tells, of the account that it names, and nothing else."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import connection

from console.models import User
from console.people import managing
from escalations.agents import endpoints, keys, registry
from escalations.models import ApiKey, ChainHead, Endpoint, Event, SealedSheet
from escalations.record import accounts, lines, seals
from escalations.record.lines import Actor
from escalations.text import canonical
from routing.models import Duty, Skill, Team
from routing.people import skills, teams
from tests.at_once import at_once
from tests.factories import NOW, after
from tests.running.kept import lifted
from tests.tampering import said, sentences

pytestmark = pytest.mark.django_db
ADMIN = Actor("person", "rhea")
SOFIA = "person/sofia was changed, and no entry of that time says so."


def person(name, role="reviewer"):
    return managing.create(name, role=role, by=ADMIN, now=NOW)[0]


@pytest.fixture
def sofia():
    made = person("sofia")
    person("kofi")
    seals.seal(after(10))
    assert sentences() == []
    return made


def take_over(name="sofia"):
    User.objects.filter(username=name).update(role="admin", is_superuser=True)


def test_an_innocent_line_excuses_no_later_change_of_the_same_account(sofia):
    managing.end_sessions(sofia, by=ADMIN, now=after(20))
    take_over()
    assert sentences() == [SOFIA]
    seals.seal(after(30))
    assert sentences() == [SOFIA]
    seals.seal(after(40))
    assert sentences() == [SOFIA]


def test_an_innocent_line_takes_no_earlier_change_over(sofia):
    take_over()
    managing.end_sessions(sofia, by=ADMIN, now=after(20))
    told = "Before it person/sofia was changed without an entry: account, role."
    assert sentences() == [told]
    seals.seal(after(30))
    assert sentences() == [told]


def test_a_new_name_is_no_new_role(sofia):
    User.objects.filter(pk=sofia.pk).update(role="admin")
    managing.change(sofia, first_name="S", last_name="R", role="admin", by=ADMIN, now=after(20))
    told = "Before it person/sofia was changed without an entry: role."
    assert sentences() == [told]


def test_a_line_about_nobody_excuses_nobody(sofia):
    skills.add("German", "language", by=ADMIN, now=after(20))
    team = teams.add("Night", "pull", by=ADMIN, now=after(21))
    take_over("kofi")
    Skill.objects.create(name="Latin", kind="language")
    assert sentences() == [
        "person/kofi was changed, and no entry of that time says so.",
        "staff/skills was changed, and no entry of that time says so.",
    ]
    Team.objects.filter(pk=team.pk).update(mode="both")
    managing.end_sessions(sofia, by=ADMIN, now=after(22))
    seals.seal(after(30))
    assert len(sentences()) == 3


def test_every_change_through_its_door_is_calm(sofia):
    team = teams.add("Night", "pull", by=ADMIN, now=after(20))
    teams.set_duty(sofia, team=team, time_zone="Europe/Rome", by=ADMIN, now=after(21))
    teams.change(team, name="Late", mode="both", by=ADMIN, now=after(22))
    skills.add("German", "language", by=ADMIN, now=after(23))
    managing.grade(sofia, {"German": 3, "refunds": 2}, by=ADMIN, now=after(24))
    managing.grade(sofia, {"German": 0}, by=ADMIN, now=after(25))
    skills.remove(Skill.objects.get(name="German"), by=ADMIN, now=after(26))
    managing.set_load(sofia, 3, {"refund": 1}, by=ADMIN, now=after(27))
    managing.deactivate(sofia, by=ADMIN, now=after(28))
    assert sentences() == []
    seals.seal(after(30))
    managing.reactivate(sofia, by=ADMIN, now=after(31))
    managing.change(
        sofia, first_name="S", last_name="R", role="supervisor", by=ADMIN, now=after(32)
    )
    managing.create("new", role="auditor", skills={"chess": 1}, by=ADMIN, now=after(33))
    Duty.objects.filter(person__username="new").get()
    assert sentences() == []
    seals.seal(after(40))
    assert sentences() == []


def test_lines_of_an_agent_excuse_nothing_else():
    agent = registry.create("mira", by=ADMIN, now=NOW)
    endpoint, _ = endpoints.register(
        agent, name="main", url="https://hooks.example/a", by=ADMIN, now=NOW
    )
    old, _ = keys.create(agent, by=ADMIN, now=NOW)
    seals.seal(after(1))
    # Before the line, and after it.
    Endpoint.objects.update(url="https://thief.example")
    keys.create(agent, by=ADMIN, now=after(2))
    told = ["Before it agent/mira was changed without an entry: endpoint main."]
    assert sentences() == told
    endpoints.disable(endpoint, by=ADMIN, now=after(3))
    own = ApiKey.objects.get(pk=old.pk)
    own.pk, own.prefix, own.scopes = None, "btn_thief000", ["policy"]
    own.save()
    ApiKey.objects.filter(pk=old.pk).update(callback_hosts=["thief.example"])
    told.append("agent/mira was changed, and no entry of that time says so.")
    assert sentences() == told
    keys.rotate(old, by=ADMIN, now=after(4))
    text = "Before it agent/mira was changed without an entry: "
    parts = sorted(["key btn_thief000", "key btn_thief000 ends", f"key {old.prefix}"])
    assert sentences() == [told[0], f"{text}{', '.join(parts)}."]


@pytest.mark.parametrize("ends", [None, after(9_000)])
def test_the_life_that_a_key_was_given_is_sealed_and_rotating_tells_of_it(ends):
    agent = registry.create("mira", by=ADMIN, now=NOW)
    key, _ = keys.create(agent, expires_at=ends, by=ADMIN, now=NOW)
    seals.seal(after(1))
    keys.rotate(key, by=ADMIN, now=after(2))
    assert sentences() == []
    for given in {None, timedelta(days=9)} - {key.lifetime}:
        ApiKey.objects.filter(pk=key.pk).update(lifetime=given)
        assert sentences() == ["agent/mira was changed, and no entry of that time says so."]


def test_a_line_that_something_else_wrote_is_named(sofia):
    """Every hash of it fits, and so does the row that keeps where the chain ends."""
    last = Event.objects.filter(chain="people").order_by("-position").first()
    document = said(last)
    document |= {"position": last.position + 1, "previous": last.hash}
    take_over()
    appended(last, document)
    assert sentences() == [SOFIA, accounts.FOREIGN]
    forged = Event.objects.filter(chain="people").order_by("-position").first()
    del document["facts"]["mark"]
    with lifted(connection):
        forged.delete()
    appended(last, document)
    assert sentences() == [SOFIA, accounts.FOREIGN]


def appended(last, document):
    body = canonical.event_bytes(document)
    digest = hashlib.sha256(body).hexdigest()
    Event.objects.create(
        chain=document["chain"], position=document["position"], kind=document["kind"],
        at=last.at, body=body, hash=digest,
    )  # fmt: skip
    ChainHead.objects.filter(chain=document["chain"]).update(
        length=document["position"], hash=digest
    )


def test_a_seal_of_a_strange_key_excuses_nothing(sofia, settings):
    """As if it had been changed and changed back."""
    own = settings.SECRET_KEY
    settings.SECRET_KEY = "y" * 50
    take_over()
    seals.seal(after(20))
    settings.SECRET_KEY = own
    assert accounts.ANOTHER_KEY in sentences()
    seals.seal(after(30))
    assert SOFIA in sentences()


def test_with_another_key_nothing_is_compared_and_that_is_said(sofia, settings):
    settings.SECRET_KEY = "y" * 50
    take_over()
    assert sentences() == [accounts.ANOTHER_KEY]


def test_a_key_that_was_changed_with_a_fallback_goes_on(sofia, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "y" * 50
    assert sentences() == []
    managing.end_sessions(sofia, by=ADMIN, now=after(20))
    assert sentences() == []
    take_over("kofi")
    kofi = "person/kofi was changed, and no entry of that time says so."
    assert sentences() == [kofi]
    User.objects.filter(username="kofi").update(role="reviewer", is_superuser=False)
    seals.seal(after(30))
    assert sentences() == []
    take_over()
    assert sentences() == [SOFIA]


def test_accounts_of_an_earlier_version_are_held_from_the_first_seal_on(sofia):
    """Its lines say nothing of sheets, and its seals hold one digest of each."""
    with lifted(connection):
        for chain in ("people", "seal"):
            without(chain)
    SealedSheet.objects.update(digest="1f2e3d4c:00")
    assert sentences() == []
    seals.seal(after(20))
    assert sentences() == []
    take_over()
    assert sentences() == [SOFIA]
    managing.end_sessions(sofia, by=ADMIN, now=after(21))
    assert sentences() == ["Before it person/sofia was changed without an entry: account, role."]


def without(chain):
    previous = ""
    for event in Event.objects.filter(chain=chain).order_by("position"):
        document = said(event)
        for name in ("mark", "sheets", "lengths"):
            document["facts"].pop(name, None)
        if chain == "seal":
            document["facts"] |= {
                "lengths": {"people": 2}, "heads": [], "sheets": [["person/sofia", "1f2e3d4c:00"]],
            }  # fmt: skip
        document["previous"] = previous
        event.body = canonical.event_bytes(document)
        event.hash = previous = hashlib.sha256(bytes(event.body)).hexdigest()
        event.save()
        ChainHead.objects.filter(chain=chain).update(hash=previous)


@pytest.mark.parametrize("name", ["people", "agents", "keys", "seal"])
def test_marks_are_of_exactly_what_the_line_says(sofia, name):
    keys.create(registry.create("mira", by=ADMIN, now=NOW), by=ADMIN, now=NOW)
    for event in Event.objects.filter(chain=name):
        document = json.loads(bytes(event.body))
        assert lines.is_marked(document)
        assert not lines.is_marked(document | {"actor": "person:thief"})
        assert not lines.is_marked(document | {"position": 99})


@pytest.mark.django_db(transaction=True)
def test_two_chains_that_tell_of_one_agent_at_once_stay_calm():
    agent = registry.create("mira", by=ADMIN, now=NOW)
    made = [keys.create(agent, by=ADMIN, now=NOW)[0] for _ in range(6)]
    seals.seal(after(1))

    def revoke():
        for key in made:
            keys.revoke(key, by=ADMIN, now=after(2))

    def switch():
        for _ in range(3):
            registry.disable(agent, by=ADMIN, now=after(2))
            registry.enable(agent, by=ADMIN, now=after(2))

    assert at_once(revoke, switch) == [None, None]
    assert Event.objects.filter(chain__in=("agents", "keys")).count() == 19
    assert sentences() == []
    seals.seal(after(3) + timedelta(hours=1))
    assert sentences() == []
