import re

import httpx
import pytest
from django.conf import settings as project
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from console.models import TriedSignIn
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db

PAGE = "/accounts/login/"
MISMATCH = "Username and password do not match."
TOO_MANY = "Too many tries. Wait a few minutes, then try again."


class Counting(MD5PasswordHasher):
    """How often a password was hashed, which is nearly all the time that a sign-in takes."""

    algorithm = "counting"
    hashed = 0

    def encode(self, password, salt):
        type(self).hashed += 1
        return super().encode(password, salt)


def tried(name, password, *, address="198.51.100.7"):
    """The answer of a process that remembers nothing."""
    sent = {"login": name, "password": password}
    return Client(REMOTE_ADDR=address).post(PAGE, sent)


def said(answer):
    html = answer.content.decode() if answer.status_code == 200 else ""
    return next((words for words in (MISMATCH, TOO_MANY) if words in html), answer.status_code)


def test_tries_are_counted_where_all_processes_look():
    person("dana")
    assert [said(tried("dana", "wrong")) for _ in range(6)] == [MISMATCH] * 5 + [TOO_MANY]
    assert said(tried("Dana", PASSWORD)) == TOO_MANY
    # Nothing of it is kept in the process.
    assert TriedSignIn.objects.exists()
    TriedSignIn.objects.all().delete()
    assert said(tried("dana", PASSWORD)) == 302


def test_nobody_is_locked_out_from_elsewhere():
    person("dana")
    for number in range(40):
        tried("dana", "wrong", address=f"203.0.113.{number % 8}")
    assert said(tried("dana", PASSWORD, address="203.0.113.1")) == TOO_MANY
    assert said(tried("dana", PASSWORD)) == 302


def test_one_address_cannot_try_one_name_after_another():
    person("dana")
    answers = [said(tried(f"name{number}", "wrong")) for number in range(12)]
    assert answers == [MISMATCH] * 10 + [TOO_MANY] * 2
    assert said(tried("dana", PASSWORD)) == TOO_MANY


def test_a_right_password_counts_as_no_try():
    person("dana")
    assert [said(tried("dana", PASSWORD)) for _ in range(12)] == [302] * 12


def test_a_closed_account_is_answered_like_a_wrong_password(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    person("dana")
    closed = person("amara")
    closed.is_active = False
    closed.save()

    def answered(name, password):
        before = Counting.hashed
        answer = tried(name, password)
        page = re.sub(r'(value|nonce)="[^"]*"', "", answer.content.decode())
        return answer.status_code, answer.headers.get("Location"), page, Counting.hashed - before

    assert answered("amara", PASSWORD) == answered("dana", "wrong")
    assert answered("amara", PASSWORD) == answered("nobody", "wrong")
    assert [said(tried("amara", PASSWORD)) for _ in range(4)] == [MISMATCH] * 3 + [TOO_MANY]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("configured", "last"),
    [({}, TOO_MANY), ({"forwarded_allow_ips": "127.0.0.1"}, MISMATCH)],
    ids=["unconfigured", "configured"],
)
def test_an_address_told_by_a_proxy_is_believed_where_configured(
    configured, last, settings, request
):
    settings.ENVIRONMENT = project.ENVIRONMENT.model_copy(update=configured)
    server = request.getfixturevalue("server")
    with httpx.Client(base_url=server.url, timeout=30) as client:
        client.get(PAGE)
        for number in range(6):
            sent = {"login": "dana", "password": "wrong"}
            token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
            forwarded = {"X-Forwarded-For": f"198.51.100.{number}", "Referer": server.url}
            page = client.post(PAGE, data=sent | token, headers=forwarded).text
    assert last in page
