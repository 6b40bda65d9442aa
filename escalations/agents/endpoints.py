"""Where agents want their webhooks. Every change is a line of the chain `agents`."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from console.outside import outbound
from escalations.agents.registry import CHAIN
from escalations.deliveries import signing
from escalations.lifecycle import outgoing
from escalations.models import Agent, Endpoint
from escalations.package.handed import HANDED
from escalations.record import kinds, sheets
from escalations.record.kind import Whom
from escalations.record.lines import Actor
from escalations.refusals import Fault, Invalid

# Named for what is sent, which is not always what the line is called.
_SENT_AS = {"asked": outgoing.ASKED}
# A conversation that a person closes is sent as it began: taken over, with `final` true.
NOT_SENT = "resolved"
_TOLD = [row.name for row in kinds.of_cases() if Whom.AGENT in row.told and row.name != NOT_SENT]
EVENTS = (
    *(_SENT_AS.get(name, f"{outgoing.PREFIX}{name}") for name in _TOLD),
    outgoing.SPOKEN,
    HANDED,
)
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@transaction.atomic
def register(
    agent: Agent, *, name: str, url: str, events: Sequence[str] = (), by: Actor, now: datetime
) -> tuple[Endpoint, str]:
    """A new endpoint and the secret that signs what it gets, shown this once.

    Raises Invalid for a name that is taken, an address that may not be called, or unknown events.
    """
    faults = list(_faults(name, url, events))
    if faults:
        raise Invalid(faults[0].detail, errors=faults)
    secret = signing.new_secret()
    endpoint = Endpoint(
        agent=agent,
        name=name,
        url=url,
        secret=signing.sealed(secret),
        events=sorted(events),
        created_at=now,
    )
    try:
        # Not looked up first: the unique key decides, also between two at once.
        with transaction.atomic():
            endpoint.save(force_insert=True)
    except IntegrityError as error:
        detail = f"{agent} has an endpoint “{name}” already."
        raise Invalid.of("/name", detail) from error
    _record(endpoint, "endpoint_added", by=by, now=now)
    return endpoint, secret


@transaction.atomic
def renew_secret(endpoint: Endpoint, *, by: Actor, now: datetime) -> str:
    """A new secret in place of the old one, shown this once."""
    secret = signing.new_secret()
    Endpoint.objects.filter(pk=endpoint.pk).update(secret=signing.sealed(secret))
    _record(endpoint, "endpoint_secret_renewed", by=by, now=now)
    return secret


@transaction.atomic
def disable(endpoint: Endpoint, *, by: Actor, now: datetime) -> None:
    """Plan nothing more for it. Once more changes nothing."""
    # The condition makes it once: of two at the same moment one writes the line.
    if Endpoint.objects.filter(pk=endpoint.pk, disabled_at=None).update(disabled_at=now):
        _record(endpoint, "endpoint_disabled", by=by, now=now)


@transaction.atomic
def enable(endpoint: Endpoint, *, by: Actor, now: datetime) -> None:
    """Send to it again from now on. Once more changes nothing."""
    closed = Endpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=False)
    if closed.update(disabled_at=None):
        _record(endpoint, "endpoint_enabled", by=by, now=now)


def never_sent(endpoint: Endpoint) -> list[str]:
    """Events that it asked for when they were on offer, and under which nothing is sent."""
    known = {*EVENTS, *(name.removeprefix(outgoing.PREFIX) for name in EVENTS)}
    return [name for name in endpoint.events if name not in known]


def _faults(name: str, url: str, events: Sequence[str]) -> list[Fault]:
    faults = []
    if not NAME.fullmatch(name):
        faults.append(Fault("/name", "Use small letters, digits, - and _, at most 64."))
    try:
        outbound.check(url)
    except outbound.AddressRefused as refused:
        faults.append(Fault("/url", str(refused)))
    unknown = sorted(set(events) - set(EVENTS))
    if unknown:
        faults.append(Fault("/events", f"There is no event {', '.join(unknown)}."))
    return faults


def _record(endpoint: Endpoint, kind: str, *, by: Actor, now: datetime) -> None:
    facts = {"agent": endpoint.agent.name, "endpoint": endpoint.name}
    sheets.append(CHAIN, kind, actor=by, at=now, facts=facts)
