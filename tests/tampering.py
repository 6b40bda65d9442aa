"""A case with a history, and what it takes to tamper with it past the triggers."""

import hashlib
import json

from django.db import connection

from escalations import lifecycle
from escalations.models import Escalation, Event
from escalations.record import audit
from escalations.record.lines import Actor
from escalations.text import canonical
from tests import factories
from tests.factories import NOW, after
from tests.running import listening
from tests.running.kept import lifted


def history() -> Escalation:
    """Claimed, released, approved, undone, decided otherwise, carried out, read."""
    key, dana = factories.key(), factories.viewer()
    case = factories.escalation(by=key)
    case = lifecycle.claim(case, by=dana, now=after(1))
    case = lifecycle.release(case, by=dana, version=2, now=after(2))
    case = lifecycle.decide(
        case, listening.Choice("approve"), by=dana, version=3, reject_reasons=[], now=after(3)
    )
    case = lifecycle.undo(case, by=dana, version=4, now=after(4))
    case = lifecycle.decide(
        case, listening.Choice("reject"), by=dana, version=5, reject_reasons=[], now=after(5)
    )
    facts = {"package_version": 1}
    lifecycle.note(case, "read", actor=Actor("person", "dana"), facts=facts, now=after(9))
    return Escalation.objects.get()


def cancelled() -> Escalation:
    """Another case, decided by the policy alone."""
    document = {"task_type": "refund", "summary": "Another", "context": {}}
    case = factories.escalation(document, by=factories.key("other"), now=NOW)
    lifecycle.cancel(case, agent="other", now=after(1))
    return case


def sentences(chain=None):
    return [finding.sentence for finding in audit.verify(chain).findings]


def tamper(sql, *values):
    with lifted(connection), connection.cursor() as cursor:
        cursor.execute(sql, values)


def rehashed(event):
    """The event with a hash that fits its bytes."""
    event.hash = hashlib.sha256(bytes(event.body)).hexdigest()
    return event


def saved(*rows):
    with lifted(connection):
        for row in rows:
            row.save()


def entry(position, case):
    return Event.objects.get(chain=case.id, position=position)


def said(event):
    return json.loads(bytes(event.body))


def rechained(case, change, *, start):
    """The tail of the chain written again after `change`, hashes and all; the head row as well."""
    previous = None
    events = list(Event.objects.filter(chain=case.id).order_by("position"))
    for event in events:
        document = said(event)
        if previous is not None:
            document["previous"] = previous
        if event.position == start:
            change(document)
        event.body = canonical.event_bytes(document)
        previous = rehashed(event).hash
    saved(*events)
    Escalation.objects.update(chain_hash=previous, chain_length=len(events))
