"""What the demo's shop knows: look-ups that a visitor can press, answered by the demo's receiver."""

import pytest

from console import clock
from console.simulation import known, receiver
from escalations.lookups import asking
from escalations.models import Event, LookUp, LookUpReading
from tests.escalations.lookups.registering import case_of, settle
from tests.factories import key, viewer
from tests.running.listening import loopback  # noqa: F401
from tests.running.receivers import free_port

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback"),
]  # fmt: skip


def test_the_same_id_has_the_same_answer():
    assert known.answer("/orders/HP-20931")["paid"] == {"amount": "184.00", "currency": "EUR"}
    assert known.answer("/customers/c_1") == known.answer("/customers/c_1")
    for path in ("/orders/", "/orders/a/b", "/elsewhere/x", "/css/tokens.css"):
        assert known.answer(path) is None


def test_a_visitor_can_press_them_while_the_receiver_listens():
    mira = key()
    with receiver.listening(mira.agent.name, free_port()):
        case = case_of(mira, context={"customer": {"id": "c_20931", "name": "Inès"}})
        dana = viewer()
        assert [one.name for one in LookUp.objects.fitting(case)] == ["Customer", "Order"]
        for one in LookUp.objects.fitting(case):
            asking.ask(case, one.pk, by=dana, now=clock.now())
        settle()
    assert [one.fault for one in LookUpReading.objects.all()] == ["", ""]
    order = LookUpReading.objects.get(name="Order")
    assert ["Order", "HP-20931"] in order.answer
    assert ["Paid", {"value": "184.00", "currency": "EUR"}] in order.answer


def test_a_second_run_offers_them_where_it_listens_then():
    mira, port = key(), free_port()
    for there in (port, port, free_port()):
        known.offer(mira.agent, f"http://127.0.0.1:{there}")
    assert LookUp.objects.offered().count() == 2
    kinds = (
        Event.objects.filter(chain="lookups").order_by("position").values_list("kind", flat=True)
    )
    assert list(kinds) == ["registered", "registered", "changed", "changed"]
