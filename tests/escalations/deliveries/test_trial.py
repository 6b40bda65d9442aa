"""A test event goes the way of every message, once."""

import pytest

from escalations.deliveries import screen, trial
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.models import Delivery, DeliveryAttempt, Event
from escalations.record.lines import Actor
from escalations.refusals import Conflict
from tests import factories
from tests.escalations.deliveries.test_outbox import attempt
from tests.factories import NOW
from tests.running.listening import endpoint, loopback, verified  # noqa: F401
from tests.running.receivers import free_port, receiving

pytestmark = pytest.mark.django_db
ADMIN = Actor("person", "ada")


def test_it_arrives_signed_and_its_answer_is_kept(loopback):  # noqa: F811
    with receiving(204) as receiver:
        target = endpoint(factories.key(), receiver.url)
        trial.send(target, by=ADMIN, now=NOW)
        assert trial.newest([target])[target.pk].is_under_way
        sent = attempt()
        event = verified(receiver.received[0])
    assert (event["type"], event["data"]) == ("test", {"agent": "mira", "endpoint": "main"})
    found = trial.newest([target])[target.pk]
    assert (found.arrived, found.delivery, found.attempt.status) == (True, sent, 204)
    assert Event.objects.filter(chain="agents", kind="endpoint_tested").count() == 1


@pytest.mark.parametrize("answers", [[500], None])
def test_it_is_tried_once_and_alarms_nobody(loopback, answers):  # noqa: F811
    target = endpoint(factories.key(), f"http://127.0.0.1:{free_port()}/hook")
    if answers:
        with receiving(*answers) as receiver:
            target.url = receiver.url
            target.save()
            trial.send(target, by=ADMIN, now=NOW)
            sent = attempt()
    else:
        trial.send(target, by=ADMIN, now=NOW)
        sent = attempt()
    assert (sent.state, sent.attempts) == (Delivery.State.DEAD, 1)
    assert DeliveryAttempt.objects.get().answer == sent.last_error
    assert WEBHOOKS.unsent(now=NOW) == [] == WEBHOOKS.dead()
    assert screen.endpoints(NOW - screen.LATELY) == []
    with pytest.raises(Conflict):
        WEBHOOKS.replay(sent.pk, by=ADMIN, now=NOW)


def test_two_clicks_send_one_and_an_endpoint_that_is_off_gets_none():
    target = endpoint(factories.key(), "https://a.example/hook")
    first = trial.send(target, by=ADMIN, now=NOW)
    assert trial.send(target, by=ADMIN, now=NOW) == first
    target.disabled_at = NOW
    target.save()
    with pytest.raises(Conflict):
        trial.send(target, by=ADMIN, now=NOW)
