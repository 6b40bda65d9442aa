import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder

from console.database.commands import MigratedCommand

OURS = ("console", "escalations", "routing", "metrics")
# They migrate by themselves, read no table, or have to say what is missing.
BY_THEMSELVES = {"demo", "serve", "simulate", "snapshots", "doctor", "is_free", "last_migrations"}
COMMANDS = {
    name: load_command_class(app, name) for name, app in get_commands().items() if app in OURS
}
CALLED = {
    "audit": ["verify"],
    "create_agent": ["Mira"],
    "create_person": ["ana", "--role=reviewer"],
    "deliveries": ["list"],
    "fold": [],
    "policy": ["export"],
}


def test_every_command_that_reads_tables_asks_for_them_first():
    asking = {name for name, one in COMMANDS.items() if isinstance(one, MigratedCommand)}
    assert asking == COMMANDS.keys() - BY_THEMSELVES == CALLED.keys()


def damaged(*args, **options):
    raise DatabaseError("database disk image is malformed")


@pytest.mark.django_db
@pytest.mark.parametrize("name", CALLED)
def test_a_command_on_a_damaged_database_says_so(name, monkeypatch):
    monkeypatch.setattr(COMMANDS[name], "handle", damaged)
    with pytest.raises(CommandError, match="cannot be read: database disk image is malformed"):
        call_command(COMMANDS[name], *CALLED[name])


@pytest.mark.django_db
@pytest.mark.parametrize("name", CALLED)
def test_a_command_on_an_old_database_says_what_to_do(name):
    MigrationRecorder.Migration.objects.filter(app="escalations", name__startswith="0001").delete()
    with pytest.raises(CommandError, match="lacks 1 migration: run `manage.py migrate` first"):
        call_command(COMMANDS[name], *CALLED[name])
