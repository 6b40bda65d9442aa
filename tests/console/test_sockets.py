import asyncio
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from console import sockets
from console.models import User
from console.sockets import SessionSockets

HOST = b"testserver"


@pytest.fixture
def person(db):
    return User.objects.create_user("ines", password="a long password")


@pytest.fixture
def cookie(person):
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


async def opened(*, cookie="", origin="http://testserver", host=HOST, scheme="ws"):
    """The scope that the consumer gets, and what was sent without it."""
    seen, sent = [], []

    async def inner(scope, receive, send):
        seen.append(scope)
        assert sockets.opened == 1

    async def send(message):
        sent.append(message)

    headers = [(b"host", host)]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if cookie:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
    scope = {"type": "websocket", "scheme": scheme, "headers": headers, "path": "/ws/"}
    await SessionSockets(inner)(scope, None, send)
    assert sockets.opened == 0
    return (seen[0] if seen else None), sent


def open_socket(**options):
    return asyncio.run(opened(**options))


SIGNED_OUT = [{"type": "websocket.accept"}, {"type": "websocket.close", "code": 4401}]
REFUSED = [{"type": "websocket.close", "code": 4403}]


@pytest.mark.django_db(transaction=True)
def test_a_signed_in_person_gets_through(person, cookie):
    scope, sent = open_socket(cookie=cookie)
    assert (scope["user"], scope["session_key"], sent) == (person, cookie, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("origin", ["http://testserver", "http://127.0.0.1:8000", None])
def test_our_own_pages_and_programs_get_through(person, cookie, origin, settings):
    settings.BATON_URL = "http://127.0.0.1:8000"
    assert open_socket(cookie=cookie, origin=origin)[0]["user"] == person


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "origin",
    [
        "https://testserver", "http://testserver:8080", "http://evil.example", "null",
        "http://sub.testserver", "http://testserver.evil.example", "http://testserver/",
    ],
)  # fmt: skip
def test_any_other_origin_is_refused_before_the_socket_opens(cookie, origin):
    assert open_socket(cookie=cookie, origin=origin) == (None, REFUSED)


@pytest.mark.django_db(transaction=True)
def test_a_foreign_host_is_refused_even_when_the_origin_agrees(cookie):
    foreign = {"host": b"evil.example", "origin": "http://evil.example"}
    assert open_socket(cookie=cookie, **foreign) == (None, REFUSED)


@pytest.mark.django_db(transaction=True)
def test_behind_a_proxy_with_https_the_origin_is_https(person, cookie):
    assert (
        open_socket(cookie=cookie, scheme="wss", origin="https://testserver")[0]["user"] == person
    )
    assert open_socket(cookie=cookie, scheme="wss", origin="http://testserver") == (None, REFUSED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wrong", ["", "nonsense", "x" * 5000])
def test_without_a_session_the_socket_closes_with_4401(wrong):
    assert open_socket(cookie=wrong) == (None, SIGNED_OUT)


@pytest.mark.django_db(transaction=True)
def test_an_account_switched_off_is_signed_out(person, cookie):
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert open_socket(cookie=cookie) == (None, SIGNED_OUT)


@pytest.mark.django_db(transaction=True)
def test_a_new_password_ends_older_sessions(person, cookie):
    person.set_password("another long password")
    person.save()
    assert open_socket(cookie=cookie) == (None, SIGNED_OUT)


@pytest.mark.django_db(transaction=True)
def test_an_expired_session_is_signed_out(person, cookie):
    from django.contrib.sessions.models import Session

    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert open_socket(cookie=cookie) == (None, SIGNED_OUT)


@pytest.mark.django_db(transaction=True)
def test_a_new_secret_key_with_the_old_as_fallback_keeps_the_session(person, cookie, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    assert open_socket(cookie=cookie)[0]["user"] == person
    settings.SECRET_KEY_FALLBACKS = []
    assert open_socket(cookie=cookie) == (None, SIGNED_OUT)
