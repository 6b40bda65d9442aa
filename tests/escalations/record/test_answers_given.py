"""Where an answer goes, when, and who asked for a case: what its row says is what the lines say."""

from datetime import timedelta

import pytest
from django.db import connection

from escalations import lifecycle
from escalations.agents import endpoints, registry
from escalations.deliveries import hosts
from escalations.deliveries.outbox import Outcome
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.lifecycle.answers import Choice
from escalations.models import Decision, Delivery, Endpoint, Escalation, Receiver, Vote
from escalations.record.lines import Actor
from routing.models import Offer
from tests import factories
from tests.factories import NOW, after
from tests.running.kept import lifted
from tests.tampering import history, sentences

pytestmark = pytest.mark.django_db
ADMIN = Actor("person", "rhea")
ELSEWHERE = "goes elsewhere than the record says."
PUT_OFF = "is put off, or given up at another time than it may be."


@pytest.fixture(params=["endpoint", "address"])
def message(request):
    key = factories.key("mira")
    key.callback_hosts = ["hooks.example"]
    key.save()
    own, _ = endpoints.register(
        key.agent, name="main", url="https://hooks.example/a", by=ADMIN, now=NOW
    )
    registry.create("other", by=ADMIN, now=NOW)
    other = registry.Agent.objects.get(name="other")
    endpoints.register(other, name="main", url="https://thief.example/b", by=ADMIN, now=NOW)
    asked = {"callback": {"url": "https://hooks.example/own"}} if request.param == "address" else {}
    case = factories.escalation(by=key, **asked)
    lifecycle.decide(
        case, Choice("reject"), by=factories.viewer(), version=1,
        reject_reasons=[], now=after(1),
    )  # fmt: skip
    assert sentences() == []
    made = Delivery.objects.get()
    assert made.endpoint_id == (own.pk if request.param == "endpoint" else None)
    return made


def theirs():
    return Endpoint.objects.get(agent__name="other")


def sent():
    for leased in WEBHOOKS.lease_due(5, now=after(60)):
        WEBHOOKS.settle(leased, Outcome(status=200), now=after(61))


def faults():
    return [one.partition(" ")[2].partition(" ")[2] for one in sentences()]


def test_a_message_that_is_led_elsewhere_is_named(message):
    Delivery.objects.update(endpoint=theirs())
    assert ELSEWHERE in faults()
    sent()
    assert ELSEWHERE in faults()
    # Put back, after it went there.
    Delivery.objects.update(endpoint=message.endpoint, url=message.url)
    assert faults() == [ELSEWHERE]


@pytest.mark.parametrize("message", ["address"], indirect=True)
def test_a_message_of_an_address_that_went_to_another_is_named(message):
    Delivery.objects.update(url="https://thief.example/b")
    sent()
    Delivery.objects.update(url=message.url)
    assert faults() == [ELSEWHERE]


def test_one_that_arrives_where_it_should_is_calm(message):
    sent()
    assert Delivery.objects.get().state == "delivered"
    assert sentences() == []


@pytest.mark.parametrize(
    "change",
    [
        {"next_at": after(90_000)},
        {"give_up_at": after(2)},
        {"give_up_at": after(10**8)},
        {"host": "paused.example:443"},
    ],
)
def test_one_that_is_put_off_is_named(message, change):
    Delivery.objects.update(**change)
    assert faults() == [PUT_OFF]


@pytest.mark.parametrize("end", [" ", "\u200b"])
def test_an_address_that_is_none_is_named_and_hides_nothing_else(message, end):
    Delivery.objects.update(url=message.url + end)
    Escalation.objects.update(approvals=2)
    found = sentences()
    assert any(message.id in one for one in found)
    assert any("approvals" in one for one in found)


def test_one_that_failed_and_was_sent_again_is_calm(message):
    for leased in WEBHOOKS.lease_due(5, now=after(60)):
        WEBHOOKS.settle(leased, Outcome("No.", over=False), now=after(61))
    assert sentences() == []
    WEBHOOKS.replay(message.pk, by=ADMIN, now=after(90))
    assert sentences() == []


def test_a_pause_without_end_is_none():
    Receiver.objects.create(host="hooks.example:443", paused_until=NOW + timedelta(days=99))
    assert hosts.Room(Delivery.objects.all(), NOW).take("hooks.example:443")
    Receiver.objects.update(paused_until=NOW + timedelta(minutes=9))
    assert not hosts.Room(Delivery.objects.all(), NOW).take("hooks.example:443")


def test_a_second_row_of_who_gave_it_up_is_named():
    dana = factories.viewer()
    case = factories.escalation(by=factories.key())
    case = lifecycle.claim(case, by=dana, now=after(1))
    lifecycle.release(case, by=dana, version=2, now=after(2))
    assert sentences() == []
    row = Offer.objects.get()
    row.pk = None
    with lifted(connection):
        row.save(force_insert=True)
    assert sentences() == ["That dana gave it up stands in no entry."]


def test_an_answer_that_was_handed_out_and_taken_back_is_named():
    case = history()
    undone, standing = Decision.objects.order_by("sequence")
    with lifted(connection):
        Decision.objects.filter(pk=undone.pk).update(handed_out_at=after(4))
    assert sentences() == [f"Decision {undone.id} was taken back, and handed out as well."]
    Decision.objects.filter(pk=standing.pk).update(handed_out_at=after(20))
    assert len(sentences(case.id)) == 1


def test_two_votes_of_one_person_in_one_moment_are_two():
    case = factories.escalation(requested={"approvals_needed": 2})
    dana = factories.viewer()
    for now in (after(1), after(1)):
        case = lifecycle.decide(
            case, Choice("approve"), by=dana, version=case.version,
            reject_reasons=[], now=now,
        )  # fmt: skip
        case = lifecycle.add_context(case, {"environment": {}}, agent="mira", now=now)
    assert Vote.objects.count() == 2
    assert sentences() == []
    last = Vote.objects.order_by("pk").last()
    with lifted(connection):
        Vote.objects.filter(pk=last.pk).update(void_at=None)
    assert sentences(case.id) == ["The vote of dana was changed."]
