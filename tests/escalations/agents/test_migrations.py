"""Keys that were made before their life was kept get as long a life from where they end."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from escalations.agents import keys, registry
from escalations.models import ApiKey
from escalations.record import seals
from escalations.record.lines import Actor
from tests.factories import NOW, after
from tests.tampering import sentences

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor("person", "rhea")
BEFORE = "0035_proposed_by"


def test_the_life_of_a_key_is_read_from_its_end_and_no_sheet_changes():
    agent = registry.create("mira", by=BY, now=NOW)
    for ends in (None, NOW + timedelta(days=30)):
        keys.create(agent, expires_at=ends, by=BY, now=NOW)
    seals.seal(after(1))
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    executor.migrate([("escalations", BEFORE)])
    MigrationExecutor(connection).migrate(leaves)
    found = ApiKey.objects.order_by("pk").values_list("lifetime", flat=True)
    assert list(found) == [None, timedelta(days=30)]
    assert sentences() == []
