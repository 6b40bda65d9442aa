"""Where agents want their webhooks."""

from contextlib import suppress

import pytest

from escalations import lifecycle
from escalations.agents import endpoints, registry
from escalations.commands import holding_back
from escalations.deliveries import signing
from escalations.lifecycle import effect, outgoing
from escalations.lifecycle.conversing.taking_over import HandBack
from escalations.models import Agent, Delivery, Endpoint, Escalation, Event, FactCheck
from escalations.proposal.choices import Choice
from escalations.record.lines import Actor
from escalations.refusals import Invalid
from tests.escalations.facts import asking
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.escalations.lifecycle.waiting.test_extending import extend, held
from tests.factories import NOW, after, escalation, key, viewer
from tests.running import listening

pytestmark = pytest.mark.django_db
BY = Actor("person", "ada")
# A case of its own, although others of the same call wait.
OWN = {"join": False}


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


def test_every_event_on_offer_is_sent_and_every_sent_one_is_on_offer():
    """One story for each way in which an agent hears of its case."""
    dana = viewer()
    listening.endpoint(key(), "https://hooks.example/in")
    for choice in (Choice("approve"), Choice("reject", reason_code="not_justified")):
        decide(escalation(), dana, choice)
    approved = Escalation.objects.get(outcome="approved")
    effect.hand_out(approved.decisions.all(), now=NOW)
    lifecycle.reverse(approved, by=dana, version=approved.version, why="Wrong", now=after(60))
    lifecycle.cancel(escalation(), agent="mira", now=NOW)
    listening.endpoint(key("atlas"), "https://atlas.example/in")
    decide(escalation(hand_to_agent="atlas", requested=OWN), dana, Choice("approve"))
    ends = {"expires_at": "2026-11-19T15:00:00Z", "on_timeout": "reject"}
    lifecycle.expire(escalation(deadlines=ends), now=after(7200))
    case = escalation(requested=OWN)
    lifecycle.ask(
        case, by=dana, wants="answer", text="Which?", until=after(600), version=1, now=NOW
    )
    for closes in (True, False):
        case = lifecycle.take_over(escalation(requested=OWN), by=dana, version=1, now=NOW)
        lifecycle.say(case, "Hello.", by=dana, now=NOW)
        said = HandBack(closes=closes, resume_at="" if closes else "Confirm")
        lifecycle.hand_back(case, said, by=dana, version=case.version, now=NOW)
    with suppress(holding_back.Asking):
        asking.press(dana, asking.case_of(key(), now=NOW, requested=OWN), now=NOW)
    # Asked directly, as its answer comes with the request.
    asked = {outgoing.FACTS_WANTED} if FactCheck.objects.exists() else set()
    extend(held(dana, requested=OWN), dana)
    sent = asked | set(Delivery.objects.values_list("kind", flat=True))
    assert sent == set(endpoints.EVENTS)
    assert "escalation.resolved" not in sent


def test_what_was_on_offer_once_is_kept_and_named(mira):
    endpoint, _ = register(mira)
    endpoint.events = ["escalation.decided", "escalation.resolved"]
    assert endpoints.never_sent(endpoint) == ["escalation.resolved"]
    with pytest.raises(Invalid):
        register(mira, name="other", events=["escalation.resolved"])


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
