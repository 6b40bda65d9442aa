"""A look-up in the briefing: pressed, shown in its place, and masked to whom the rest is."""

import re

import pytest

from console import clock
from console.models import User
from escalations import lifecycle
from escalations.lookups import asking
from escalations.models import LookUpReading
from tests.escalations.lookups.registering import OTHER, answering, case_of, look_up, settle
from tests.factories import person, viewer
from tests.running.listening import loopback  # noqa: F401

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback"),
]  # fmt: skip
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def dana(client):
    dana = viewer("dana")
    client.force_login(User.objects.get(pk=dana.user_id))
    return dana


def text_of(response):
    return " ".join(response.content.decode().split())


def test_it_is_pressed_and_its_answer_stands_in_its_place(client, dana):
    with answering(OTHER) as orders:
        case, made = case_of(), look_up(orders.url)
        place = f"/escalations/{case.id}/look-ups/{made.pk}/"
        page = text_of(client.get(f"/escalations/{case.id}/"))
        assert "Look it up</h2>" in page
        assert "Nobody has looked yet." in page
        pressed = text_of(client.post(place, **HTMX))
        assert f"Asking 127.0.0.1:{orders.port} …" in pressed
        assert 'hx-trigger="load delay:400ms"' in pressed
        settle()
        read = text_of(client.get(place, **HTMX))
    assert "<dt>Amount</dt> <dd> €92.00" in read
    assert "the agent said 184.00" in read
    assert "Differs from what the agent said." in read
    assert "<dt>Ordered on</dt> <dd> 1 Nov 2026" in read
    assert "for Dana" in read
    assert "load delay" not in read
    page = text_of(client.get(f"/escalations/{case.id}/"))
    assert read.partition("<dl")[2] in page
    timeline = text_of(client.get(f"/audit/{case.id}/"))
    assert f"Looked up “Order” at 127.0.0.1:{orders.port}" in timeline
    assert "Order: HP-20931; Amount: €92.00; Ordered on: 1 Nov 2026" in timeline


def test_what_nobody_looked_up_before_it_was_over_is_not_named_after_it(client, dana):
    with answering(OTHER) as orders:
        case, made = case_of(), look_up(orders.url)
        look_up(orders.url, name="Parcel")
        client.post(f"/escalations/{case.id}/look-ups/{made.pk}/", **HTMX)
        settle()
    lifecycle.cancel(case, agent=case.agent.name, now=clock.now())
    page = text_of(client.get(f"/escalations/{case.id}/"))
    assert "€92.00" in page
    assert "Nobody has looked yet." not in page
    assert "Parcel" not in page


def test_without_scripts_it_is_a_plain_form(client, dana):
    case, made = case_of(), look_up()
    sent = client.post(f"/escalations/{case.id}/look-ups/{made.pk}/")
    assert sent.url == f"/escalations/{case.id}/#look-up-{made.pk}"
    page = text_of(client.get(f"/escalations/{case.id}/look-ups/{made.pk}/"))
    assert "Asking orders.example …" in page
    assert LookUpReading.objects.get().person_id == dana.user_id


def test_a_failure_is_one_sentence_and_can_be_tried_again(client, dana):
    case, made = case_of(), look_up()
    reading = asking.ask(case, made.pk, by=dana, now=clock.now())
    asking.keep(reading, [], "It answered with an error (404).", now=clock.now())
    page = text_of(client.get(f"/escalations/{case.id}/"))
    assert "orders.example could not be read.</span> It answered with an error (404)." in page
    place = f"/escalations/{case.id}/look-ups/{made.pk}/"
    assert "Asking orders.example" in text_of(client.post(place, **HTMX))


def test_what_is_masked_to_a_reader_is_masked_in_what_comes(client, dana):
    case = case_of(redactions=["/proposed_actions/0/args/order_id"])
    made = look_up()
    reading = asking.ask(case, made.pk, by=dana, now=clock.now())
    values = [["Order", "HP-20931"], ["Note", "of HP-20931"], ["Amount", "92.00"]]
    asking.keep(reading, values, now=clock.now())
    page, timeline = (text_of(client.get(f"/{at}/{case.id}/")) for at in ("escalations", "audit"))
    assert "HP-20931" not in page + timeline
    assert 'of <span class="masked"' in page.partition("<dt>Note</dt>")[2][:40]
    said = re.sub(r"<[^>]+>", "", timeline)
    mask = "masked by the agent"
    assert f"Order: {mask}; Note: of {mask}; Amount: 92.00" in said
    read = text_of(client.get(f"/escalations/{case.id}/look-ups/{made.pk}/", **HTMX))
    assert "HP-20931" not in read
    assert "the agent said 184.00" in read


def test_whoever_only_reads_sees_it_and_presses_nothing(client):
    case, made = case_of(), look_up()
    asking.keep(
        asking.ask(case, made.pk, by=viewer(), now=clock.now()), [["Order", "X1"]], now=clock.now()
    )
    client.force_login(person("vera", "auditor"))
    page = text_of(client.get(f"/escalations/{case.id}/"))
    assert "<dt>Order</dt> <dd> X1" in page
    assert f"look-up-{made.pk}-button" not in page
    assert client.post(f"/escalations/{case.id}/look-ups/{made.pk}/").status_code == 403


def test_a_case_that_is_not_theirs_or_a_look_up_that_is_gone_is_not_found(client, dana):
    case = case_of()
    assert client.get(f"/escalations/{case.id}/look-ups/99/", **HTMX).status_code == 404
    assert client.post("/escalations/esc_none/look-ups/1/", **HTMX).status_code == 404


def test_a_case_without_look_ups_reads_nothing_more(client, dana, django_assert_max_num_queries):
    case, place = case_of(), "/escalations/{}/"
    client.get(place.format(case.id))
    with django_assert_max_num_queries(100) as without:
        assert "Look it up</h2>" not in text_of(client.get(place.format(case.id)))
    look_up(task_type="parcel")
    with django_assert_max_num_queries(100) as elsewhere:
        client.get(place.format(case.id))
    look_up()
    look_up(name="Customer")
    with django_assert_max_num_queries(100) as with_two:
        client.get(place.format(case.id))
    assert len(elsewhere) == len(without)
    assert len(with_two) == len(without) + 2
