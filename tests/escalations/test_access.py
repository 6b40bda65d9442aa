"""Whoever loses a right while many cases are answered by their one press answers no further one."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from escalations.lifecycle import moves
from escalations.models import Decision, Escalation
from tests.escalations.batch import test_answering as changes
from tests.escalations.lifecycle.test_lifecycle import decide
from tests.escalations.rights_lost import (
    READS_ONLY,
    SIGNED_OUT,
    auditor,
    closed,
    new_password,
    signed_out,
)
from tests.escalations.views import test_batch as batches
from tests.escalations.views import test_reversals as reversals
from tests.factories import escalation, person, viewer

pytestmark = pytest.mark.django_db(transaction=True)

LOST = {
    closed: SIGNED_OUT,
    signed_out: SIGNED_OUT,
    new_password: SIGNED_OUT,
    auditor: READS_ONLY,
}


@contextmanager
def after_the_first(lose, user):
    """The right is lost once the first of the cases is written: as soon as that is committed, or
    where it is one statement of its own, while the second is made ready."""
    written = []

    def follow(escalation, **_):
        written.append(escalation.pk)
        if connection.in_atomic_block or len(written) > 1:
            moves.moved.disconnect(follow)
            transaction.on_commit(lambda: lose(type(user).objects.get(pk=user.pk)))

    moves.moved.connect(follow, weak=False)
    yield
    moves.moved.disconnect(follow)


@pytest.mark.parametrize("lose", LOST)
def test_of_a_batch_the_rest_is_not_approved(client, lose):
    dana = person("dana")
    client.force_login(dana)
    sent = batches.form_of(batches.table(client, [batches.live() for _ in range(4)]))
    with after_the_first(lose, dana):
        page = client.post(batches.URL, sent).content.decode()
    assert Decision.objects.count() == 1
    assert page.count(LOST[lose]) == 3
    assert batches.states() == ["decided", "waiting", "waiting", "waiting"]


def test_of_a_change_made_in_many_the_rest_is_not_edited(client):
    dana = person("dana")
    client.force_login(dana)
    first, *others = [changes.live(order=f"HP-{number}") for number in range(4)]
    like = changes.changed(dana, first)
    sent = changes.form_of(changes.table(client, like, *others))
    with after_the_first(closed, dana):
        client.post(changes.URL, sent)
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("lose", LOST)
def test_of_many_answers_the_rest_is_not_reversed(client, lose):
    priya = person("priya", "supervisor")
    client.force_login(priya)
    dana = viewer("dana")
    for _ in range(3):
        decide(escalation(), dana)
    cases = list(Escalation.objects.all())
    with after_the_first(lose, priya):
        page = client.post(reversals.URL, reversals.form(cases, instructions="A faulty rule."))
    assert Decision.objects.filter(outcome="reversed").count() == 1
    assert "1 of 3 reversed" in page.content.decode()
