"""Back to the migrations before the newest ones and forward again, with something in every state."""

from io import StringIO
from itertools import count
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from bench.world import rows
from console.database import migrated, statements
from console.models import User
from escalations.models import Escalation
from escalations.record import audit
from metrics import fold
from tests import factories, standing
from tests.running.kept import append_only

APPS = ("metrics", "routing", "escalations", "console")
KEPT = ("escalations_event", "escalations_decision")
# What people said with customers has no place in the tables before.
STATES = [state for state in standing.STATES if state != "live"]


def newest() -> dict[str, str]:
    """The last migration of each app of ours."""
    loader = MigrationLoader(None)
    return {app: loader.graph.leaf_nodes(app)[0][1] for app in APPS}


def before() -> dict[str, str]:
    """The one before it, where there is one."""
    loader = MigrationLoader(None)
    names = {
        app: sorted(name for label, name in loader.graph.nodes if label == app) for app in APPS
    }
    return {app: found[-2] for app, found in names.items() if len(found) > 1}


def migrate(targets: dict[str, str]) -> None:
    for app, name in targets.items():
        call_command("migrate", app, name, verbosity=0)


def digests() -> dict[str, str]:
    """What every table says, read by another connection than the test's own."""
    connection.close()
    if connection.vendor == "sqlite":
        return rows.of_sqlite(Path(connection.settings_dict["NAME"]))
    place = connection.settings_dict
    address = f"{place['HOST']}:{place['PORT']}/{place['NAME']}"
    return rows.of_postgresql(f"postgresql://{place['USER']}:{place['PASSWORD']}@{address}")


def noted() -> dict[str, str]:
    """What whoever upgrades keeps of the tables as they are, of our own apps."""
    out = StringIO()
    call_command("last_migrations", stdout=out)
    lines = (line.split() for line in out.getvalue().splitlines())
    return {app: name for app, name in lines if app in APPS}


def decided() -> list[tuple[object, ...]]:
    """All that never changes of the decisions."""
    columns = ", ".join(append_only.FIXED_COLUMNS)
    return statements.rows(f"SELECT {columns} FROM escalations_decision ORDER BY id")


def refused(statement: str) -> bool:
    """Whether the database itself keeps the record from this."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return "append-only" in str(error) or "never changed" in str(error)
    return False


@pytest.fixture
def filled(transactional_db):
    """A case in every state that may go back, with the figures of them; whatever happens, the
    newest tables again."""
    viewers = (factories.viewer(f"person{number}") for number in count())
    for state, viewer in zip(STATES, viewers, strict=False):
        standing.in_state(state, viewer)
    fold.catch_up()
    yield
    call_command("migrate", verbosity=0)


@pytest.mark.long
def test_forward_back_and_forward_loses_nothing(filled):
    record = digests()["escalations_event"], decided()
    migrate(before())
    older, way_back = digests(), noted()
    assert way_back == {**newest(), **before()}
    assert (older["escalations_event"], decided()) == record
    call_command("migrate", verbosity=0)
    assert migrated.pending() == []
    assert audit.verify(None).whole
    assert Escalation.objects.count() == len(STATES)
    assert User.objects.count() == len(STATES)
    assert all(refused(f"DELETE FROM {table}") for table in KEPT)
    assert refused("UPDATE escalations_event SET kind = 'other'")
    assert refused("UPDATE escalations_decision SET proceed = NOT proceed")
    migrate(way_back)
    assert digests() == older
    call_command("migrate", verbosity=0)
    assert audit.verify(None).whole


@pytest.mark.long
def test_nothing_goes_back_over_a_conversation_that_people_had(filled):
    standing.in_state("live", factories.viewer("zoe"))
    with pytest.raises(RuntimeError, match="1 message of conversations that people had"):
        call_command("migrate", "escalations", "0015", verbosity=0)
    call_command("migrate", verbosity=0)
    assert Escalation.objects.filter(state="live").count() == 1
