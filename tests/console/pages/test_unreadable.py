"""A NUL, or half of a surrogate pair, at any door: refused, alike on both databases."""

import socket
from functools import partial
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.factories import escalation, key, person

pytestmark = [pytest.mark.django_db, pytest.mark.each_database]

# How a client may write half of a surrogate pair, a byte that is no UTF-8, and an overlong NUL.
NO_TEXT = ("%ED%A0%80", "%FF", "%C0%80")
FORM = {"content_type": "application/x-www-form-urlencoded"}
PARTS = {"content_type": "multipart/form-data; boundary=xx"}
PLACES = {"escalation_id": "esc_", "delivery_id": "msg_", "username": "da", "name": "claim"}


def routes(patterns=None, before="/"):
    """Every address of the project, the API's and allauth's as well."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        place = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield place.replace("^", "").replace("$", "")
        else:
            yield from routes(entry.url_patterns, place)


def filled(route, odd):
    """The address with something odd wherever it takes a text, and a 1 for each number."""
    parts = []
    for part in route.split("/"):
        kind, _, name = part.strip("<>").rpartition(":")
        if not part.startswith("<"):
            parts.append(part)
        else:
            parts.append("1" if kind == "int" else PLACES.get(name, "x") + odd)
    return "/".join(parts)


def latin(odd):
    """Those bytes as a server hands on a header."""
    return unquote_to_bytes(odd).decode("latin-1")


def parts(name, value):
    head = f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return head.encode() + value + b"\r\n--xx--\r\n"


@pytest.fixture
def admin():
    client = Client(raise_request_exception=False)
    client.force_login(person("ada", "admin"))
    return client


@pytest.mark.parametrize(("turn", "route"), list(enumerate(sorted(set(routes())))))
def test_every_address_refuses_nul_wherever_it_stands(turn, route, admin, every):
    """Each address a third of the doors in turn, or all."""
    plain, stranger = filled(route, ""), Client(raise_request_exception=False)
    doors = {
        "path": lambda: admin.get(filled(route, "%00") + "%00"),
        "query": lambda: admin.get(f"{plain}?search=a%00b&after=%00"),
        "name": lambda: admin.get(f"{plain}?a%00=b"),
        "form": lambda: admin.post(plain, {"text": "a\0b", "version": "1"}),
        "field": lambda: admin.post(plain, {"a\0b": "1"}),
        "header": lambda: admin.get(plain, headers={"Idempotency-Key": "a\0b"}),
    }
    for name in ("sessionid", "csrftoken", "other"):
        # A quoted cookie may hold any byte as three octal digits.
        cookie = {"Cookie": rf'{name}="\000bcdefghijklm"'}
        doors[name] = partial(stranger.get, plain, headers=cookie)
    chosen = list(doors)[0 if every else turn % 3 :: 1 if every else 3]
    found = {door: doors[door]().status_code for door in chosen}
    assert found == dict.fromkeys(chosen, 400)


@pytest.mark.parametrize(("turn", "route"), list(enumerate(sorted(set(routes())))))
def test_every_address_refuses_what_is_no_text(turn, route, admin, every):
    """Each address one of them in turn, or all."""
    for odd in NO_TEXT if every else (NO_TEXT[turn % len(NO_TEXT)],):
        refuses(admin, route, odd)


def refuses(admin, route, odd):
    plain = filled(route, "")
    asked = {
        "path": admin.get(filled(route, odd) + odd),
        "query": admin.get(f"{plain}?search={odd}&after={odd}&open={odd}&tab={odd}&cursor={odd}"),
        "name": admin.get(f"{plain}?a{odd}=b"),
        "form": admin.post(plain, f"text={odd}&version={odd}&id={odd}&username={odd}", **FORM),
        "field": admin.post(plain, f"a{odd}=b", **FORM),
        "parts": admin.post(plain, parts("text", unquote_to_bytes(odd)), **PARTS),
        "header": admin.get(plain, headers={"Idempotency-Key": latin(odd)}),
        "session": admin.get(plain, headers={"Cookie": f"sessionid={latin(odd)}abcdefgh"}),
    }
    found = {door: answer.status_code for door, answer in asked.items()}
    assert found == dict.fromkeys(asked, 400)


def test_who_writes_the_replacement_character_is_heard(admin):
    for sent in (
        {"data": {"text": "a\ufffdb"}}, {"data": "text=a%EF%BF%BDb", **FORM},
        {"data": parts("text", "a\ufffdb".encode()), **PARTS},
    ):  # fmt: skip
        assert admin.post("/next/", **sent).status_code != 400
    assert admin.get("/inbox/?search=%EF%BF%BD").status_code == 200
    # A cookie of somebody else's on this host.
    assert admin.get("/inbox/", headers={"Cookie": "other=\xff"}).status_code == 302


@pytest.mark.parametrize("version", ["١", "१", "１", "²", "1_0", "+1", " 1", "1.0", "", "9" * 10])
def test_a_version_is_written_in_plain_digits(version, admin):
    case = escalation(by=key())
    sent = {"version": version, "id": "x"}
    answer = admin.post(
        f"/escalations/{case.id}/approve/", sent, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    case.refresh_from_db()
    assert (case.state, case.version) == ("waiting", 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "line",
    [
        b"GET /inbox/?a=%00 HTTP/1.1\r\n", b"GET /inbox/\x00 HTTP/1.1\r\n", b"GET /%00 HTTP/1.1\r\n",
        b"GET /inbox/ HTTP/1.1\r\nIdempotency-Key: a\x00b\r\n",
        b"GET /inbox/%ED%A0%80 HTTP/1.1\r\n", b"GET /inbox/?a=%ED%A0%80 HTTP/1.1\r\n",
        b"GET /inbox/ HTTP/1.1\r\nIdempotency-Key: \xed\xa0\x80\r\n",
        b"GET /inbox/ HTTP/1.1\r\nCookie: sessionid=\"\\000bcdefghijk\"\r\n",
        (b"GET /ws/ HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Cookie: sessionid=\"\\000bcdefghijk\"\r\n"),
    ],
)  # fmt: skip
def test_the_server_refuses_it_before_and_behind_its_parser(server, line):
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname, place.port), timeout=30) as wire:
        wire.sendall(line + f"Host: {place.netloc}\r\n\r\n".encode())
        status = int(wire.recv(4096).split(b" ")[1])
    assert status in {400, 403, 404}
