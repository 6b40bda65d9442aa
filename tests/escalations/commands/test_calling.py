"""A call is written down through the form and the socket alike."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from console.people.viewers import viewer_of
from escalations import lifecycle
from escalations.models import Call
from tests.factories import escalation, person

pytestmark = pytest.mark.django_db
ZONED = {"customer": {"name": "Inès", "time_zone": "America/New_York"}}


@pytest.fixture
def dana():
    return person("dana")


@pytest.fixture
def client(dana):
    client = Client()
    client.force_login(dana)
    return client


def held(dana, **package):
    now = timezone.now()
    wish = {"requested": {"method": "callback"}, "context": ZONED}
    return lifecycle.claim(escalation(now=now, **{**wish, **package}), by=viewer_of(dana), now=now)


def post(client, case, **fields):
    fields = {"version": str(case.version), "id": "c1", **fields}
    return client.post(f"/escalations/{case.id}/call/", fields)


def test_the_time_of_the_next_try_is_the_customers(client, dana):
    case = held(dana)
    page = client.get(f"/escalations/{case.id}/").content.decode()
    assert "America/New_York" in page
    assert 'data-command="call"' in page
    there = timezone.now().astimezone(ZoneInfo("America/New_York")) + timedelta(days=2)
    own = {"again": "own", "zone": "America/New_York", "until": f"{there:%Y-%m-%dT10:00}"}
    late = post(client, case, outcome="no_answer", **{**own, "until": "2099-07-01T10:00"})
    assert (late.status_code, Call.objects.count()) == (422, 0)
    post(client, case, id="c2", outcome="no_answer", notes="Rang twice.", **own)
    made = Call.objects.get()
    assert (made.outcome, made.notes, made.promises) == ("no_answer", "Rang twice.", [])
    assert made.next_at == there.replace(hour=10, minute=0, second=0, microsecond=0)
    page = client.get(f"/escalations/{case.id}/").content.decode()
    assert "Rang twice." in page
    assert "No answer" in page


def test_the_next_try_counts_under_the_names_of_the_socket_as_well(client, dana):
    now = timezone.now()
    case, other = held(dana), held(dana, summary="Another")
    post(client, case, id="c2", outcome="no_answer", minutes="120")
    case.refresh_from_db()
    assert (case.state, Call.objects.get().next_at > now) == ("snoozed", True)
    past = {"until": f"{now - timedelta(days=2):%Y-%m-%dT10:00}", "zone": "Europe/Lisbon"}
    assert post(client, other, id="c3", outcome="engaged", **past).status_code == 422
    late = past | {"until": f"{now + timedelta(days=2):%Y-%m-%dT10:00}"}
    post(client, other, id="c4", outcome="engaged", **late)
    other.refresh_from_db()
    assert other.state == "snoozed"


def test_the_choice_of_no_next_try_stands_over_a_time_that_was_typed_before(client, dana):
    case = held(dana)
    typed = {"until": "2099-07-01T10:00", "zone": "Europe/Lisbon"}
    post(client, case, outcome="no_answer", again="", **typed)
    case.refresh_from_db()
    assert (case.state, Call.objects.get().next_at) == ("held", None)


def test_lines_are_promises_and_stand_where_it_is_handed_back(client, dana):
    case = held(dana)
    post(client, case, outcome="reached", promises="A voucher.\n\nA call.")
    made = Call.objects.get()
    assert (made.promises, made.next_at) == (["A voucher.", "A call."], None)
    page = client.get(f"/escalations/{case.id}/").content.decode()
    assert page.count("Promised: A ") == 2


def test_a_case_in_which_nobody_is_called_has_no_button(client, dana):
    case = held(dana, requested={"method": "approval"})
    assert case.method == "approval"
    page = client.get(f"/escalations/{case.id}/").content.decode()
    assert 'data-command="call"' not in page
