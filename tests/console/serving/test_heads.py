"""Before anybody knows whose a request is: what is too large or too slow, over real connections."""

import resource
import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from console.serving import heads

pytestmark = pytest.mark.django_db(transaction=True)

MIB = 1024 * 1024


@pytest.fixture
def soon(monkeypatch):
    """Nobody wants to sit through the whole patience."""
    monkeypatch.setattr(heads, "TIMEOUT_S", 0.5)


def wire(server):
    place = urlsplit(server.url)
    line = socket.create_connection((place.hostname, place.port), timeout=30)
    line.settimeout(30)
    return line


def heard(line):
    """Everything until the server hangs up; what it says may be lost with what it did not read."""
    found = b""
    try:
        while part := line.recv(65_536):
            found += part
    except ConnectionError:
        pass
    return found


def status(line):
    return int(heard(line).split(b" ")[1])


def asked(*headers, more=b""):
    return b"\r\n".join([b"GET /healthz HTTP/1.1", b"Host: 127.0.0.1", *headers, b"", b""]) + more


def flooded(server, start, part, bytes_max=64 * MIB):
    """How much of a flood the server took before it hung up."""
    sent = 0
    with wire(server) as line:
        line.sendall(start)
        try:
            while sent < bytes_max:
                line.sendall(part)
                sent += len(part)
        except OSError:
            pass
    return sent


@pytest.mark.parametrize(
    ("start", "part"),
    [
        (b"GET /healthz HTTP/1.1\r\n", b"X-Flood: " + b"x" * 4000 + b"\r\n"),
        (b"GET /healthz HTTP/1.1\r\nX-Flood: ", b"x" * 4096),
        (b"GET /healthz HTTP/1.1\r\nX-", b"x" * 4096),
        (b"GET /", b"x" * 4096),
        (b"GET", b"\r\n" * 2048),
        (b"POST /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
         b"X-Trailer: " + b"x" * 4000 + b"\r\n"),
        (b"POST /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 4096),
    ],
    ids=["headers", "one value", "one name", "path", "lines", "trailers", "chunk"],
)  # fmt: skip
def test_a_flood_is_ended_long_before_it_fills_anything(server, start, part):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # What the sockets of both sides hold is taken without anybody reading it.
    assert flooded(server, start, part) < 16 * MIB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert httpx.get(f"{server.url}/healthz").status_code == 200


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ([b"X-%d: y" % n for n in range(98)], 200),
        ([b"X-%d: y" % n for n in range(101)], 431),
        ([b"X: " + b"y" * 30_000], 200),
        ([b"X: " + b"y" * 33_000], 431),
        ([b"X-%d: " % n + b"y" * 1000 for n in range(40)], 431),
    ],
)
def test_a_head_has_a_size_and_a_number_of_headers(server, headers, wanted):
    with wire(server) as line:
        line.sendall(asked(*headers, b"Connection: close"))
        assert status(line) == wanted


@pytest.mark.parametrize("said", [b"", b"GET /healthz HTTP/1.1\r\nHost: a\r\n", b"\r\n"])
def test_a_head_that_does_not_come_is_ended(server, soon, said):
    with wire(server) as line:
        line.sendall(said)
        began = time.monotonic()
        assert status(line) == 408
        assert time.monotonic() - began < 15


def test_a_second_head_on_the_connection_is_ended_as_well(server, soon):
    with wire(server) as line:
        line.sendall(asked())
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")
        for _ in range(3):
            time.sleep(0.3)
            line.sendall(b"\r\n")
        assert b" 408 " in heard(line)


def test_four_hundred_half_open_requests_change_nothing(server, soon):
    with ExitStack() as stack:
        lines = [stack.enter_context(wire(server)) for _ in range(400)]
        for line in lines:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        for _ in range(5):
            assert httpx.get(f"{server.url}/healthz", timeout=10).status_code == 200
        assert {status(line) for line in lines} == {408}


def test_whoever_keeps_the_limits_is_left_alone(server, soon):
    with httpx.Client(base_url=server.url, timeout=30) as client:
        assert {client.get("/healthz").status_code for _ in range(30)} == {200}
        # Idle for longer than a head may take.
        time.sleep(0.8)
        assert client.get("/healthz").status_code == 200
        single = (b"x" for _ in range(20_000))
        assert client.post("/healthz", content=single).status_code == 403
        assert client.post("/accounts/login/", content=b"x" * 500_000).status_code == 403
    with wire(server) as line:
        line.sendall(asked() * 40 + asked(b"Connection: close"))
        assert heard(line).count(b"HTTP/1.1 200") == 41


@pytest.mark.parametrize(
    "sent",
    [
        asked(b"Transfer-Encoding: gzip"),
        asked(b"Transfer-Encoding: a\tb"),
        asked(b"Transfer-Encoding: chunked", more=b"no number\r\n"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_not_left_without_an_answer(server, sent):
    with wire(server) as line:
        line.sendall(sent)
        assert status(line) == 400


def test_what_follows_a_whole_request_is_no_answer_to_it(server):
    with wire(server) as line:
        line.sendall(asked() + b"nonsense\r\n\r\n")
        assert b" 400 " not in heard(line).partition(b"\r\n")[0]


def test_a_body_may_come_later_than_its_head_must(server, soon):
    with wire(server) as line:
        line.sendall(b"POST /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n"
                     b"Connection: close\r\n\r\n")  # fmt: skip
        time.sleep(0.8)
        line.sendall(b"four")
        assert status(line) == 403
