"""A reading is recorded once for each person and version, and waits for nobody."""

import threading

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from escalations import lifecycle
from escalations.models import Escalation, Event
from escalations.record import audit, readings
from escalations.record.lines import Actor
from tests.at_once import at_once
from tests.factories import after, escalation, key, person, viewer_of
from tests.running.kept import lifted

pytestmark = pytest.mark.django_db


def read_by(case):
    """Who read what of which version, in order."""
    found = []
    for line in readings.lines_of(case):
        facts = line.document["facts"]
        found.append((line.document["actor"], facts["version"], facts["part"]))
    return found


def signed_in(name, role="reviewer"):
    client = Client(raise_request_exception=False)
    user = person(name, role)
    client.force_login(user)
    return user, client


def test_a_page_that_is_opened_again_writes_nothing():
    (dana, first), (_, second), case = signed_in("dana"), signed_in("amara"), escalation()
    lines = case.chain_length
    for _ in range(3):
        first.get(f"/escalations/{case.id}/")
        first.get(f"/escalations/{case.id}/", headers={"HX-Request": "true"})
    second.get(f"/escalations/{case.id}/")
    first.get(f"/escalations/{case.id}/raw/")
    first.get(f"/escalations/{case.id}/raw/")
    seen = [("person:dana", 1, "briefing"), ("person:amara", 1, "briefing")]
    seen.append(("person:dana", 1, "raw"))
    assert read_by(case) == seen
    case = lifecycle.claim(Escalation.objects.get(), by=viewer_of(dana), now=after(1))
    first.get(f"/escalations/{case.id}/")
    assert read_by(case) == [*seen, ("person:dana", 2, "briefing")]
    assert case.chain_length == lines + 1
    assert audit.verify().findings == []


def test_looking_again_takes_no_more_than_a_look():
    case, dana = escalation(), Actor("person", "dana")
    readings.note(case, "briefing", by=dana, now=after(1))
    with CaptureQueriesContext(connection) as captured:
        readings.note(case, "briefing", by=dana, now=after(2))
    assert [one["sql"][:6] for one in captured] == ["SELECT"]


@pytest.mark.django_db(transaction=True)
def test_readers_at_once_are_each_written_once():
    case = escalation()
    names = ["dana", "amara", "kofi", "dana", "amara", "dana"]

    def read(name):
        readings.note(case, "briefing", by=Actor("person", name), now=after(1))

    assert at_once(*(lambda name=name: read(name) for name in names)) == [None] * len(names)
    assert sorted(read_by(case)) == [
        (f"person:{name}", 1, "briefing") for name in ("amara", "dana", "kofi")
    ]
    assert audit.verify().findings == []


@pytest.mark.django_db(transaction=True)
def test_who_reads_waits_for_nobody_who_decides():
    """On PostgreSQL the row of the case is locked meanwhile; SQLite has one writer, so there the
    page that was read before is opened again."""
    case, (_, client) = escalation(), signed_in("dana")
    if connection.vendor == "sqlite":
        client.get(f"/escalations/{case.id}/")
    locked, done = threading.Event(), threading.Event()

    def decide():
        with transaction.atomic():
            Escalation.objects.select_for_update().get(pk=case.pk)
            locked.set()
            done.wait(30)

    def open_page():
        locked.wait(30)
        try:
            return client.get(f"/escalations/{case.id}/").status_code
        finally:
            done.set()

    assert at_once(decide, open_page) == [None, 200]
    assert read_by(case) == [("person:dana", 1, "briefing")]


@pytest.mark.parametrize("change", ["body", "gone"])
def test_a_reading_that_was_changed_is_named(change):
    case = escalation(by=key())
    for name in ("dana", "amara"):
        readings.note(case, "briefing", by=Actor("person", name), now=after(1))
    chain = readings.CHAIN.format(case.id)
    with lifted(connection):
        first = Event.objects.filter(chain=chain, position=1)
        if change == "gone":
            first.delete()
        else:
            first.update(body=bytes(first.get().body).replace(b"dana", b"kofi"))
    assert {finding.chain for finding in audit.verify().findings} == {chain}
    _, ada = signed_in("ada", "admin")
    assert "The record of this case was changed" in ada.get(f"/audit/{case.id}/").content.decode()
