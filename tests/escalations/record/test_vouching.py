"""Whatever people and agents rely on: a change of it, by whatever way, is named."""

from random import Random

import pytest
from django.db import DatabaseError, connection, transaction

from escalations.models import Event
from escalations.record import audit, seals
from tests.escalations.record import forging, relied_on
from tests.factories import after
from tests.running.kept import lifted

pytestmark = [pytest.mark.django_db, pytest.mark.long]

SEED = 20_261_122
TRIES, SAMPLE = 300, 60


class _Undone(Exception):
    """Takes a tampering back."""


@pytest.fixture
def desk():
    relied_on.build()
    seals.seal(after(900))
    assert audit.verify().findings == []


def test_random_tampering_is_named(desk, every):
    rng = Random(SEED if every else f"{SEED} {connection.vendor}")
    untouched, unnamed, done = forging.everything(), [], 0
    while done < (TRIES if every else SAMPLE):
        try:
            with transaction.atomic():
                # Before it, after it, or not at all: no line excuses what it does not tell.
                moment = rng.choice(["before", "after", ""])
                beside = forging.innocent(rng) if moment == "before" else ""
                told = forging.everything() if beside else untouched
                # A savepoint of its own, as the triggers come back even where a constraint refuses it.
                with lifted(connection), transaction.atomic():
                    said = forging.tamper(rng)
                changed = said and forging.everything() != told
                if changed and moment == "after":
                    beside = _after(rng)
                if changed:
                    done += 1
                    if not audit.verify().findings:
                        unnamed.append(f"{beside}{said} ({moment})")
                raise _Undone
        except (_Undone, DatabaseError, OverflowError):
            continue
    assert not unnamed, "\n".join(unnamed)
    assert forging.everything() == untouched
    assert audit.verify().findings == []


def _after(rng):
    """Where what was changed lets nobody write a line, there is none."""
    try:
        with transaction.atomic():
            return forging.innocent(rng)
    except Exception:
        return ""


def test_every_column_chooses(db):
    """A new column says in docs/record.md by what it is held, or why by nothing."""
    columns = {
        (kind.__name__, field.name)
        for kind in forging.ours()
        for field in kind._meta.concrete_fields
    }
    numbers = {(kind.__name__, "id") for kind in forging.ours()}
    assert columns - set(forging.table()) <= numbers
    assert set(forging.table()) <= columns
    assert {by.split()[0].rstrip(":,") for by in forging.table().values()} == {
        "lines", "seals", "nothing",
    }  # fmt: skip


def test_every_table_that_is_held_has_rows(desk):
    empty = {kind.__name__ for kind, _ in forging.held() if not kind.objects.exists()}
    assert empty == set()
    assert Event.objects.filter(chain="seal").count() >= 1
