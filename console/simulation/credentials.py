"""Keys for the simulated agents, made in the database where nobody gave one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from console import clock
from console.demo import people
from escalations.agents import keys, registry
from escalations.models import Agent, ApiKey
from escalations.record.lines import Actor

LIVE_FOR = timedelta(days=30)
BY = Actor("command", "manage.py simulate")


@contextmanager
def borrowed(names: tuple[str, ...] = people.AGENTS) -> Iterator[Mapping[str, str]]:
    """A key for each of these agents that exists, and under "" one for all others.

    They are revoked at the end, and expire by themselves where the end is not reached.
    """
    made: list[ApiKey] = []
    texts: dict[str, str] = {}
    now = clock.now()
    for name, agent in _agents(names, now).items():
        key, texts[name] = keys.create(agent, expires_at=now + LIVE_FOR, by=BY, now=now)
        made.append(key)
    try:
        yield texts
    finally:
        for key in made:
            keys.revoke(key, by=BY, now=clock.now())


def _agents(names: tuple[str, ...], now: datetime) -> dict[str, Agent]:
    known = {
        agent.name: agent for agent in Agent.objects.filter(name__in=[*names, people.SIMULATOR])
    }
    own = known.pop(people.SIMULATOR, None) or Agent.objects.called(people.SIMULATOR)
    own = own or registry.create(people.SIMULATOR, now=now)
    return {**known, "": own}
