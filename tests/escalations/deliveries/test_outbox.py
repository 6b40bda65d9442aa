import random
from email.utils import format_datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console import clock
from console.outside import outbound
from escalations import lifecycle
from escalations.deliveries import hosts
from escalations.deliveries.outbox import Outcome
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.lifecycle import outgoing
from escalations.models import Delivery, Receiver
from escalations.record.lines import Actor
from escalations.refusals import Conflict, NotFound
from tests import factories
from tests.escalations.lifecycle.conversing import talking
from tests.factories import NOW, after
from tests.running import listening
from tests.running.listening import SECRET, decided, endpoint, loopback, seconds, verified  # noqa: F401
from tests.running.receivers import free_port, receiving

pytestmark = pytest.mark.django_db
State = Delivery.State
ADMIN = Actor("person", "ada")


@pytest.fixture
def key():
    return factories.key()


@pytest.fixture
def dana():
    return factories.viewer()


@pytest.fixture
def due(key, dana):
    """A message for one endpoint, due since NOW."""
    endpoint(key, "https://a.example/hook")
    decided(key, dana, now=NOW)
    return listening.only()


def attempt(*, at=None):
    """Lease, send and mark what is due; the message as it is afterwards."""
    now = at or clock.now()
    (delivery,) = WEBHOOKS.lease_due(1, now=now)
    assert WEBHOOKS.settle(delivery, WEBHOOKS.send(delivery, now=clock.now()), now=now)
    delivery.refresh_from_db()
    return delivery


def failed(delivery, *, at, **outcome):
    """The message after one more attempt that came to nothing."""
    (leased,) = WEBHOOKS.lease_due(1, now=at)
    assert leased == delivery
    result = Outcome(**({"status": 500, "error": "Answered 500."} | outcome))
    assert WEBHOOKS.settle(leased, result, now=at, jitter=lambda: 1.0)
    Receiver.objects.all().delete()
    delivery.refresh_from_db()
    return delivery


def kinds(delivery):
    return list(delivery.escalation.events.order_by("position").values_list("kind", flat=True))


def test_message_arrives_signed_over_the_bytes_sent(key, dana, loopback):  # noqa: F811
    with receiving(204) as receiver:
        endpoint(key, receiver.url)
        decision = decided(key, dana)
        delivery = attempt()
        (received,) = receiver.received
        event = verified(received)
        assert event["data"] == decision.document
        assert received.headers["webhook-id"] == delivery.id
        assert "." not in delivery.id
        assert received.headers["content-type"] == "application/cloudevents+json"
        assert (delivery.state, delivery.attempts, delivery.last_status) == (
            State.DELIVERED,
            1,
            204,
        )
        assert (delivery.lease_token, delivery.lease_until) == ("", None)
        assert kinds(delivery) == ["received", "decided", "delivered"]


def test_address_of_the_package_is_signed_with_the_secret_of_the_agent(key, dana, loopback):  # noqa: F811
    from escalations.deliveries import signing

    key.callback_hosts = ["127.0.0.1"]
    key.save()
    key.agent.signing_secret = signing.sealed(SECRET)
    key.agent.save()
    with receiving() as receiver:
        decided(key, dana, callback={"url": receiver.url})
        assert attempt().state == State.DELIVERED
        assert verified(receiver.received[0])["type"] == "escalation.decided"


def test_nothing_is_leased_before_it_is_due(key, dana):
    endpoint(key, "https://a.example/hook")
    decided(key, dana, now=NOW, undo_s=10)
    assert WEBHOOKS.lease_due(5, now=after(9.999)) == []
    assert WEBHOOKS.due(5, now=after(9.999)) == 0
    assert len(WEBHOOKS.lease_due(5, now=after(10))) == 1


def test_leased_message_is_held_by_one(due):
    assert WEBHOOKS.lease_due(5, now=NOW) == [due]
    assert WEBHOOKS.lease_due(5, now=NOW) == []
    assert WEBHOOKS.lease_due(5, now=NOW + WEBHOOKS.lease - seconds(1)) == []


def test_lease_of_a_dead_worker_goes_on_within_30_s_under_the_same_id(due):
    (dead,) = WEBHOOKS.lease_due(5, now=NOW)
    (again,) = WEBHOOKS.lease_due(5, now=NOW + WEBHOOKS.lease)
    assert WEBHOOKS.lease.total_seconds() <= 30
    assert WEBHOOKS.lease.total_seconds() > outbound.TOTAL_S
    assert again.id == dead.id
    assert again.lease_token != dead.lease_token
    assert not WEBHOOKS.settle(dead, Outcome("Answered 500.", status=500), now=after(21))
    assert WEBHOOKS.settle(again, Outcome(status=200), now=after(22))
    assert not WEBHOOKS.settle(again, Outcome("Answered 500.", status=500), now=after(23))
    due.refresh_from_db()
    assert (due.state, due.attempts) == (State.DELIVERED, 1)
    assert kinds(due).count("delivered") == 1


def test_pauses_grow_to_twelve_hours_and_end_after_seven_days(due):
    now, pauses = NOW, []
    while due.state == State.DUE:
        failed(due, at=now)
        pauses.append((due.next_at - now).total_seconds())
        now = due.next_at
    assert pauses[:9] == [5, 30, 120, 600, 3600, 10800, 21600, 43200, 43200]
    assert set(pauses[9:-1]) == {43200}
    assert (due.state, due.last_error) == (State.DEAD, "Answered 500.")
    given_up_after = due.finished_at - NOW
    assert seconds(6 * 86400) < given_up_after <= outgoing.TRY_FOR
    assert kinds(due)[-1] == "undelivered"


def test_pauses_are_jittered_over_their_whole_length(due):
    (leased,) = WEBHOOKS.lease_due(1, now=NOW)
    leased.attempts = 4
    pauses = {
        WEBHOOKS._pause(5, Outcome("Answered 500.", status=500), now=NOW, jitter=random.random())
        for _ in range(200)
    }
    assert min(pauses) < seconds(360)
    assert seconds(3240) < max(pauses) <= seconds(3600)


@pytest.mark.parametrize(
    ("retry_after", "pause_s"),
    [
        ("120", 120),
        ("1", 5),
        (format_datetime(after(300), usegmt=True), 300),
        (format_datetime(NOW - seconds(300), usegmt=True), 5),
        ("999999999999999999999", 86400),
        ("soon", 5),
        ("-5", 5),
        ("١٢٠", 5),
        ("", 5),
    ],
)
def test_retry_after_is_honoured_within_reason(retry_after, pause_s, due):
    failed(due, at=NOW, status=503, retry_after=retry_after)
    assert (due.next_at - NOW).total_seconds() == pause_s


def test_redirect_is_a_failure_and_is_not_followed(key, dana, loopback):  # noqa: F811
    with receiving() as inside, receiving((302, {"location": inside.url})) as receiver:
        endpoint(key, receiver.url)
        decided(key, dana)
        delivery = attempt()
        assert (delivery.state, delivery.last_error) == (State.DUE, "Answered 302.")
        assert inside.received == []


def test_gone_disables_the_endpoint(key, dana, loopback):  # noqa: F811
    with receiving(410) as receiver:
        listener = endpoint(key, receiver.url)
        decided(key, dana)
        decided(key, dana)
        assert attempt().state == State.DEAD
        listener.refresh_from_db()
        assert listener.disabled_at is not None
        second = attempt()
        assert (second.state, second.last_error) == (State.DEAD, "The endpoint is disabled.")
        assert len(receiver.received) == 1
        decided(key, dana)
        assert Delivery.objects.count() == 2


def test_receiver_at_a_private_address_is_not_called(key, dana, settings):
    settings.CALLBACK_PRIVATE_ADDRESSES = ()
    endpoint(key, "https://lying.example/hook")
    decided(key, dana, now=NOW)
    (leased,) = WEBHOOKS.lease_due(1, now=NOW)
    outcome = WEBHOOKS.send(leased, now=NOW, resolve=lambda *_: ["169.254.169.254"])
    assert outcome.error == "lying.example is at 169.254.169.254, a link-local address."
    WEBHOOKS.settle(leased, outcome, now=NOW)
    leased.refresh_from_db()
    assert (leased.state, leased.attempts) == (State.DUE, 1)
    assert Receiver.objects.count() == 0


def test_unreadable_secret_is_said_and_tried_again(due, settings):
    due.endpoint.secret = "plain"
    due.endpoint.save()
    (leased,) = WEBHOOKS.lease_due(1, now=NOW)
    assert WEBHOOKS.send(leased, now=NOW).error.startswith("The signing secret cannot be read")


def test_corrected_address_is_used_by_what_still_waits(key, dana, loopback):  # noqa: F811
    listener = endpoint(key, f"http://127.0.0.1:{free_port()}/")
    decided(key, dana)
    assert attempt().last_error.startswith("No connection")
    with receiving() as receiver:
        listener.url = receiver.url
        listener.save()
        delivery = attempt(at=clock.now() + seconds(10))
        assert (delivery.state, delivery.url) == (State.DELIVERED, receiver.url)


def test_receiver_restarted_in_the_middle_gets_it_under_the_same_id(key, dana, loopback):  # noqa: F811
    port = free_port()
    endpoint(key, f"http://127.0.0.1:{port}/hook")
    decision = decided(key, dana)
    ids = []
    with receiving(500, port=port) as receiver:
        ids.append(attempt().id)
        ids += [one.headers["webhook-id"] for one in receiver.received]
    ids.append(attempt(at=clock.now() + seconds(60)).id)
    with receiving(port=port) as receiver:
        assert attempt(at=clock.now() + seconds(3600)).state == State.DELIVERED
        ids += [one.headers["webhook-id"] for one in receiver.received]
        assert verified(receiver.received[0])["data"]["id"] == decision.id
    assert len(ids) == 4
    assert len(set(ids)) == 1


@pytest.mark.parametrize("ends", ["given back", "reversed"])
def test_what_came_before_something_else_arrives_and_what_was_taken_back_does_not(ends, key, dana):
    endpoint(key, "https://a.example/hook")
    if ends == "given back":
        case = talking.live(dana, by=key)
    else:
        case = decided(key, dana, now=NOW).escalation
    (first,) = WEBHOOKS.lease_due(1, now=after(30))
    result = Outcome(status=500, error="Answered 500.")
    assert WEBHOOKS.settle(first, result, now=after(30), jitter=lambda: 1.0)
    if ends == "given back":
        talking.handed_back(case, dana, now=after(31), resume_at="s")
    else:
        lifecycle.reverse(case, by=dana, version=case.version, why="No.", now=after(31))
    first.refresh_from_db()
    sent = WEBHOOKS.send(first, now=after(60), resolve=lambda *_: [])
    assert sent.moot is (ends == "reversed")


def test_dead_letter_is_sent_again_under_the_same_id(due):
    while due.state == State.DUE:
        failed(due, at=due.next_at)
    now = due.finished_at + seconds(3600)
    WEBHOOKS.replay(due.id, by=ADMIN, now=now)
    due.refresh_from_db()
    assert (due.state, due.attempts, due.next_at, due.finished_at) == (State.DUE, 0, now, None)
    assert due.give_up_at == now + outgoing.TRY_FOR
    (leased,) = WEBHOOKS.lease_due(1, now=now)
    assert leased.id == due.id
    event = due.escalation.events.order_by("position").last()
    assert (event.kind, b'"actor":"person:ada"' in bytes(event.body)) == ("replayed", True)


def test_what_can_still_be_undone_is_not_sent_by_hand(key, dana):
    """Whoever decided was promised the time; an admin's press would end it."""
    endpoint(key, "https://a.example/hook")
    decided(key, dana, now=NOW, undo_s=10)
    due, until = Delivery.objects.get(), NOW + seconds(10)
    with pytest.raises(Conflict, match="can still take it back") as refused:
        WEBHOOKS.replay(due.id, by=ADMIN, now=NOW + seconds(9))
    assert refused.value.code == "can_be_undone"
    assert WEBHOOKS.lease_due(1, now=NOW + seconds(9)) == []
    assert WEBHOOKS.replay(due.id, by=ADMIN, now=until).next_at == until


def test_replay_says_why_it_cannot(due):
    with pytest.raises(NotFound):
        WEBHOOKS.replay("msg_none", by=ADMIN, now=NOW)
    with pytest.raises(Conflict, match="older than 90 days"):
        WEBHOOKS.replay(due.id, by=ADMIN, now=NOW + seconds(91 * 86400))
    due.endpoint.disabled_at = NOW
    due.endpoint.save()
    with pytest.raises(Conflict, match="endpoint is disabled"):
        WEBHOOKS.replay(due.id, by=ADMIN, now=NOW)
    Delivery.objects.update(state=State.DELIVERED)
    with pytest.raises(Conflict, match="needs no replay: delivered"):
        WEBHOOKS.replay(due.id, by=ADMIN, now=NOW)


def test_bad_host_takes_four_at_once_and_others_go_on(key, dana):
    endpoint(key, "https://bad.example/")
    for _ in range(70):
        decided(key, dana, now=NOW)
    other = factories.key("other")
    endpoint(other, "https://good.example/")
    decided(other, dana, now=after(1))
    leased = WEBHOOKS.lease_due(200, now=after(2))
    names = [delivery.host for delivery in leased]
    assert names == ["bad.example:443"] * hosts.AT_ONCE + ["good.example:443"]
    assert WEBHOOKS.due(200, now=after(2)) == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_leasing_takes_the_same_statements_for_any_number(rows, key, dana):
    endpoint(key, "https://a.example/")
    for _ in range(rows):
        decided(key, dana, now=NOW)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert len(WEBHOOKS.lease_due(5, now=NOW)) == rows
    said = [query["sql"].split()[0] for query in captured.captured_queries]
    assert [word for word in said if word in {"SELECT", "UPDATE"}] == [
        *("SELECT", "SELECT", "SELECT"),
        *("SELECT", "UPDATE"),
        # Whose decisions could be taken back until now: none of these.
        "SELECT",
        "SELECT",
    ]
