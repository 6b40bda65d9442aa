import json

import pytest

from escalations import lifecycle
from escalations.lifecycle import outgoing
from escalations.models import Delivery
from escalations.refusals import Fault, Invalid
from tests import factories
from tests.factories import NOW, after
from tests.running import listening
from tests.running.listening import decided, endpoint

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def key():
    return factories.key()


@pytest.fixture
def dana():
    return factories.viewer()


def addresses():
    return sorted(Delivery.objects.values_list("url", flat=True))


def test_agent_that_listens_nowhere_gets_no_row(key, dana):
    decided(key, dana, now=NOW)
    assert addresses() == []


def test_row_is_due_when_the_decision_takes_effect(key, dana):
    endpoint(key, "https://a.example/hook")
    decision = decided(key, dana, now=NOW, undo_s=10)
    delivery = listening.only()
    assert (delivery.state, delivery.kind) == (State.DUE, "escalation.decided")
    assert (delivery.created_at, delivery.next_at) == (NOW, after(10))
    assert delivery.give_up_at == after(10) + outgoing.TRY_FOR
    assert (delivery.decision, delivery.host) == (decision, "a.example:443")


def test_body_is_a_cloud_event_around_the_decision(key, dana, settings):
    settings.BATON_URL = "https://baton.example.org"
    endpoint(key, "https://a.example/hook")
    decision = decided(key, dana, now=NOW)
    assert json.loads(listening.only().body) == {
        "specversion": "1.0",
        "id": decision.id,
        "source": "https://baton.example.org",
        "type": "escalation.decided",
        "subject": decision.escalation.id,
        "time": "2026-11-19T14:00:00.000000Z",
        "datacontenttype": "application/json",
        "sequence": "1",
        "data": decision.document,
    }


def test_every_enabled_endpoint_that_wants_the_type_gets_one(key, dana):
    endpoint(key, "https://a.example/", name="all")
    endpoint(key, "https://b.example/", name="full", events=["escalation.decided"])
    endpoint(key, "https://c.example/", name="short", events=["decided"])
    endpoint(key, "https://d.example/", name="other", events=["escalation.expired"])
    off = endpoint(key, "https://e.example/", name="off")
    off.disabled_at = NOW
    off.save()
    endpoint(factories.key("other"), "https://f.example/")
    decided(key, dana, now=NOW)
    assert addresses() == ["https://a.example/", "https://b.example/", "https://c.example/"]
    assert len(set(Delivery.objects.values_list("id", flat=True))) == 3


def test_package_names_one_endpoint(key, dana):
    endpoint(key, "https://a.example/", name="one")
    endpoint(key, "https://b.example/", name="two")
    decided(key, dana, now=NOW, callback={"endpoint": "two"})
    assert addresses() == ["https://b.example/"]


def test_package_that_names_an_endpoint_gone_meanwhile_falls_back_to_the_others(key, dana):
    endpoint(key, "https://a.example/", name="one")
    two = endpoint(key, "https://b.example/", name="two")
    case = factories.escalation(by=key, callback={"endpoint": "two"})
    two.disabled_at = NOW
    two.save()
    lifecycle.cancel(case, agent="mira", now=NOW)
    assert addresses() == ["https://a.example/"]


def test_a_named_endpoint_that_does_not_want_the_type_sends_it_to_no_other(key, dana):
    endpoint(key, "https://a.example/", name="one")
    endpoint(key, "https://b.example/", name="two", events=["escalation.decided"])
    case = factories.escalation(by=key, callback={"endpoint": "two"})
    lifecycle.cancel(case, agent="mira", now=NOW)
    assert addresses() == []


def test_package_brings_its_own_address(key, dana):
    key.callback_hosts = ["own.example"]
    key.save()
    endpoint(key, "https://a.example/")
    decided(key, dana, now=NOW, callback={"url": "https://own.example/cb"})
    delivery = listening.only()
    assert (delivery.url, delivery.endpoint) == ("https://own.example/cb", None)


def test_package_says_which_types_it_wants(key, dana):
    endpoint(key, "https://a.example/")
    decided(key, dana, now=NOW, callback={"events": ["escalation.expired"]})
    assert addresses() == []


@pytest.mark.parametrize(
    ("events", "wanted"),
    [([], True), (["decided"], True), (["escalation.decided"], True), (["expired"], False)],
)
def test_wants(events, wanted):
    assert outgoing.wants(events, "escalation.decided") is wanted


def test_undone_decision_is_not_sent(key, dana):
    endpoint(key, "https://a.example/")
    decision = decided(key, dana, now=NOW, undo_s=10)
    lifecycle.undo(decision.escalation, by=dana, version=2, now=after(5))
    assert listening.only().state == State.DROPPED


def test_cancelled_case_tells_the_agent_so_and_drops_the_answer(key, dana):
    endpoint(key, "https://a.example/")
    decision = decided(key, dana, now=NOW, undo_s=10)
    lifecycle.cancel(decision.escalation, agent="mira", now=after(5))
    told = list(Delivery.objects.order_by("created_at").values_list("kind", "state"))
    assert told == [
        ("escalation.decided", State.DROPPED),
        ("escalation.cancelled", State.DUE),
    ]


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("https://own.example/cb", ""),
        ("https://other.example/cb", "The key's allow list does not cover this address."),
        ("http://own.example/cb", "The address must begin with https://."),
        ("https://user:x@own.example/", "The address must not hold a user name or password."),
        ("https://127.0.0.1/", "127.0.0.1 is a number, not a name; receivers are called by name."),
    ],
)
def test_address_of_a_package_is_checked_when_it_arrives(url, detail, key, settings):
    settings.CALLBACK_PRIVATE_ADDRESSES = ()
    key.callback_hosts = ["own.example", "127.0.0.1"]
    key.save()
    try:
        factories.escalation(by=key, callback={"url": url})
        faults = []
    except Invalid as refused:
        faults = refused.errors
    assert faults == ([Fault("/callback/url", detail)] if detail else [])
