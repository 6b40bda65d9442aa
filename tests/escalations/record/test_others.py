"""Rows that belong to nothing are named, and nothing of theirs leaves."""

import json

import pytest
from django.db import connection

from escalations.deliveries import trial
from escalations.deliveries.webhooks import WEBHOOKS
from escalations.models import Decision, Delivery, Escalation, Requirement
from escalations.record import audit
from escalations.record.lines import Actor
from tests import factories, tampering
from tests.escalations.deliveries.test_outbox import attempt
from tests.factories import NOW, after
from tests.running.kept import lifted
from tests.running.listening import endpoint, loopback  # noqa: F401
from tests.running.receivers import receiving

pytestmark = pytest.mark.django_db


def sentences():
    return [str(one) for one in audit.verify().findings]


def forged(target, **row):
    body = {"type": "escalation.decided", "data": {"proceed": True, "outcome": "approved"}}
    return Delivery.objects.create(
        **{
            "id": "msg_forged", "agent": target.agent, "endpoint": target, "url": target.url,
            "host": "http://127.0.0.1", "kind": "escalation.decided", "body": json.dumps(body),
            "created_at": NOW, "next_at": NOW, "give_up_at": after(60), **row,
        }
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["escalation.decided", "test"])
def test_a_message_of_no_case_that_nobody_sent_is_named(kind):
    forged(endpoint(factories.key(), "https://a.example/hook"), kind=kind)
    assert any("msg_forged tells of no case" in one for one in sentences())


def test_and_never_leaves(loopback):  # noqa: F811
    with receiving(204) as receiver:
        forged(endpoint(factories.key(), receiver.url))
        row = attempt()
    assert (row.state, receiver.received) == (Delivery.State.DROPPED, [])


def test_a_test_that_was_asked_for_is_none_until_it_is_changed():
    target = endpoint(factories.key(), "https://a.example/hook")
    sent = trial.send(target, by=Actor("person", "ada"), now=NOW)
    assert sentences() == []
    Delivery.objects.filter(pk=sent.pk).update(body=json.dumps({"type": "test", "data": {}}))
    assert any(f"{sent.id} tells of no case" in one for one in sentences())
    assert WEBHOOKS.messages().count() == 1


@pytest.mark.parametrize(
    ("kind", "column"),
    [(Escalation, "supersedes_id"), (Escalation, "re_escalates_id"), (Decision, "decided_by_id")],
)
def test_what_names_something_that_is_not_there_is_named(kind, column):
    tampering.history()
    assert sentences() == []
    with connection.constraint_checks_disabled(), lifted(connection):
        kind.objects.update(**{column: 987_654})
        named = sentences()
        kind.objects.update(**{column: None})
    assert any("that is not there" in one for one in named)


@pytest.mark.parametrize("value", [[], "x", 7, [{}]])
def test_a_value_of_another_kind_is_a_finding_and_no_traceback(value):
    case = tampering.history()
    Requirement.objects.filter(pk=case.requirement_id).update(skills=value)
    assert sentences() != []
