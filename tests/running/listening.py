"""Agents that listen: endpoints on receivers of the test, and decisions that must reach them."""

import datetime
import ipaddress

import pytest
from standardwebhooks import Webhook

from console import clock
from escalations import lifecycle
from escalations.deliveries import signing
from escalations.models import Decision, Delivery, Endpoint
from escalations.proposal.choices import Choice
from tests import factories

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def loopback(settings):
    settings.CALLBACK_PRIVATE_ADDRESSES = (ipaddress.ip_network("127.0.0.0/8"),)


def endpoint(key, url, *, name="main", events=()):
    return Endpoint.objects.create(
        agent=key.agent,
        name=name,
        url=url,
        secret=signing.sealed(SECRET),
        events=list(events),
        created_at=factories.NOW,
    )


def decided(key, by, *, command="approve", now=None, undo_s=0, **keys) -> Decision:
    """A case of this agent that a person has answered; effective at once unless `undo_s` says."""
    now = now or clock.now()
    case = factories.escalation(by=key, now=now, **keys)
    case.undo_s = undo_s
    case.save(update_fields=["undo_s"])
    case = lifecycle.decide(
        case, Choice(command), by=by, version=case.version, reject_reasons=[], now=now
    )
    return case.decisions.get()


def verified(received) -> dict:
    """The event in a request, after the check that every receiver is told to make."""
    return Webhook(SECRET).verify(received.body, received.headers)


def only() -> Delivery:
    return Delivery.objects.get()


def seconds(number: float) -> datetime.timedelta:
    return datetime.timedelta(seconds=number)
