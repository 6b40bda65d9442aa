"""Every way to tamper with a chain by hand, the triggers out of the way, and what shows."""

import pytest
from django.db import connection

from escalations.models import Event
from tests import tampering
from tests.factories import after
from tests.running.kept import lifted
from tests.tampering import entry, rechained, rehashed, saved, sentences, tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return tampering.history()


@pytest.fixture
def other():
    return tampering.cancelled()


def test_changed_bytes_show(case):
    event = entry(2, case)
    event.body = bytes(event.body).replace(b"person:dana", b"person:rhea")
    saved(event)
    assert sentences() == ["It was changed: its bytes do not match its hash."]


def test_changed_bytes_with_a_fitting_hash_show_in_the_next_entry(case):
    event = entry(2, case)
    event.body = bytes(event.body).replace(b"person:dana", b"person:rhea")
    saved(rehashed(event))
    assert sentences() == ["It does not continue the entry before it."]


def test_changed_last_entry_with_a_fitting_hash_shows_at_the_head(case):
    event = entry(7, case)
    event.body = bytes(event.body).replace(b"person:dana", b"person:rhea")
    saved(rehashed(event))
    assert sentences() == ["Its row keeps another hash than that of the last entry."]


def test_bytes_that_are_no_line_show(case):
    event = entry(2, case)
    event.body = b"[]"
    saved(rehashed(event))
    assert sentences()[0] == "Its bytes are not a line of the record."


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"facts"', b' "facts"'), (b'"fence":1', b'"fence":1.0'), (b'"fence":1', b'"fence":1e0')],
)
def test_other_bytes_for_the_same_content_show(old, new, case):
    event = entry(2, case)
    event.body = bytes(event.body).replace(old, new)
    saved(rehashed(event))
    assert "Its bytes are not in the canonical form." in sentences()


@pytest.mark.parametrize(
    ("column", "value"), [("kind", "released"), ("at", after(1.5)), ("kind", "read")]
)
def test_changed_column_of_an_entry_shows(column, value, case):
    event = entry(2, case)
    setattr(event, column, value)
    saved(event)
    assert "Its columns do not say what its bytes say." in sentences()


@pytest.mark.parametrize("position", [1, 2, 4, 6])
def test_deleted_entry_shows(position, case):
    tamper("DELETE FROM escalations_event WHERE chain = %s AND position = %s", case.id, position)
    assert f"Entry {position} is missing before it." in sentences()


def test_several_deleted_entries_show(case):
    tamper("DELETE FROM escalations_event WHERE chain = %s AND position IN (2, 3, 4)", case.id)
    assert "Entries 2 to 4 are missing before it." in sentences()


@pytest.mark.parametrize("kept", [6, 5, 1])
def test_cut_tail_shows(kept, case):
    tamper("DELETE FROM escalations_event WHERE chain = %s AND position > %s", case.id, kept)
    assert f"Its row counts 7 entries, not {kept}." in sentences()


def test_chain_deleted_whole_shows(case):
    tamper("DELETE FROM escalations_event WHERE chain = %s", case.id)
    assert "It has no entries at all." in sentences()


def test_swapped_entries_show(case):
    two, three = entry(2, case), entry(3, case)
    with lifted(connection):
        Event.objects.filter(pk=two.pk).update(position=99)
        Event.objects.filter(pk=three.pk).update(position=2)
        Event.objects.filter(pk=two.pk).update(position=3)
    assert len(sentences()) >= 3


def test_inserted_entry_shows(case):
    head = Event(
        chain=case.id,
        position=8,
        escalation=case,
        kind="read",
        at=after(60),
        body=bytes(entry(7, case).body),
    )
    saved(rehashed(head))
    found = sentences()
    assert "Its row counts 7 entries, not 8." in found
    assert "Its columns do not say what its bytes say." in found


def test_entry_moved_to_another_case_shows(case, other):
    event = entry(7, case)
    event.escalation = other
    saved(event)
    assert sentences(other.id) != []
    assert sentences(case.id) != []


def test_entries_cut_loose_from_their_case_show(case):
    with lifted(connection):
        Event.objects.filter(chain=case.id).update(escalation=None)
    found = sentences()
    assert "It has no entries at all." in found
    assert "Its entries were cut loose from their escalation." in found


@pytest.mark.parametrize(
    ("kind", "state"),
    [("claimed", "waiting"), ("released", "decided"), ("undone", "cancelled"), ("offered", "x")],
)
def test_unlawful_move_shows(kind, state, case):
    def change(document):
        document["facts"]["state"] = state

    with lifted(connection):
        Event.objects.filter(chain=case.id, position=2).update(kind=kind)
    rechained(case, lambda d: (change(d), d.update(kind=kind)), start=2)
    assert any("cannot lead" in sentence for sentence in sentences())


def test_skipped_version_shows(case):
    rechained(case, lambda d: d["facts"].update(version=7), start=2)
    assert "It is version 7 after version 1." in sentences()
