"""Where agents want their webhooks."""

import pytest

from escalations.agents import endpoints, registry
from escalations.deliveries import signing
from escalations.lifecycle import outgoing
from escalations.models import Agent, Endpoint, Event
from escalations.record.lines import Actor
from escalations.refusals import Invalid
from tests.factories import NOW

pytestmark = pytest.mark.django_db
BY = Actor("person", "ada")


@pytest.fixture
def mira(db):
    return registry.create("mira", now=NOW)


def register(agent, name="hooks", url="https://hooks.example/in", events=()):
    return endpoints.register(agent, name=name, url=url, events=events, by=BY, now=NOW)


def kinds():
    """What became of the agents after they were made."""
    lines = Event.objects.filter(chain="agents").exclude(kind="created").order_by("position")
    return list(lines.values_list("kind", flat=True))


def test_registered_endpoint_keeps_its_secret_sealed(mira):
    endpoint, secret = register(mira)
    assert secret not in endpoint.secret
    assert signing.opened(Endpoint.objects.get().secret) == secret
    assert kinds() == ["endpoint_added"]


@pytest.mark.parametrize(
    "sent", [outgoing.SPOKEN, outgoing.ASKED, outgoing.EXTENDED, outgoing.FACTS_WANTED]
)
def test_what_is_sent_can_be_asked_for_alone(sent, mira):
    endpoint, _ = register(mira, events=[sent])
    assert endpoint.events == [sent]


@pytest.mark.parametrize(
    ("keys", "pointer"),
    [
        ({"name": "Hooks"}, "/name"),
        ({"name": ""}, "/name"),
        ({"url": "http://10.0.0.1/"}, "/url"),
        ({"url": "hooks.example"}, "/url"),
        ({"events": ["escalation.nothing"]}, "/events"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(mira, keys, pointer):
    with pytest.raises(Invalid) as refused:
        register(mira, **keys)
    assert [fault.pointer for fault in refused.value.errors] == [pointer]
    assert (Endpoint.objects.count(), kinds()) == (0, [])


def test_name_is_taken_once_per_agent(mira):
    register(mira)
    with pytest.raises(Invalid, match="has an endpoint “hooks” already"):
        register(mira)
    register(registry.create("atlas", now=NOW))
    assert Endpoint.objects.count() == 2


def test_secret_is_renewed_and_ends_change_once(mira):
    endpoint, old = register(mira)
    new = endpoints.renew_secret(endpoint, by=BY, now=NOW)
    assert signing.opened(Endpoint.objects.get().secret) == new != old
    for _ in range(2):
        endpoints.disable(endpoint, by=BY, now=NOW)
    assert Endpoint.objects.get().disabled_at == NOW
    for _ in range(2):
        endpoints.enable(endpoint, by=BY, now=NOW)
    assert Endpoint.objects.get().disabled_at is None
    assert kinds()[1:] == ["endpoint_secret_renewed", "endpoint_disabled", "endpoint_enabled"]


def test_agent_is_switched_off_and_on_once(mira):
    for _ in range(2):
        registry.disable(mira, by=BY, now=NOW)
    assert Agent.objects.get().disabled_at == NOW
    for _ in range(2):
        registry.enable(mira, by=BY, now=NOW)
    assert Agent.objects.get().disabled_at is None
    assert kinds() == ["disabled", "enabled"]


def test_agents_own_secret_is_renewed(mira):
    secret = registry.renew_secret(mira, by=BY, now=NOW)
    assert signing.opened(Agent.objects.get().signing_secret) == secret
    assert kinds() == ["secret_renewed"]
