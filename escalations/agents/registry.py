"""Agents: software that asks."""

from datetime import datetime

from django.db import IntegrityError, transaction

from escalations.deliveries import signing
from escalations.models import Agent
from escalations.record import sheets
from escalations.record.lines import BATON, Actor
from escalations.refusals import Invalid

NAME_MAX = 255
CHAIN = "agents"


@transaction.atomic
def create(name: str, *, by: Actor = BATON, now: datetime) -> Agent:
    """A new agent with a secret for its webhooks. Raises Invalid for a name taken or unusable;
    `mira` is taken where there is a Mira."""
    name = name.strip()
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise _invalid(f"A name has 1 to {NAME_MAX} printable characters.")
    if there := Agent.objects.called(name):
        raise _invalid(f"There is already an agent called {there.name}.")
    try:
        # The unique key decides between two at once.
        with transaction.atomic():
            secret = signing.sealed(signing.new_secret())
            agent = Agent.objects.create(name=name, signing_secret=secret, created_at=now)
    except IntegrityError as error:
        raise _invalid(f"There is already an agent called {name}.") from error
    _record(agent, "created", by=by, now=now)
    return agent


@transaction.atomic
def disable(agent: Agent, *, by: Actor, now: datetime) -> None:
    """Let none of its keys in any more. Once more changes nothing."""
    # The condition makes it once: of two at the same moment one writes the line.
    if Agent.objects.filter(pk=agent.pk, disabled_at=None).update(disabled_at=now):
        _record(agent, "disabled", by=by, now=now)


@transaction.atomic
def enable(agent: Agent, *, by: Actor, now: datetime) -> None:
    """Let its keys in again. Once more changes nothing."""
    if Agent.objects.filter(pk=agent.pk, disabled_at__isnull=False).update(disabled_at=None):
        _record(agent, "enabled", by=by, now=now)


@transaction.atomic
def renew_secret(agent: Agent, *, by: Actor, now: datetime) -> str:
    """A new secret for what goes to a package's own `callback.url`, shown this once."""
    secret = signing.new_secret()
    Agent.objects.filter(pk=agent.pk).update(signing_secret=signing.sealed(secret))
    _record(agent, "secret_renewed", by=by, now=now)
    return secret


def _record(agent: Agent, kind: str, *, by: Actor, now: datetime) -> None:
    sheets.append(CHAIN, kind, actor=by, at=now, facts={"agent": agent.name})


def _invalid(detail: str) -> Invalid:
    return Invalid.of("/name", detail)
