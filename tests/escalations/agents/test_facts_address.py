"""Where an agent's facts are read: registered, changed and removed, each with a line."""

import pytest

from escalations.agents import facts_address, registry
from escalations.deliveries import signing
from escalations.models import Agent, Event
from escalations.record import audit, seals
from escalations.record.lines import Actor
from escalations.refusals import Invalid
from tests.factories import NOW, after

pytestmark = pytest.mark.django_db
ADMIN = Actor("person", "rhea")
URL = "https://orders.example.com/{args.order_id}"


@pytest.fixture
def mira():
    return registry.create("mira", by=ADMIN, now=NOW)


def put(agent, url=URL, token="", values=(("Total", "total"),), now=NOW):
    facts_address.put(agent, url=url, token=token, values=values, by=ADMIN, now=now)
    agent.refresh_from_db()
    return agent


def kinds():
    found = Event.objects.filter(chain="agents").order_by("position")
    return list(found.values_list("kind", flat=True))


def test_it_is_kept_with_its_token_sealed(mira):
    put(mira, token="s3cret")
    assert (mira.facts_url, mira.facts_fields) == (URL, [["Total", "total"]])
    assert "s3cret" not in mira.facts_token
    assert signing.opened(mira.facts_token) == "s3cret"
    assert kinds() == ["created", "facts_address_set"]
    assert b"s3cret" not in bytes(Event.objects.filter(kind="facts_address_set").get().body)


def test_a_token_stays_with_its_host_and_goes_nowhere_else(mira):
    put(mira, token="s3cret")
    put(mira, url="https://orders.example.com/v2/{args.order_id}")
    assert signing.opened(mira.facts_token) == "s3cret"
    put(mira, token="0ther")
    assert signing.opened(mira.facts_token) == "0ther"
    put(mira, url="https://others.example.com/{args.order_id}")
    assert mira.facts_token == ""


def test_removed_it_is_gone_with_its_token_once(mira):
    put(mira, token="s3cret")
    for _ in range(2):
        facts_address.remove(mira, by=ADMIN, now=after(1))
    mira.refresh_from_db()
    assert (mira.facts_url, mira.facts_token, mira.facts_fields) == ("", "", [])
    assert kinds() == ["created", "facts_address_set", "facts_address_removed"]
    assert audit.verify().findings == []


def test_an_address_that_cannot_be_is_refused(mira):
    with pytest.raises(Invalid) as caught:
        put(mira, url="https://{args.host}/")
    assert [one.pointer for one in caught.value.errors] == ["/url"]
    assert kinds() == ["created"]


@pytest.mark.parametrize(
    "change",
    [{"facts_url": "https://evil.example/"}, {"facts_token": "x"}, {"facts_fields": []}],
)
def test_a_change_without_a_line_is_found(mira, change):
    put(mira)
    seals.seal(after(10))
    assert audit.verify().findings == []
    Agent.objects.update(**change)
    (finding,) = audit.verify().findings
    assert finding.sentence == "agent/mira was changed, and no entry of that time says so."
    # A line about something else does not excuse it.
    registry.disable(mira, by=ADMIN, now=after(20))
    assert audit.verify().findings != []


def test_one_that_nobody_registered_is_found(mira):
    seals.seal(after(10))
    Agent.objects.update(facts_url="https://evil.example/")
    (finding,) = audit.verify().findings
    assert "agent/mira was changed" in finding.sentence
