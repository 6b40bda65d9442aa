import asyncio
from datetime import timedelta
from urllib.parse import urlparse

import pytest
from channels.auth import AuthMiddlewareStack
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.test import Client
from django.utils import timezone

from console.models import User
from console.serving import sockets
from tests.running.communicators import WebsocketCommunicator

HOST = b"testserver"
REFUSED = (None, None)


@pytest.fixture
def person(db):
    return User.objects.create_user("ines", password="a long password")


@pytest.fixture
def cookie(person):
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


async def opened(*, cookie="", origin="http://testserver", host=HOST, scheme="ws"):
    """The person that the consumer gets, and whether the socket opened."""
    seen = []

    async def inner(scope, receive, send):
        assert sockets.opened == 1
        seen.append((scope["user"], scope["session"].session_key))
        await send({"type": "websocket.accept"})

    headers = [(b"host", host)]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if cookie:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
    tab = WebsocketCommunicator(sockets.signed_in_sockets(inner), "/ws/", headers)
    tab.scope["scheme"] = scheme
    connected, _ = await tab.connect(timeout=30)
    await tab.disconnect(timeout=30)
    assert sockets.opened == 0
    assert connected == bool(seen)
    return seen[0] if seen else REFUSED


def open_socket(**options):
    return asyncio.run(opened(**options))


def nobody(**options):
    """Whether the consumer is told that nobody is signed in."""
    user, _ = open_socket(**options)
    return not user.is_authenticated


@pytest.mark.django_db(transaction=True)
def test_a_signed_in_person_gets_through(person, cookie):
    assert open_socket(cookie=cookie) == (person, cookie)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("origin", ["http://testserver", "http://127.0.0.1:8000", None])
def test_our_own_pages_and_programs_get_through(person, cookie, origin, settings):
    settings.BATON_URL = "http://127.0.0.1:8000"
    assert open_socket(cookie=cookie, origin=origin)[0] == person


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "origin",
    [
        "https://testserver", "http://testserver:8080", "http://evil.example", "null",
        "http://sub.testserver", "http://testserver.evil.example", "http://testserver/",
    ],
)  # fmt: skip
def test_any_other_origin_is_refused_before_the_socket_opens(cookie, origin):
    assert open_socket(cookie=cookie, origin=origin) == REFUSED


@pytest.mark.django_db(transaction=True)
def test_a_foreign_host_is_refused_even_when_the_origin_agrees(cookie):
    foreign = {"host": b"evil.example", "origin": "http://evil.example"}
    assert open_socket(cookie=cookie, **foreign) == REFUSED


@pytest.mark.django_db(transaction=True)
def test_behind_a_proxy_with_https_the_origin_is_https(person, cookie):
    assert open_socket(cookie=cookie, scheme="wss", origin="https://testserver")[0] == person
    assert open_socket(cookie=cookie, scheme="wss", origin="http://testserver") == REFUSED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wrong", ["", "nonsense", "x" * 5000])
def test_without_a_session_nobody_is_signed_in(wrong):
    assert nobody(cookie=wrong)


@pytest.mark.django_db(transaction=True)
def test_an_account_switched_off_is_signed_out(person, cookie):
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert nobody(cookie=cookie)


@pytest.mark.django_db(transaction=True)
def test_a_new_password_ends_older_sessions(person, cookie):
    person.set_password("another long password")
    person.save()
    assert nobody(cookie=cookie)


@pytest.mark.django_db(transaction=True)
def test_an_expired_session_is_signed_out(person, cookie):
    from django.contrib.sessions.models import Session

    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert nobody(cookie=cookie)


@pytest.mark.django_db(transaction=True)
def test_a_new_secret_key_with_the_old_as_fallback_keeps_the_session(person, cookie, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    assert open_socket(cookie=cookie)[0] == person
    settings.SECRET_KEY_FALLBACKS = []
    assert nobody(cookie=cookie)


@pytest.mark.parametrize("origin", ["https://testserver", "http://testserver:8080"])
def test_the_validator_of_channels_lets_other_schemes_and_ports_in(origin, settings):
    """Why there is one of our own; where this fails, it may go."""
    settings.ALLOWED_HOSTS = ["testserver"]
    theirs = AllowedHostsOriginValidator(None)
    assert theirs.valid_origin(urlparse(origin))
    headers = {b"host": HOST, b"origin": origin.encode()}
    assert not sockets.same_origin(headers, "http")


@pytest.mark.django_db(transaction=True)
def test_the_sign_in_of_channels_ends_sessions_signed_with_an_older_key(cookie, settings):
    """Why there is one of our own; where this fails, it may go."""
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    assert not nobody(cookie=cookie)

    async def inner(scope, receive, send):
        assert not scope["user"].is_authenticated
        await send({"type": "websocket.accept"})

    async def open_theirs():
        headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode())]
        tab = WebsocketCommunicator(AuthMiddlewareStack(inner), "/ws/", headers)
        await tab.connect(timeout=30)
        await tab.wait(30)

    asyncio.run(open_theirs())
    assert nobody(cookie=cookie)
