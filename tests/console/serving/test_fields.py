"""Header fields at the real server: blanks, underscores, and one that comes twice."""

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from console.serving import fields
from escalations.models import Escalation
from tests.escalations.api.conftest import Caller
from tests.factories import REFUND

pytestmark = pytest.mark.django_db(transaction=True)
KEY, OTHER = "order-20931-refund-1", "order-20931-refund-2"
NAME = "Idempotency-Key"


@pytest.fixture
def send(server):
    agent = Caller("mira", scopes=("escalations", "policy"))

    def send(*headers, method="POST", path="/escalations", document=REFUND):
        line = HTTPConnection(urlsplit(server.url).netloc, timeout=30)
        body = json.dumps(document).encode()
        line.putrequest(method, f"/api/v1{path}")
        own = [("Authorization", f"Bearer {agent.text}"), ("Content-Type", "application/json")]
        for name, value in [*own, ("Content-Length", str(len(body))), *headers]:
            line.putheader(name, value)
        line.endheaders(body)
        answer = line.getresponse()
        found = answer.status, json.loads(answer.read()), answer.headers
        line.close()
        return found

    return send


def details(document):
    return [one["detail"] for one in document.get("warnings", [])]


@pytest.mark.parametrize("blanks", [" ", "\t", " \t  "])
def test_blanks_around_a_value_are_no_part_of_it(send, blanks):
    made, again = send((NAME, KEY)), send((NAME, blanks + KEY + blanks))
    assert (made[0], again[0], again[2]["Idempotency-Replayed"]) == (201, 200, "true")
    assert again[1]["id"] == made[1]["id"]
    assert send((NAME, blanks * 9))[0] == 422


def test_a_key_with_an_underscore_is_named_and_is_no_key(send):
    status, document, _ = send(("Idempotency_Key", KEY))
    assert status == 201
    assert details(document) == [
        f"Header “idempotency_key”: No such header; it is not read. Did you mean {NAME}?"
    ]
    # Beside the real one it is named where it says something else, and changes nothing.
    status, document, _ = send(("Idempotency_Key", OTHER), (NAME, KEY))
    assert (status, len(details(document))) == (201, 1)
    status, document, _ = send((NAME, KEY), ("IDEMPOTENCY_KEY", KEY))
    assert (status, details(document)) == (200, [])
    assert Escalation.objects.filter(idempotency_key=KEY).count() == 1
    assert not Escalation.objects.filter(idempotency_key=OTHER).exists()
    _, document, _ = send((NAME, KEY), ("X_Baton_Join", "false"), ("X_Request_Id", KEY))
    assert details(document) == ["Header “x_baton_join”: No such header; it is not read."]


def test_a_header_of_one_value_that_comes_twice_is_one_or_refused(send):
    made = send((NAME, KEY))
    again = send((NAME, KEY), (NAME.lower(), f"{KEY} "))
    assert (again[0], again[1]["id"]) == (200, made[1]["id"])
    for path in ("/escalations", "/check", f"/escalations/{made[1]['id']}/revision"):
        status, refused, _ = send((NAME, KEY), (NAME, OTHER), path=path)
        assert status == 422
        assert [one["detail"] for one in refused["errors"]] == [
            "Idempotency-Key: It came more than once, with different values; send one."
        ]
    assert Escalation.objects.count() == 1
    assert send(("Authorization", "Bearer x"))[0] == 401
    assert send(("Content-Type", "application/json"), (NAME, KEY))[0] == 200
    assert send(("Content-Type", "text/plain"), (NAME, KEY))[0] == 422
    twice = [("If-Match", '"1"'), ("If-Match", '"2"')]
    assert send(*twice, method="PUT", path="/policy", document={})[0] == 422


def test_what_comes_more_than_once_of_others_stays_a_list():
    sent = [(b"x-forwarded-for", b"192.0.2.1")] * 2 + [(b"cookie", b"a=1 "), (b"cookie", b"b=2")]
    found = fields.environ(sent)
    assert found["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.1"
    assert found["HTTP_COOKIE"] == "a=1; b=2"
    assert (fields.at_odds(found), fields.left_out(found)) == ([], {})
