"""Builds the demo world once, and knows whether it is there."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction

from console.demo import people, staff
from console.demo.history import Actors, leave_open, live_through
from console.demo.policy import TASK_TYPES
from console.models import User
from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.access import Viewer
from escalations.agents import keys, registry
from escalations.models import Agent, ApiKey, Escalation, Event, State
from escalations.policy import check, versions
from escalations.record import lines, seals
from escalations.record.lines import Actor
from escalations.refusals import Refused
from metrics import fold
from routing.people import announcing, roster, units

SEED = 20_261_121
PAST = 300
OPEN = 22
BEGAN = timedelta(days=15)
LATE = timedelta(minutes=10)
CHAIN = "demo"
DEMO = Actor("command", "manage.py demo")


class Taken(Exception):
    """The database holds somebody's own work."""


def exists() -> bool:
    """Whether the demo world was built in this database."""
    return Event.objects.filter(chain=CHAIN).exists()


def others() -> list[str]:
    """Who is in this database without belonging to the demo world, as sentences."""
    known = [person.username for person in people.PEOPLE]
    users = User.objects.exclude(username__in=known).values_list("username", flat=True)
    strangers = Agent.objects.exclude(name__in=[*people.AGENTS, people.SIMULATOR]).values_list(
        "name", flat=True
    )
    return [*(f"the person {name}" for name in users), *(f"the agent {name}" for name in strangers)]


@transaction.atomic
def build(*, now: datetime) -> int:
    """Everybody and everything; counts the cases. Raises Taken where others work already."""
    if User.objects.exists() or Agent.objects.exists() or Escalation.objects.exists():
        raise Taken("This database is in use; the demo world goes into an empty one only.")
    began = now - BEGAN
    versions.install(began)
    staff.teach(by=DEMO, now=began)
    viewers = _people(began)
    _policy(viewers, began + timedelta(hours=1))
    actors = Actors(viewers, _agents(began), Random(SEED))
    live_through(actors, PAST, now=now)
    leave_open(actors, OPEN, now=now)
    staff.take_up(by=DEMO, began=began, now=now)
    _forget_keys(now)
    facts = {"people": len(viewers), "cases": Escalation.objects.count()}
    lines.append(CHAIN, "built", actor=DEMO, at=now, facts=facts)
    # Its past has no seal, as a record has whose seals were taken away.
    seals.seal(now)
    fold.catch_up()
    return facts["cases"]


@transaction.atomic
def freshen(*, now: datetime) -> int:
    """What a visitor of today would find odd: shifts of another day, a queue that nobody served
    since. Shifts lie around now again, agents take back what is long late, and others wait in its
    place; counts the cases taken back. What people wrote and planned themselves stays."""
    last = Event.objects.filter(chain=CHAIN).order_by("position").reverse()[0]
    staff.move_shifts(last.at, by=DEMO, now=now)
    taken_back = 0
    for case in _left_behind(now):
        # Somebody decided it meanwhile, or its own time ends it.
        with suppress(Refused):
            lifecycle.cancel(case, agent=case.agent.name, now=now)
            taken_back += 1
    if Escalation.objects.waiting().count() < OPEN / 2:
        viewers = [viewer_of(user) for user in User.objects.filter(is_active=True)]
        actors = Actors(viewers, _keys(now), Random(now.timestamp()))
        leave_open(actors, OPEN, now=now)
        for key in actors.keys.values():
            keys.revoke(key, by=DEMO, now=now)
    facts = {"taken_back": taken_back}
    lines.append(CHAIN, "freshened", actor=DEMO, at=now, facts=facts)
    fold.catch_up()
    return taken_back


def _left_behind(now: datetime) -> Iterable[Escalation]:
    """What the demo's agents asked and nobody answered while it stood still: free, offered, or held
    by somebody who is gone."""
    late = Escalation.objects.filter(number__in=Escalation.objects.late(now - LATE))
    theirs = late.filter(agent__name__in=people.AGENTS).exclude(state=State.SNOOZED)
    return theirs.exclude(state__in=State.held(), lease_until__gt=now)


def _people(at: datetime) -> list[Viewer]:
    password = make_password(people.PASSWORD)
    made = []
    for person in people.PEOPLE:
        user = User.objects.create(
            username=person.username,
            password=password,
            first_name=person.first,
            last_name=person.last,
            role=person.role,
        )
        roster.grade(user, person.skills)
        units.provide(user)
        facts = {"role": str(person.role), "skills": dict(person.skills)}
        announcing.about(user, "created", facts, by=DEMO, now=at)
        made.append(viewer_of(user))
    return made


def _policy(viewers: list[Viewer], at: datetime) -> None:
    admin = next(viewer for viewer in viewers if viewer.role == "admin")
    in_force = versions.current()
    document = check.check({**in_force.document.dump(), "task_types": TASK_TYPES})
    versions.publish(document, by=admin, note="Our task types", now=at, expected=in_force.number)


def _agents(at: datetime) -> dict[str, ApiKey]:
    for name in people.AGENTS:
        registry.create(name, by=DEMO, now=at)
    return _keys(at)


def _keys(at: datetime) -> dict[str, ApiKey]:
    agents = Agent.objects.filter(name__in=people.AGENTS)
    return {one.name: keys.create(one, by=DEMO, now=at)[0] for one in agents}


def _forget_keys(now: datetime) -> None:
    """The keys of the past were shown to nobody; they end here."""
    for key in ApiKey.objects.select_related("agent"):
        keys.revoke(key, by=DEMO, now=now)
