"""Look-ups that are registered, made and read in tests."""

import json

from console import clock
from escalations.lookups import reading_them, registered
from escalations.lookups.fields import written
from escalations.record.lines import Actor
from tests.factories import escalation, key
from tests.running.receivers import receiving

ADMIN = Actor("person", "rhea")
SHOWN = "Order = id\nAmount = total.amount\nOrdered on = at"
ORDER = {"id": "HP-20931", "total": {"amount": 184.0, "currency": "EUR"}, "at": "2026-11-01"}
OTHER = ORDER | {"total": {"amount": "92.00", "currency": "EUR"}}


def answering(said=ORDER, *, holding=False):
    """A system that knows, which answers so."""
    return receiving((lambda body: json.dumps(said).encode(), {}), holding=holding)


ORDERS = "/orders/{args.order_id}"


def look_up(url="https://orders.example/hook", *, there=None, now=None, path=ORDERS, **keys):
    address = url.removesuffix("/hook") + path
    said = {"name": "Order", "task_type": "refund", "agent": None, "url": address, "token": "t0k"}
    said |= {"values": written(SHOWN)} | keys
    return registered.put(there, **said, by=ADMIN, now=now or clock.now())


def case_of(by=None, **keys):
    action = {"id": "a1", "name": "refund", "args": {"order_id": "HP-20931", "amount": "184.00"}}
    package = {"proposed_actions": [action], **keys}
    return escalation(by=by or key(), now=clock.now(), **package)


def settle():
    """Every question is asked and answered."""
    reading_them.wake()
    reading_them.rest()
