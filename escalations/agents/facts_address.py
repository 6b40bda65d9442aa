"""Where what an agent's actions rest on is read again, in the place of asking the agent itself.
Every change is a line of the chain `agents`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from console.outside import outbound
from escalations.agents.registry import CHAIN
from escalations.deliveries import signing
from escalations.lookups import templates
from escalations.lookups.fields import Field
from escalations.models import Agent
from escalations.record import sheets
from escalations.record.lines import Actor
from escalations.refusals import Invalid

NONE: dict[str, Any] = {"facts_url": "", "facts_token": "", "facts_fields": []}


@transaction.atomic
def put(
    agent: Agent, *, url: str, token: str, values: Sequence[Field], by: Actor, now: datetime
) -> None:
    """Read its facts there from now on, as these values of the answer; without a token, the one it
    has stays, if it is for the same host.

    Raises Invalid for an address that may not be called, or that no case could fill in.
    """
    if said := templates.fault(url):
        raise Invalid.of("/url", said)
    row = Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    stays = row.facts_url and outbound.origin(row.facts_url) == outbound.origin(url)
    kept = row.facts_token if stays else ""
    Agent.objects.filter(pk=agent.pk).update(
        facts_url=url,
        facts_token=signing.sealed(token) if token else kept,
        facts_fields=[list(one) for one in values],
    )
    _record(agent, "facts_address_set", by=by, now=now)


@transaction.atomic
def remove(agent: Agent, *, by: Actor, now: datetime) -> None:
    """Ask the agent itself again. Once more changes nothing."""
    # The condition makes it once: of two at the same moment one writes the line.
    if Agent.objects.filter(pk=agent.pk).exclude(facts_url="").update(**NONE):
        _record(agent, "facts_address_removed", by=by, now=now)


def _record(agent: Agent, kind: str, *, by: Actor, now: datetime) -> None:
    sheets.append(CHAIN, kind, actor=by, at=now, facts={"agent": agent.name})
