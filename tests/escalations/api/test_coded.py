"""A body that is packed or in other letters is refused with a sentence, never read otherwise."""

import gzip
import json

import pytest
from django.test import Client

from console import clock
from escalations.agents import keys, registry
from escalations.models import Escalation
from escalations.record.lines import Actor
from tests.factories import REFUND, person

pytestmark = pytest.mark.django_db
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
BODY = json.dumps(REFUND | {"summary": "Rückzahlung von €184"}, ensure_ascii=False)
ADDRESSES = (
    "escalations", "escalations:check", "escalations/x/context", "escalations/x/revision",
    "escalations/x/cancel", "escalations/x/messages", "escalations/x/outcome", "policy",
)  # fmt: skip


@pytest.fixture
def agent():
    now = clock.now()
    _, text = keys.create(
        registry.create("mira", now=now),
        scopes=["escalations"],
        callback_hosts=[],
        by=Actor("operator", "test"),
        now=now,
    )
    return Client(headers={"Authorization": f"Bearer {text}"})


def post(client, body, content_type=JSON, path="escalations", **headers):
    return client.generic("POST", f"/api/v1/{path}", body, content_type, headers=headers)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "GZIP", "gzip, identity", "x"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_a_packed_body_is_refused(agent, path, coding):
    body = gzip.compress(BODY.encode())
    answer = post(agent, body, path=path, **{"Content-Encoding": coding})
    assert (answer.status_code, answer.json()["detail"]) == (
        415,
        f"The body has the Content-Encoding {coding!r}. Send it as it is, without this header.",
    )
    assert not Escalation.objects.exists()


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "UTF-7", '"latin1"', "x"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_other_letters_are_refused(agent, path, charset):
    # As ASCII in them would be read alike, what is said counts.
    answer = post(agent, json.dumps(REFUND).encode(), f"{JSON}; charset={charset}", path)
    named = charset.strip('"')
    said = f"The body is said to be in {named!r}. Send it in UTF-8, and say so or nothing."
    assert (answer.status_code, answer.json()["detail"]) == (415, said)
    assert not Escalation.objects.exists()


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", '; charset="UTF-8"', "; Charset=utf8"])
def test_utf_8_is_taken_however_it_is_said(agent, charset):
    answer = post(agent, BODY.encode(), JSON + charset, **{"Content-Encoding": "identity"})
    assert answer.status_code == 201
    assert Escalation.objects.get().summary == "Rückzahlung von €184"


def test_a_get_without_a_body_says_nothing_by_it(agent):
    answer = agent.get("/api/v1/escalations", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 200


def test_forms_are_refused_alike():
    client = Client()
    client.force_login(person())
    for content_type, headers in (
        (FORM, {"Content-Encoding": "gzip"}),
        (f"{FORM}; charset=latin-1", {}),
        ("multipart/form-data; boundary=x; charset=utf-16", {}),
    ):
        answer = client.generic("POST", "/presence/", b"state=away", content_type, headers=headers)
        assert answer.status_code == 400


def test_a_key_with_letters_that_no_header_carries_is_refused(agent):
    # As servers hand it on: each byte of its UTF-8 as a letter.
    odd = "schlüssel-1".encode().decode("latin-1")
    answer = post(agent, BODY.encode(), **{"Idempotency-Key": odd})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "pointer": "",
            "detail": "The Idempotency-Key header must be ASCII; send others as `idempotency_key`.",
        }
    ]
    said = json.dumps(REFUND | {"idempotency_key": "schlüssel-1"})
    assert post(agent, said).status_code == 201
