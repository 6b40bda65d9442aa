"""What was on its way out before the columns of messages became one keeps going, and comes back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from routing.models import Sending
from tests.factories import NOW, after, escalation

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = "0002_the_right_person", "0003_sendings_like_deliveries"
OLD = ("id", "state", "due_at", "leased_until", "sent_at", "fault", "attempts")


@pytest.fixture(autouse=True)
def _forward_again():
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("routing"))


def migrate(name):
    """The tables as they are with that migration; what rows there are stay."""
    executor = MigrationExecutor(connection)
    executor.migrate([("routing", name)])
    return executor.loader.project_state([("routing", name)]).apps


def test_sendings_keep_their_rows_forward_and_back():
    case = escalation()
    old = migrate(BEFORE)
    alert = old.get_model("routing", "Alert").objects.create(
        escalation_id=case.pk, step=1, kind="breach", audience="a", due_at=NOW, raised_at=NOW
    )
    table = old.get_model("routing", "Sending").objects
    rows = [
        ("snd_1", "due", after(10), after(5), None, "No connection", 1),
        ("snd_2", "sent", NOW, None, after(1), "", 1),
        ("snd_3", "failed", after(20), None, None, "x" * 300, 9),
        ("snd_4", "dropped", after(30), None, None, "", 0),
    ]
    for number, row in enumerate(rows):
        table.create(
            alert=alert, channel="email", target=f"{number}", **dict(zip(OLD, row, strict=False))
        )
    migrate(AFTER)
    found = {one.pk: one for one in Sending.objects.all()}
    assert {pk: (one.state, one.finished_at) for pk, one in found.items()} == {
        "snd_1": ("due", None),
        "snd_2": ("delivered", after(1)),
        "snd_3": ("dead", after(20)),
        "snd_4": ("dropped", after(30)),
    }
    assert {(one.created_at, one.give_up_at) for one in found.values()} == {
        (NOW, NOW + timedelta(days=1))
    }
    assert (found["snd_1"].next_at, found["snd_1"].lease_until) == (after(10), after(5))
    Sending.objects.filter(pk="snd_3").update(last_error="x" * 500)
    back = migrate(BEFORE).get_model("routing", "Sending").objects.order_by("id")
    assert list(back.values_list(*OLD)) == rows
