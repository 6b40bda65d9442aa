"""The simulated colleagues at the real server: they decide, and keep out of a visitor's way."""

import asyncio
import time
from datetime import timedelta
from random import Random

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import F
from django.utils import timezone

from console.demo import people
from console.models import User
from console.people.viewers import viewer_of
from console.serving import threads
from console.simulation import colleagues
from console.simulation.signed_in_tab import NotSignedIn, SignedInTab
from escalations import lifecycle
from escalations.models import Decision, Escalation, Event, State
from routing.models import Duty, Offer, Presence, Team
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
HASTE = 40.0


def person(username, **fields):
    user = factories.person(username, **fields)
    user.set_password(people.PASSWORD)
    user.save()
    return user


def run(server, until, *, seconds=40, beside=None, haste=HASTE):
    """Lets Amara work until this holds, or for so long."""

    async def work():
        amara = colleagues.SimulatedPerson(server.url, "amara", Random(2), print, haste)
        tasks = [asyncio.create_task(amara.work())]
        if beside:
            tasks.append(asyncio.create_task(beside()))
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not await threads.run(until):
            await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(work())
    return until()


def test_what_waits_is_decided_by_name(server):
    person("amara")
    for _ in range(3):
        factories.escalation()
    assert run(server, lambda: Decision.objects.count() == 3)
    assert set(Decision.objects.values_list("decided_by__username", flat=True)) == {"amara"}
    assert Event.objects.filter(kind="read").exists()


def test_what_they_held_when_the_demo_was_stopped_is_gone_on_with(server):
    case = factories.escalation(now=timezone.now())
    lifecycle.claim(case, by=viewer_of(person("amara")), now=timezone.now())
    assert run(server, lambda: Decision.objects.filter(escalation=case).exists())


def test_what_a_visitor_has_open_is_left_alone(server):
    person("amara")
    person("dana")
    case, other = factories.escalation(), factories.escalation()

    async def look():
        async with SignedInTab(server.url, "dana", people.PASSWORD, lambda frame: None) as tab:
            await tab.ask("watch", case.id)
            await tab.live()

    assert run(server, lambda: Decision.objects.filter(escalation=other).exists(), beside=look)
    case.refresh_from_db()
    assert case.state in {State.WAITING, State.OFFERED}


def test_level_4_is_taken_first_beside_what_they_have_in_hand(server, monkeypatch):
    """In a team that nothing is offered to, and however many of them a visitor looks at."""
    monkeypatch.setattr(colleagues, "READ_S", 1e6)
    amara = viewer_of(person("amara"))
    person("dana")
    team = Team.objects.create(name="Homes", mode=Team.Mode.PULL)
    Duty.objects.update_or_create(person_id=amara.user_id, defaults={"team": team})
    lifecycle.claim(factories.escalation(now=timezone.now()), by=amara, now=timezone.now())
    factories.escalation(now=timezone.now())
    alerts = [factories.escalation(now=timezone.now()) for _ in range(5)]

    def raise_them():
        rows = Escalation.objects.filter(pk__in=[case.pk for case in alerts])
        # The next version: a row is drawn once for each.
        rows.update(level=4, version=F("version") + 1)

    async def look():
        async with SignedInTab(server.url, "dana", people.PASSWORD, lambda frame: None) as tab:
            hearing = asyncio.create_task(tab.live())
            for case in alerts[:4]:
                await tab.ask("watch", case.id)
            await threads.run(raise_them)
            await hearing

    def is_taken():
        return Escalation.objects.filter(pk=alerts[4].pk, held_by=amara.user_id).exists()

    assert run(server, is_taken, beside=look)
    assert Escalation.objects.filter(held_by=amara.user_id).count() == 2


def test_what_a_visitor_opens_while_they_read_it_is_given_back(server):
    person("amara")
    person("dana")
    case = factories.escalation()

    def is_held():
        return Escalation.objects.filter(pk=case.pk, state=State.HELD).exists()

    def is_given_back():
        return Event.objects.filter(kind="released").exists() or Decision.objects.exists()

    async def look():
        async with SignedInTab(server.url, "dana", people.PASSWORD, lambda frame: None) as tab:
            while not await threads.run(is_held):
                await asyncio.sleep(0.1)
            await tab.ask("watch", case.id)
            await tab.live()

    assert run(server, is_given_back, beside=look, haste=10)
    assert not Decision.objects.exists()


def test_who_declines_what_a_visitor_looks_at_stays_at_work(server):
    """One who says that it is too much at once is offered nothing more, until the demo's end."""
    amara, now = viewer_of(person("amara")), timezone.now()
    person("dana")
    until = now + timedelta(minutes=1)
    case = lifecycle.offer(factories.escalation(), to=amara, until=until, now=now)
    Offer.objects.create(
        escalation=case, person_id=amara.user_id, offered_at=now, until=until, why="You are free."
    )

    def has_declined():
        return Event.objects.filter(escalation=case, kind="declined").exists()

    async def work():
        async with SignedInTab(server.url, "dana", people.PASSWORD, lambda frame: None) as tab:
            await tab.ask("watch", case.id)
            theirs = colleagues.SimulatedPerson(server.url, "amara", Random(2), print, HASTE)
            tasks = [asyncio.create_task(one) for one in (tab.live(), theirs.work())]
            ends = time.monotonic() + 40
            while time.monotonic() < ends and not await threads.run(has_declined):
                await asyncio.sleep(0.1)
            state = await threads.run(lambda: Presence.objects.get(person=amara.user_id).state)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            return state

    assert (asyncio.run(work()), has_declined()) == ("present", True)


def test_a_visitor_under_their_name_takes_their_place(server):
    user = person("amara")
    session = SessionStore()
    session.create()
    UserSession.objects.create(
        user=user, session_key=session.session_key, ip="127.0.0.1", user_agent="A browser"
    )
    factories.escalation()
    assert not run(server, lambda: Decision.objects.exists(), seconds=4)
    assert Escalation.objects.get().version == 1


def test_another_password_is_left_alone(server):
    factories.person("amara")

    async def enter():
        async with SignedInTab(server.url, "amara", "another", lambda frame: None):
            pass

    with pytest.raises(NotSignedIn):
        asyncio.run(enter())


def test_their_names_say_that_they_are_simulated():
    marked = {one.username for one in people.PEOPLE if one.last.endswith(people.SIMULATED_MARK)}
    assert marked == set(people.SIMULATED)
    assert len(marked) == 7
    amara = User(username="amara", first_name="Amara", last_name="Osei (sim)")
    assert amara.initials == "AO"
